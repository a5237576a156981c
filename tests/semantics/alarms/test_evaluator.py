"""CloudWatch's own documented examples, then what alarms need besides.

The tables are those of the CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html), read 2026-11-24.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from graphlib import CycleError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.alarms.evaluator import (
    SPARE_PERIODS,
    AlarmDefinition,
    AlarmError,
    Metric,
    Missing,
    Query,
    State,
    datapoints,
    evaluate,
    judge,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
METRIC = Metric("Harbour/Ingest", "Runs")
OTHER = Metric("Harbour/Ingest", "Deleted")
ALARM = AlarmDefinition(
    name="ingest-example",
    queries=(Query("metric", METRIC, "Maximum"),),
    period=300,
    evaluation_periods=3,
    datapoints_to_alarm=3,
    comparison="GreaterThanThreshold",
    threshold=5,
)
RETAIN = None
"""What the guide calls "Retain current state"."""

OK, RINGS, UNKNOWN = State.OK, State.ALARM, State.INSUFFICIENT_DATA

# Oldest first; 0 does not breach, X does, - is missing. Columns: missing, ignore, breaching, notBreaching.
THREE_OF_THREE = [
    ("0 - X - X", OK, OK, OK, OK),
    ("0 - - - -", OK, OK, OK, OK),
    ("- - - - -", UNKNOWN, RETAIN, RINGS, OK),
    ("0 X X - X", RINGS, RINGS, RINGS, RINGS),
    ("- - X - -", RINGS, RETAIN, RINGS, OK),
]
TWO_OF_THREE = [
    ("0 - X - X", RINGS, RINGS, RINGS, RINGS),
    ("0 0 X 0 X", RINGS, RINGS, RINGS, RINGS),
    ("0 - X - -", OK, OK, RINGS, OK),
    ("- - - - 0", OK, OK, RINGS, OK),
    ("- - - X -", RINGS, RETAIN, RINGS, OK),
]
CASES = [
    (m, points, missing, row[column])
    for m, rows in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, *row in rows
    for column, missing in enumerate([Missing.MISSING, Missing.IGNORE, Missing.BREACHING, Missing.NOT_BREACHING])
]


def samples(points: str) -> dict[Metric, list[tuple[datetime, float]]]:
    marks = points.split()
    return {
        METRIC: [
            (NOW - timedelta(seconds=ALARM.period) * age, 9 if mark == "X" else 1)
            for age, mark in enumerate(reversed(marks))
            if mark != "-"
        ]
    }


@pytest.mark.parametrize(("m", "points", "missing", "expected"), CASES)
@pytest.mark.parametrize("current", list(State))
def test_the_guides_tables(m: int, points: str, missing: Missing, expected: State | None, current: State) -> None:
    alarm = replace(ALARM, datapoints_to_alarm=m, missing=missing)
    assert evaluate(alarm, samples(points), NOW, current) == (expected or current)


@pytest.mark.parametrize("points", ["- - - - X", "- - - X -"])
def test_a_single_fresh_breach_is_not_premature(points: str) -> None:
    """The guide: with 3 of 3 the alarm does not go immediately into ALARM, the next point may be a good one."""
    assert evaluate(ALARM, samples(points), NOW, State.OK) is State.OK


@pytest.mark.parametrize("points", ["- - - X 0", "- - X - 0"])
def test_a_good_point_after_a_breach_keeps_it_quiet(points: str) -> None:
    assert evaluate(ALARM, samples(points), NOW, State.ALARM) is State.OK


def test_the_last_row_of_old_data_lets_go_one_period_later() -> None:
    """The guide on row 2 of the first table: the next time, if data are still missing, it goes to ALARM."""
    alarm = replace(ALARM, missing=Missing.BREACHING)
    points = samples("0 - - - -")
    assert evaluate(alarm, points, NOW) is State.OK
    assert evaluate(alarm, points, NOW + timedelta(seconds=alarm.period)) is State.ALARM


@given(
    points=st.lists(st.sampled_from([True, False, None]), min_size=5, max_size=5),
    m=st.integers(1, 3),
    missing=st.sampled_from(list(Missing)),
    current=st.sampled_from(list(State)),
)
def test_enough_breaches_always_ring_and_full_data_never_looks_at_the_setting(
    points: list[bool | None], m: int, missing: Missing, current: State
) -> None:
    state = judge(points, replace(ALARM, datapoints_to_alarm=m, missing=missing), current)
    real = [point for point in points if point is not None]
    if len(real) >= 3:
        assert state is (State.ALARM if sum(real[-3:]) >= m else State.OK)
    elif sum(real) >= m:
        assert state is State.ALARM
    elif real and not any(real) and missing is not Missing.BREACHING:
        assert state is State.OK


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("GreaterThanThreshold", 5, State.OK),
        ("GreaterThanThreshold", 5.5, State.ALARM),
        ("GreaterThanOrEqualToThreshold", 5, State.ALARM),
        ("GreaterThanOrEqualToThreshold", 4.5, State.OK),
        ("LessThanThreshold", 5, State.OK),
        ("LessThanThreshold", 4.5, State.ALARM),
        ("LessThanOrEqualToThreshold", 5, State.ALARM),
        ("LessThanOrEqualToThreshold", 5.5, State.OK),
    ],
)
def test_comparisons(comparison: str, value: float, expected: State) -> None:
    alarm = replace(ALARM, comparison=comparison, evaluation_periods=1, datapoints_to_alarm=1)
    assert evaluate(alarm, {METRIC: [(NOW, value)]}, NOW) is expected


@pytest.mark.parametrize(
    ("statistic", "expected"), [("Sum", 9), ("Average", 3), ("Minimum", 1), ("Maximum", 5), ("SampleCount", 3)]
)
def test_a_period_takes_its_own_samples_and_its_statistic(statistic: str, expected: float) -> None:
    alarm = replace(ALARM, queries=(Query("metric", METRIC, statistic),))
    inside = [(NOW - timedelta(seconds=age), value) for age, value in ((0, 1.0), (100, 3.0), (299, 5.0))]
    before = (NOW - timedelta(seconds=300), 100.0)
    points = datapoints(alarm, {METRIC: [before, *inside]}, NOW)
    assert points == [None] * (alarm.evaluation_periods + SPARE_PERIODS - 2) + [
        100 if statistic != "SampleCount" else 1,
        expected,
    ]


def test_another_dimension_is_another_metric() -> None:
    elsewhere = replace(METRIC, dimensions=(("BucketName", "harbour-takes"),))
    assert evaluate(ALARM, {elsewhere: [(NOW, 9.0)]}, NOW) is State.INSUFFICIENT_DATA


PROPERTIES: dict[str, Any] = {
    "name": "ingest-example",
    "comparisonOperator": "LessThanThreshold",
    "evaluationPeriods": 2,
    "threshold": 1,
    "treatMissingData": "breaching",
    "metricQueries": [
        {
            "id": "runs",
            "metric": {"namespace": "Harbour/Ingest", "metricName": "Runs", "period": 3600, "stat": "Sum"},
        },
        {"id": "filled", "expression": "FILL(runs, 0)", "returnData": True, "label": "runs"},
    ],
}
ANSWER: dict[str, Any] = {
    "AlarmName": "ingest-example",
    "ComparisonOperator": "LessThanThreshold",
    "EvaluationPeriods": 2,
    "Threshold": 1.0,
    "TreatMissingData": "breaching",
    "Metrics": [
        {
            "Id": "runs",
            "MetricStat": {
                "Metric": {"Namespace": "Harbour/Ingest", "MetricName": "Runs", "Dimensions": []},
                "Period": 3600,
                "Stat": "Sum",
            },
            "ReturnData": False,
        },
        {"Id": "filled", "Expression": "FILL(runs, 0)", "ReturnData": True, "Label": "runs"},
    ],
}
SIMPLE = {
    "name": "ingest-example",
    "namespace": "AWS/SQS",
    "metricName": "ApproximateNumberOfMessagesVisible",
    "dimensions": {"QueueName": "ingest-dead-letters"},
    "statistic": "Maximum",
    "period": 300,
    "evaluationPeriods": 1,
    "comparisonOperator": "GreaterThanThreshold",
    "threshold": 0,
}
SIMPLE_ANSWER = {
    "AlarmName": "ingest-example",
    "Namespace": "AWS/SQS",
    "MetricName": "ApproximateNumberOfMessagesVisible",
    "Dimensions": [{"Name": "QueueName", "Value": "ingest-dead-letters"}],
    "Statistic": "Maximum",
    "Period": 300,
    "EvaluationPeriods": 1,
    "DatapointsToAlarm": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0.0,
}


@pytest.mark.parametrize(("properties", "answer"), [(PROPERTIES, ANSWER), (SIMPLE, SIMPLE_ANSWER)])
def test_program_and_account_read_as_one_form(properties: dict[str, object], answer: dict[str, object]) -> None:
    assert AlarmDefinition.from_properties(properties) == AlarmDefinition.from_api(answer)


def test_what_is_read_rings() -> None:
    """A silence alarm over FILL: one run, then nothing, rings as soon as the run has left both periods."""
    alarm = AlarmDefinition.from_properties(PROPERTIES)
    one_run = {METRIC: [(NOW, 1.0)]}
    assert evaluate(alarm, one_run, NOW + timedelta(hours=1)) is State.OK
    assert evaluate(alarm, one_run, NOW + timedelta(hours=2)) is State.ALARM
    assert evaluate(alarm, {}, NOW) is State.ALARM


def test_an_expression_sees_each_metric_by_its_id() -> None:
    alarm = replace(
        ALARM,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        threshold=0,
        queries=(
            Query("stale", METRIC, "Maximum", watched=False),
            Query("deleted", OTHER, "Sum", watched=False),
            Query("stuck", expression="IF(deleted == 0, stale, 0)"),
        ),
    )
    assert evaluate(alarm, {METRIC: [(NOW, 4.0)], OTHER: [(NOW, 0.0)]}, NOW) is State.ALARM
    assert evaluate(alarm, {METRIC: [(NOW, 4.0)], OTHER: [(NOW, 2.0)]}, NOW) is State.OK
    assert alarm.metrics == (METRIC, OTHER)


def test_metrics_of_different_periods_are_refused() -> None:
    rows = [
        *PROPERTIES["metricQueries"],
        {"id": "b", "metric": {"namespace": "n", "metricName": "m", "period": 60, "stat": "Sum"}},
    ]
    with pytest.raises(ValueError, match=r"periods \[60, 3600\]"):
        AlarmDefinition.from_properties({**PROPERTIES, "metricQueries": rows})


def test_the_order_of_rows_means_nothing() -> None:
    """The account answers with the rows in an order of its own, and an expression may name another."""
    rows = [
        Query("a_watched", expression="b_double - 1"),
        Query("b_double", expression="2 * z_metric", watched=False),
        Query("z_metric", METRIC, "Maximum", watched=False),
    ]
    alarm = replace(ALARM, evaluation_periods=1, datapoints_to_alarm=1, threshold=6)
    for queries in (rows, rows[::-1]):
        assert evaluate(replace(alarm, queries=tuple(queries)), {METRIC: [(NOW, 4.0)]}, NOW) is State.ALARM
    shuffled = {**ANSWER, "Metrics": ANSWER["Metrics"][::-1]}
    assert AlarmDefinition.from_api(shuffled) == AlarmDefinition.from_api(ANSWER)


def test_rows_in_a_circle_are_refused() -> None:
    circle = (Query("a", expression="b + 1"), Query("b", expression="a + 1", watched=False))
    with pytest.raises(CycleError):
        evaluate(replace(ALARM, queries=circle), {}, NOW)


@pytest.mark.parametrize(
    ("alarm", "message"),
    [
        (
            replace(ALARM, comparison="LessThanLowerThreshold"),
            "alarm ingest-example: the comparison is 'LessThanLowerThreshold', expected GreaterThanThreshold, ",
        ),
        (
            replace(ALARM, queries=(Query("metric", METRIC, "p99"),)),
            "alarm ingest-example: the statistic of metric is 'p99', expected Sum, Average",
        ),
        (
            replace(ALARM, queries=(Query("a", METRIC, "Sum", watched=False),)),
            "alarm ingest-example: watches no row, expected one row",
        ),
    ],
)
def test_what_it_does_not_evaluate_it_refuses_by_name(alarm: AlarmDefinition, message: str) -> None:
    with pytest.raises(AlarmError, match=re.escape(message)):
        evaluate(alarm, {METRIC: [(NOW, 9.0)]}, NOW)


@pytest.mark.parametrize(
    ("key", "spelled"),
    [
        ("evaluationPeriods", "EvaluationPeriods"),
        ("comparisonOperator", "ComparisonOperator"),
        ("metricName", "MetricName"),
        ("namespace", "Namespace"),
    ],
)
def test_what_every_alarm_has_is_missed_by_its_name(key: str, spelled: str) -> None:
    for read, alarm, name in (
        (AlarmDefinition.from_properties, SIMPLE, key),
        (AlarmDefinition.from_api, SIMPLE_ANSWER, spelled),
    ):
        with pytest.raises(AlarmError, match=f"alarm ingest-example: {name} is absent"):
            read({k: v for k, v in alarm.items() if k != name})
