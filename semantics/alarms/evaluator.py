"""When a CloudWatch alarm rings: its definition in one form, and a pure evaluator.

Source of the M-out-of-N and missing-data semantics: CloudWatch user guide, "Configuring how CloudWatch alarms treat
missing data" (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html), read
2026-11-24. How many periods CloudWatch fetches beyond those it needs is not documented beyond the guide's example
(5 for 3); `SPARE_PERIODS` takes the example for the rule, so a state that rests on old data may last longer in AWS.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import Any, TypeVar, cast

from semantics.alarms.metric_math import Series, calculate

T = TypeVar("T")

SPARE_PERIODS = 2
"""Periods fetched beyond the evaluation periods, in case some of those are missing."""


class AlarmError(ValueError):
    """An alarm is incomplete, or asks for what this evaluator does not know; it is never guessed."""


class State(StrEnum):
    """State of an alarm, in CloudWatch's words."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Missing(StrEnum):
    """How an alarm treats a period without data, in CloudWatch's words."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


@dataclass(frozen=True)
class Metric:
    """What identifies a metric. One more dimension is another metric.

    Attributes:
        namespace: as `AWS/S3`.
        name: as `4xxErrors`.
        dimensions: name and value, sorted by name.
    """

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        dimensions = ", ".join(f"{name}={value}" for name, value in self.dimensions)
        return f"{self.namespace} {self.name}" + (f" ({dimensions})" if dimensions else "")


@dataclass(frozen=True)
class Query:
    """One row of an alarm's `Metrics`: a metric with its statistic, or an expression over other rows.

    Attributes:
        id: by which expressions name it.
        metric: None for an expression.
        statistic: `Sum`, `Average`, `Minimum`, `Maximum` or `SampleCount`; empty for an expression.
        expression: metric math; empty for a metric.
        watched: whether the alarm compares this row with its threshold.
    """

    id: str
    metric: Metric | None = None
    statistic: str = ""
    expression: str = ""
    watched: bool = True


@dataclass(frozen=True)
class AlarmDefinition:
    """An alarm, whoever describes it: a program's properties or DescribeAlarms.

    Attributes:
        name: unique in account and region.
        queries: by id; exactly one of them is watched. The account gives them in any order.
        period: seconds.
        evaluation_periods: N of "M out of N".
        datapoints_to_alarm: M of "M out of N".
        comparison: as `GreaterThanThreshold`.
        threshold: what the watched row is compared with.
        missing: how periods without data count.
    """

    name: str
    queries: tuple[Query, ...]
    period: int
    evaluation_periods: int
    datapoints_to_alarm: int
    comparison: str
    threshold: float
    missing: Missing = Missing.MISSING

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics it reads, in the order of its queries."""
        return tuple(query.metric for query in self.queries if query.metric)

    @staticmethod
    def from_properties(properties: Mapping[str, Any]) -> "AlarmDefinition":
        """Reads the properties of an `aws:cloudwatch/metricAlarm:MetricAlarm`, in Pulumi's camelCase.

        Raises:
            AlarmError: what every alarm has is absent, or the metrics of an expression have different periods.
        """
        return _definition(_Spelling(lambda key: key), properties)

    @staticmethod
    def from_api(answer: Mapping[str, Any]) -> "AlarmDefinition":
        """Reads one item of `MetricAlarms` in what boto3's `describe_alarms` answers.

        Raises:
            AlarmError: as `from_properties`.
        """
        return _definition(_API, answer)


Samples = Sequence[tuple[datetime, float]]
"""Published values with their time, in any order."""


def evaluate(
    alarm: AlarmDefinition,
    samples: Mapping[Metric, Samples],
    now: datetime,
    current: State = State.INSUFFICIENT_DATA,
) -> State:
    """Tells which state an alarm takes.

    Args:
        alarm: what is watched.
        samples: what was published, by metric; a metric that nobody published may be absent.
        now: end of the most recent period. Periods slide with it, as CloudWatch's do unless told otherwise.
        current: the state it leaves; some missing data leaves it there.

    Raises:
        AlarmError: a statistic or comparison is beyond this evaluator (percentiles, anomaly detection).
        MathError: the alarm's expression is beyond `semantics.alarms.metric_math`.
        graphlib.CycleError: expressions name each other in a circle. All three are a ValueError.
    """
    breaches = _known(_COMPARISONS, alarm.comparison, f"alarm {alarm.name}: the comparison")
    points = datapoints(alarm, samples, now)
    return judge([None if p is None else breaches(p, alarm.threshold) for p in points], alarm, current)


def datapoints(alarm: AlarmDefinition, samples: Mapping[Metric, Samples], now: datetime) -> list[float | None]:
    """Returns the watched row's value for each period of the evaluation range, oldest first; None where data miss.

    Raises:
        AlarmError, MathError, graphlib.CycleError: as `evaluate`.
    """
    length = timedelta(seconds=alarm.period)
    ends = [now - n * length for n in reversed(range(alarm.evaluation_periods + SPARE_PERIODS))]
    rows: dict[str, Series] = {}
    for query in _in_order(alarm.queries):
        if query.metric:
            statistic = _known(_STATISTICS, query.statistic, f"alarm {alarm.name}: the statistic of {query.id}")
            rows[query.id] = _by_period(samples.get(query.metric, ()), ends, length, statistic)
        else:
            rows[query.id] = calculate(query.expression, rows, ends)
    watched = [query.id for query in alarm.queries if query.watched]
    if len(watched) != 1:
        raise AlarmError(f"alarm {alarm.name}: watches {', '.join(watched) or 'no row'}, expected one row")
    return [rows[watched[0]].get(end) for end in ends]


