"""The dashboards outside CloudWatch hold what the runbook names. Neither Datadog nor Grafana is here to render them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from estate.names import NAMESPACE
from estate.paths import leaves
from tests.components.published import declared

FOLDER = Path(__file__).parents[2] / "dashboards"


def read(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / name).read_text())


def texts(value: Any) -> Iterator[str]:
    """Every text in a document."""
    return (text for _, text in leaves(value) if isinstance(text, str))


def datadog_queries(name: str) -> dict[str, list[str]]:
    """Widget title → its queries."""
    return {
        widget["definition"]["title"]: [
            query["query"] for request in widget["definition"]["requests"] for query in request["queries"]
        ]
        for widget in read(name)["widgets"]
    }


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("datadog/platform-overview.json", "Author / Platform Overview"),
        ("datadog/storage.json", "Author / Storage"),
        ("grafana/queue-depth.json", "Author / Queue Depth"),
    ],
)
def test_each_has_the_runbook_s_title_and_leads_back_to_it(file: str, title: str) -> None:
    document = read(file)
    assert document["title"] == title
    assert "docs/runbook.md#" in document["description"]


@pytest.mark.parametrize("title", ["Ingestion latency", "API error rate", "Worker throughput"])
def test_the_platform_overview_shows(title: str) -> None:
    assert any(
        shown.startswith(title) and queries
        for shown, queries in datadog_queries("datadog/platform-overview.json").items()
    )


@pytest.mark.parametrize(
    "metric",
    ["aws.s3.4xx_errors", "aws.s3.5xx_errors", "author.storage.transitions", "author.storage.inventory_age_hours"],
)
def test_storage_shows_what_the_cloudwatch_dashboard_must_show(metric: str) -> None:
    assert any(
        f":{metric}{{" in query for queries in datadog_queries("datadog/storage.json").values() for query in queries
    )


@pytest.mark.parametrize("file", ["datadog/platform-overview.json", "datadog/storage.json"])
def test_formulas_use_the_queries_that_are_there(file: str) -> None:
    for widget in read(file)["widgets"]:
        for request in widget["definition"]["requests"]:
            names = {query["name"] for query in request["queries"]}
            used = {name for formula in request["formulas"] for name in re.findall(r"q\d+", formula["formula"])}
            assert used == names


def test_our_own_metrics_are_those_of_the_cloudwatch_dashboard() -> None:
    (dashboard,) = declared("prod").of_type("cloudwatch/dashboard:Dashboard")
    lines = [
        line
        for widget in dashboard.properties["dashboardBody"]["widgets"]
        for line in widget["properties"].get("metrics", [])
    ]
    ours = {re.sub(r"(?<!^)(?=[A-Z])", "_", line[1]).lower() for line in lines if line[0] == NAMESPACE}
    queried = set(re.findall(r"author\.storage\.(\w+)", (FOLDER / "datadog/storage.json").read_text()))
    assert queried <= ours
    assert len(queried) >= 5


def test_queue_depth_shows_the_lag_of_each_shard_with_its_thresholds() -> None:
    panel = read("grafana/queue-depth.json")["panels"][0]
    assert panel["title"] == "Stream lag by shard"
    assert re.search(r"by \(stream.*redis_stream_group_lag", panel["targets"][0]["expr"])
    steps = [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]
    (group,) = read("grafana/queue-depth-alerts.json")["groups"]
    limits = [rule["data"][1]["model"]["conditions"][0]["evaluator"]["params"][0] for rule in group["rules"]]
    assert steps[1:] == limits == [1000, 10_000]


def test_each_alert_evaluates_its_own_query_and_rings_without_data() -> None:
    dashboard = read("grafana/queue-depth.json")
    (group,) = read("grafana/queue-depth-alerts.json")["groups"]
    for rule in group["rules"]:
        query, threshold = rule["data"]
        assert rule["condition"] == threshold["refId"]
        assert threshold["model"]["expression"] == query["refId"]
        assert "redis_stream_group_lag" in query["model"]["expr"]
        assert rule["noDataState"] == rule["execErrState"] == "Alerting"
        assert rule["labels"]["service"] in {"author-api", "author-detector", "author-retention"}
        assert rule["annotations"]["__dashboardUid__"] == dashboard["uid"]


def test_panels_have_ids_and_places_of_their_own() -> None:
    panels = read("grafana/queue-depth.json")["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)


@pytest.mark.parametrize("file", sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.json")))
def test_no_document_holds_a_secret_or_an_account(file: str) -> None:
    for text in texts(read(file)):
        assert not re.search(r"\b\d{12}\b|AKIA|api[_-]?key|https?://", text, re.IGNORECASE)
