import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from semantics.logs.metric_filters import Datum, MetricFilter, embedded

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _embedded(**changes: Any) -> dict[str, Any]:
    return {
        "_aws": {
            "Timestamp": int(NOW.timestamp() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Harbour/Ingest",
                    "Dimensions": [["Bucket"], ["Bucket", "Class"]],
                    "Metrics": [{"Name": "Bytes", "Unit": "Bytes"}],
                }
            ],
        },
        "Bucket": "b",
        "Class": "STANDARD",
        "Bytes": 5,
        **changes,
    }


def test_a_metric_is_published_once_for_each_set_of_dimensions() -> None:
    both = (("Bucket", "b"),), (("Bucket", "b"), ("Class", "STANDARD"))
    assert embedded(json.dumps(_embedded())) == [
        Datum("Harbour/Ingest", "Bytes", 5.0, "Bytes", dimensions, NOW) for dimensions in both
    ]


def test_a_list_of_values_is_published_value_by_value() -> None:
    assert [datum.value for datum in embedded(json.dumps(_embedded(Bytes=[1, 2])))] == [1, 1, 2, 2]


def test_what_the_projects_library_writes_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    metrics = EphemeralMetrics(namespace="Harbour/Ingest")
    metrics.add_dimension("Bucket", "harbour-takes")
    metrics.add_metric("BacklogBytes", MetricUnit.Bytes, 3)
    metrics.flush_metrics()
    found = embedded(capsys.readouterr().out)
    assert [(datum.name, datum.value, datum.unit) for datum in found] == [("BacklogBytes", 3.0, "Bytes")]
    assert ("Bucket", "harbour-takes") in found[0].dimensions
    assert abs(found[0].moment - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    "message",
    [
        "plain text",
        "[]",
        json.dumps({"level": "INFO"}),
        json.dumps(_embedded(Bytes="many")),
        json.dumps({name: value for name, value in _embedded().items() if name != "Bucket"}),
    ],
)
def test_what_is_no_embedded_metric_publishes_nothing(message: str) -> None:
    assert embedded(message) == []


TRANSFORMATION: dict[str, Any] = {"metricNamespace": "Harbour/Ingest", "metricName": "Deleted", "metricValue": "1"}


def _apply(pattern: str, *messages: Any, **more: Any) -> list[Datum]:
    found = [(one if isinstance(one, str) else json.dumps(one), NOW) for one in messages]
    return MetricFilter(pattern, TRANSFORMATION | more).apply(found)


def test_each_match_is_a_value() -> None:
    found = _apply("deleted", "deleted a", "kept b", "deleted c")
    assert found == [Datum("Harbour/Ingest", "Deleted", 1.0, None, (), NOW)] * 2


def test_value_and_dimensions_come_from_the_message() -> None:
    message = {"reason": "Lifecycle Expiration", "bucket": "b", "count": 7}
    found = _apply("{ $.reason = * }", message, metricValue="$.count", dimensions={"Bucket": "$.bucket"}, unit="Count")
    assert found == [Datum("Harbour/Ingest", "Deleted", 7.0, "Count", (("Bucket", "b"),), NOW)]


@pytest.mark.parametrize(
    "message", [{"a": 1, "bucket": "b"}, {"a": 1, "count": 7}, {"a": 1, "count": "x", "bucket": "b"}]
)
def test_a_message_without_value_or_dimension_publishes_nothing(message: dict[str, Any]) -> None:
    assert _apply("{ $.a = 1 }", message, metricValue="$.count", dimensions={"Bucket": "$.bucket"}) == []


def test_the_default_value_stands_for_a_delivery_without_a_match() -> None:
    assert [datum.value for datum in _apply("deleted", "kept", "kept", defaultValue=0)] == [0.0]
    assert [datum.value for datum in _apply("deleted", "deleted", defaultValue=0)] == [1.0]
    assert _apply("deleted", defaultValue=0) == []