def judge(points: Sequence[bool | None], alarm: AlarmDefinition, current: State) -> State:
    """Decides from the periods of the evaluation range, oldest first: True breaches, None is missing."""
    real = [point for point in points if point is not None][-alarm.evaluation_periods :]
    absent = alarm.evaluation_periods - len(real)
    filled = absent if alarm.missing is Missing.BREACHING else 0
    if sum(real) + filled >= alarm.datapoints_to_alarm:
        return State.ALARM
    if not absent or alarm.missing in {Missing.BREACHING, Missing.NOT_BREACHING} or False in real:
        return State.OK
    if alarm.missing is Missing.IGNORE:
        return current
    if not real:
        return State.INSUFFICIENT_DATA
    # Only breaching points, too few of them. The guide's "premature alarm state": the alarm rings once the oldest is
    # at least as old as the datapoints to alarm; until then the next point may still be a good one.
    age_of_oldest = len(points) - points.index(True)
    return State.ALARM if age_of_oldest >= alarm.datapoints_to_alarm else current


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
_STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "Sum": sum,
    "Average": lambda values: sum(values) / len(values),
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}


def _known(table: Mapping[str, T], name: str, what: str) -> T:
    if name not in table:
        raise AlarmError(f"{what} is {name!r}, expected {', '.join(table)}; nothing else is evaluated here")
    return table[name]


def _in_order(queries: Sequence[Query]) -> list[Query]:
    """Puts each expression behind the rows that it names."""
    by_id = {query.id: query for query in queries}
    named = {query.id: by_id.keys() & set(re.findall(r"\w+", query.expression)) for query in queries}
    return [by_id[id_] for id_ in TopologicalSorter(named).static_order()]


def _by_period(
    samples: Samples, ends: Sequence[datetime], length: timedelta, statistic: Callable[[Sequence[float]], float]
) -> Series:
    periods = {end: [value for moment, value in samples if end - length < moment <= end] for end in ends}
    return {end: float(statistic(values)) for end, values in periods.items() if values}


@dataclass(frozen=True)
class _Spelling:
    """How a source spells the keys; Pulumi's camelCase is the norm."""

    key: Callable[[str], str]

    def get(self, source: Mapping[str, Any], key: str, default: Any = None) -> Any:
        value = source.get(self.key(key))
        return default if value is None else value

    def need(self, source: Mapping[str, Any], key: str) -> Any:
        value = self.get(source, key)
        if value is None:
            named = self.get(source, "name", "") or self.get(source, "id", "")
            raise AlarmError(f"alarm {named}: {self.key(key)} is absent; expected a metric alarm as CloudWatch has it")
        return value

    def dimensions(self, source: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        value: Any = self.get(source, "dimensions", {})
        if isinstance(value, list):
            value = {item["Name"]: item["Value"] for item in cast("list[dict[str, str]]", value)}
        return tuple(sorted(cast("dict[str, str]", value).items()))


_RENAMED = {"name": "AlarmName", "metricQueries": "Metrics", "metric": "MetricStat"}
_API = _Spelling(lambda key: _RENAMED.get(key, key[0].upper() + key[1:]))


def _definition(source: _Spelling, alarm: Mapping[str, Any]) -> AlarmDefinition:
    periods = source.need(alarm, "evaluationPeriods")
    rows = cast("list[Mapping[str, Any]]", source.get(alarm, "metricQueries", []))
    return AlarmDefinition(
        name=source.get(alarm, "name", ""),
        queries=_queries(source, rows) if rows else (_only_query(source, alarm),),
        period=int(source.get(alarm, "period") or _common_period(source, rows)),
        evaluation_periods=int(periods),
        datapoints_to_alarm=int(source.get(alarm, "datapointsToAlarm", periods)),
        comparison=source.need(alarm, "comparisonOperator"),
        threshold=float(source.get(alarm, "threshold", 0)),
        missing=Missing(source.get(alarm, "treatMissingData", Missing.MISSING)),
    )


def _only_query(source: _Spelling, alarm: Mapping[str, Any]) -> Query:
    metric = Metric(source.need(alarm, "namespace"), source.need(alarm, "metricName"), source.dimensions(alarm))
    return Query("metric", metric, source.get(alarm, "statistic") or source.get(alarm, "extendedStatistic", ""))


def _queries(source: _Spelling, rows: Sequence[Mapping[str, Any]]) -> tuple[Query, ...]:
    return tuple(sorted((_query(source, row) for row in rows), key=lambda query: query.id))


def _query(source: _Spelling, row: Mapping[str, Any]) -> Query:
    stat = cast("Mapping[str, Any]", source.get(row, "metric", {}))
    # DescribeAlarms nests the metric's identity once more than Pulumi does.
    named = cast("Mapping[str, Any]", stat.get("Metric", stat))
    metric = Metric(source.get(named, "namespace"), source.get(named, "metricName"), source.dimensions(named))
    return Query(
        id=source.get(row, "id"),
        metric=metric if stat else None,
        statistic=source.get(stat, "stat", ""),
        expression=source.get(row, "expression", ""),
        watched=bool(source.get(row, "returnData", False)),
    )


def _common_period(source: _Spelling, rows: Sequence[Mapping[str, Any]]) -> int:
    stats = [cast("Mapping[str, Any]", source.get(row, "metric", {})) for row in rows]
    periods = {int(source.get(stat, "period")) for stat in stats if stat}
    if len(periods) != 1:
        raise AlarmError(f"the metrics of one expression have periods {sorted(periods)}, expected the same for all")
    return periods.pop()
