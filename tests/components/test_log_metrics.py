import json
from typing import Any

import pytest

from semantics.alarms.evaluator import Metric
from tests.components.log_metrics import MetricFilter, PatternError, embedded, matches

EVENT: dict[str, Any] = {
    "detail-type": "Object Deleted",
    "count": 3,
    "flag": True,
    "detail": {"bucket": {"name": "author-exports-prod"}, "deletion-type": "Permanently Deleted"},
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.detail-type = "Object Deleted" }', True),
        ('{ $.detail-type = "Object Created" }', False),
        ('{ $.detail-type != "Object Created" }', True),
        ('{ $.detail-type = "Object *" }', True),
        ('{ ($.detail-type = "Object Deleted") && ($.detail.bucket.name = *) }', True),
        ('{ ($.detail-type = "Object Deleted") && ($.detail.reason = *) }', False),
        ("{ $.detail.bucket = * }", False),
        ("{ $.count > 2 }", True),
        ("{ $.count > 3 }", False),
        ("{ $.count >= 3 }", True),
        ("{ $.count < 3.5 }", True),
        ("{ $.count <= 2 }", False),
        ("{ $.flag > 0 }", False),
        ("{ $.detail-type > 0 }", False),
    ],
)
def test_patterns(pattern: str, expected: bool) -> None:
    assert matches(pattern, EVENT) is expected


@pytest.mark.parametrize("pattern", ["ERROR", "", "{ $.a }", "{ $.a = 1 || $.b = 2 }", "[a, b]", "{ $.a IS NULL }"])
def test_a_pattern_beyond_the_known_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="expected JSON comparisons"):
        matches(pattern, EVENT)


def filtered(value: str = "1", **dimensions: str) -> MetricFilter:
    return MetricFilter.from_properties(
        {
            "logGroupName": "/aws/events/author",
            "pattern": "{ $.detail-type = * }",
            "metricTransformation": {"namespace": "N", "name": "M", "value": value, "dimensions": dimensions},
        }
    )


def test_a_line_becomes_a_value_with_its_dimensions() -> None:
    found = filtered("$.count", Bucket="$.detail.bucket.name").publish(json.dumps(EVENT))
    assert found == (Metric("N", "M", (("Bucket", "author-exports-prod"),)), 3.0)


def test_a_line_without_the_field_of_value_or_dimension_publishes_nothing() -> None:
    assert filtered("$.absent").publish(json.dumps(EVENT)) is None
    assert filtered(Reason="$.detail.reason").publish(json.dumps(EVENT)) is None
    assert filtered().publish("not json") is None
    assert filtered().publish("[1]") is None


def test_embedded_metrics_are_read_with_each_dimension_set() -> None:
    line = json.dumps(
        {
            "_aws": {
                "Timestamp": 1,
                "CloudWatchMetrics": [
                    {"Namespace": "N", "Dimensions": [["Bucket"], []], "Metrics": [{"Name": "M", "Unit": "Count"}]}
                ],
            },
            "Bucket": "b",
            "M": [1, 2],
        }
    )
    with_bucket, without = Metric("N", "M", (("Bucket", "b"),)), Metric("N", "M")
    assert list(embedded(line)) == [(with_bucket, 1), (with_bucket, 2), (without, 1), (without, 2)]
    assert list(embedded("plain text")) == []
    assert list(embedded('{"message": "structured, without metrics"}')) == []
