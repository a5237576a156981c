"""Nothing is shown or watched that nobody publishes; what publishes is run, or is AWS itself."""

import json
from typing import Any, cast

import pytest

from estate.model import Estate
from estate.names import NAMESPACE
from semantics.alarms.evaluator import AlarmDefinition, Metric
from tests.components.published import (
    EVENTS,
    RETENTION,
    amazons,
    audit_metrics,
    caught,
    cleanup_metrics,
    counted,
    declared,
    lifecycle_events,
    run_line,
)


@pytest.fixture(scope="module")
def estate() -> Estate:
    return declared("prod")


@pytest.fixture(scope="module")
def published(estate: Estate) -> set[Metric]:
    found: set[Metric] = {*amazons(estate), *audit_metrics(estate)}
    for event in lifecycle_events(estate):
        if caught(estate, event):
            found |= counted(estate, EVENTS, json.dumps(event)).keys()
    for result in ("clean", "failed"):
        found |= counted(estate, RETENTION, json.dumps(json.loads(run_line()) | {"result": result})).keys()
    return found | cleanup_metrics(estate).keys()


def widgets(estate: Estate) -> list[dict[str, Any]]:
    (dashboard,) = estate.of_type("cloudwatch/dashboard:Dashboard")
    assert dashboard.properties["dashboardName"] == "Author-Storage"
    return cast("list[dict[str, Any]]", dashboard.properties["dashboardBody"]["widgets"])


def shown(estate: Estate) -> set[Metric]:
    lines = [line for widget in widgets(estate) for line in widget["properties"].get("metrics", [])]
    return {
        Metric(namespace, name, tuple(sorted(zip(pairs[::2], pairs[1::2], strict=True))))
        for namespace, name, *pairs in lines
    }


def watched(estate: Estate) -> set[Metric]:
    alarms = [
        AlarmDefinition.from_properties(r.properties) for r in estate.of_type("cloudwatch/metricAlarm:MetricAlarm")
    ]
    return {metric for alarm in alarms for metric in alarm.metrics}


@pytest.mark.slow
def test_every_widget_shows_what_somebody_publishes(estate: Estate, published: set[Metric]) -> None:
    assert sorted(map(str, shown(estate) - published)) == []
    assert len(shown(estate)) >= 40


@pytest.mark.slow
def test_every_alarm_watches_what_somebody_publishes(estate: Estate, published: set[Metric]) -> None:
    assert sorted(map(str, watched(estate) - published)) == []
    assert len(watched(estate)) >= 20


@pytest.mark.slow
@pytest.mark.parametrize(
    "metric",
    [
        Metric(NAMESPACE, "BacklogBytes"),
        Metric(NAMESPACE, "BacklogBytes", (("BucketName", "author-temporary-uploads"),)),
        Metric("Author/storage", "DeletedCount"),
        Metric("AWS/S3", "4xxErrors", (("BucketName", "author-recordings-prod"),)),
        Metric("AWS/S3", "4xxErrors", (("BucketName", "author-evidence-prod"), ("FilterId", "EntireBucket"))),
    ],
)
def test_a_metric_slightly_off_is_published_by_nobody(metric: Metric, published: set[Metric]) -> None:
    assert metric not in published


def test_every_alarm_s_state_is_shown(estate: Estate) -> None:
    names = [r.properties["name"] for r in estate.of_type("cloudwatch/metricAlarm:MetricAlarm")]
    (states,) = [widget for widget in widgets(estate) if widget["type"] == "alarm"]
    prefix = f"arn:aws:cloudwatch:{estate.region}:{estate.account}:alarm:"
    assert sorted(states["properties"]["alarms"]) == sorted(f"{prefix}{name}" for name in names)


def test_every_queue_that_keeps_what_failed_has_an_alarm_and_is_shown(estate: Estate) -> None:
    queues = {str(r.properties["name"]) for r in estate.of_type("sqs/queue:Queue")}
    for metrics in (shown(estate), watched(estate)):
        assert {value for metric in metrics for name, value in metric.dimensions if name == "QueueName"} == queues


def test_widgets_lie_on_the_grid_and_not_on_each_other(estate: Estate) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in widgets(estate):
        cells = {
            (widget["x"] + column, widget["y"] + row)
            for column in range(widget["width"])
            for row in range(widget["height"])
        }
        assert all(0 <= column < 24 for column, _ in cells)
        assert not taken & cells
        taken |= cells
