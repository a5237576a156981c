"""Every alarm rings at the threshold that its row says, and pages the service that its row says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from estate.model import Estate, Resource
from estate.names import NAMESPACE
from estate.paths import Member, Path, at, steps
from estate.views import value_of
from policies.comparison import Comparison, absent, equal, expect, show, undeclared
from policies.finding import Severity
from policies.rule import rule
from policies.rules.rows import rows_of
from policies.runbook.claims import AlarmClaim, TopicClaim
from policies.runbook.reader import Runbook
from semantics.alarms.evaluator import AlarmDefinition, Query

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
ROWS = "metricQueries"
AWS_METRICS = {
    "4xxErrors": ("AWS/S3", ("BucketName", "FilterId")),
    "5xxErrors": ("AWS/S3", ("BucketName", "FilterId")),
    "AllRequests": ("AWS/S3", ("BucketName", "FilterId")),
    "ApproximateNumberOfMessagesVisible": ("AWS/SQS", ("QueueName",)),
}
"""Metrics that AWS publishes → namespace and dimensions; all others are the project's own."""
BY_BUCKET = ("Backlog", "Cleanup")
"""Beginnings of the project's metrics that are published for each bucket; the others have no dimension."""


@rule(
    "alarm",
    "Every alarm rings at its threshold and pages exactly one service.",
    Severity.HIGH,
    (AlarmClaim,),
    why="Nobody would be paged, or the wrong people, or too late.",
)
def alarm(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each alarm with its row."""
    declared = {str(r.properties.get("name")): r for r in estate.of_type(ALARM)}
    topics = {c.service: c.topic for c in runbook.of(TopicClaim)}
    rows = rows_of(AlarmClaim, declared, estate, runbook, lambda c: c.alarm)
    yield from rows.odd
    things = _dimension_values(estate)
    for claim in rows.claims:
        found = declared.get(claim.alarm)
        if found is None:
            yield absent(undeclared(ALARM, claim.alarm), ("name",), "an alarm of that name", claim)
            continue
        yield from _watched(estate, found, claim, things)
        yield from _threshold(found, claim)
        yield from _actions(estate, found, claim, topics)


def _threshold(alarm: Resource, claim: AlarmClaim) -> Iterator[Comparison]:
    p, wanted, of = alarm.properties, claim.threshold, claim.datapoints.of
    yield expect(alarm, ("comparisonOperator",), wanted.comparison, claim)
    threshold = p.get("threshold")
    found = float(threshold) if isinstance(threshold, int | float) else threshold
    yield equal(alarm, ("threshold",), wanted.value, found, claim)
    yield expect(alarm, ("evaluationPeriods",), of, claim)
    yield expect(alarm, ("datapointsToAlarm",), claim.datapoints.enough, claim, default=p.get("evaluationPeriods"))
    rows = list(steps(p.get(ROWS)))
    for row, query in rows:
        if at(query, "metric") is not None:
            yield expect(alarm, (ROWS, row, "metric", "period"), claim.datapoints.seconds, claim)
    if not rows:
        yield expect(alarm, ("period",), claim.datapoints.seconds, claim)
    yield expect(alarm, ("treatMissingData",), claim.silence, claim, default="missing")


def _watched(
    estate: Estate, alarm: Resource, claim: AlarmClaim, things: Mapping[str, set[str]]
) -> Iterator[Comparison]:
    many = ROWS in alarm.properties
    try:
        queries = AlarmDefinition.from_properties(alarm.properties).queries
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        path = (ROWS,) if many else ()
        yield Comparison(alarm, path, "an alarm that can be read", str(error), holds=False, claim=claim)
        return
    watched = sorted(f"{q.statistic} {q.metric.name}" for q in queries if q.metric)
    one = ("statistic",) if _metrics(watched) == _metrics(claim.watches) else ("metricName",)
    holds = tuple(watched) == claim.watches
    yield Comparison(alarm, (ROWS,) if many else one, ", ".join(claim.watches), ", ".join(watched), holds, claim)
    yield from _rows(alarm, queries, claim)
    for query in queries:
        if query.metric:
            yield from _metric(estate, alarm, query, claim, things)


def _metrics(watched: Sequence[str]) -> list[str]:
    """Returns the metrics without their statistics."""
    return [w.split()[-1] for w in watched]


def _rows(alarm: Resource, queries: tuple[Query, ...], claim: AlarmClaim) -> Iterator[Comparison]:
    """Compares rows: one is watched, each is a metric or an expression, and expressions name rows that exist."""
    ids = {q.id for q in queries}
    watched = [q.id for q in queries if q.watched]
    if len(queries) > 1:
        yield equal(alarm, (ROWS,), 1, len(watched), claim)
    for q in queries:
        path: Path = (ROWS, Member(q.id))
        kinds = [k for k, v in (("a metric", q.metric), ("an expression", q.expression)) if v]
        yield Comparison(alarm, path, "a metric or an expression", " and ".join(kinds), len(kinds) == 1, claim)
        if q.expression:
            unknown = sorted(set(re.findall(r"\b[a-z]\w*\b", q.expression)) - ids)
            closed = q.expression.count("(") == q.expression.count(")") and q.expression[-1] in ")0123456789"
            holds, wanted = not unknown and closed, f"an expression over {', '.join(sorted(ids))}"
            yield Comparison(alarm, (*path, "expression"), wanted, q.expression, holds, claim)


def _metric(
    estate: Estate, alarm: Resource, query: Query, claim: AlarmClaim, things: Mapping[str, set[str]]
) -> Iterator[Comparison]:
    """Compares a metric: under another namespace or dimension it is another one, and would never get any data."""
    metric = query.metric
    if metric is None:
        return
    place: Path = (ROWS, Member(query.id), "metric") if ROWS in alarm.properties else ()
    ours = (NAMESPACE, ("Bucket",) if metric.name.startswith(BY_BUCKET) else ())
    namespace, dimensions = AWS_METRICS.get(metric.name, ours)
    yield equal(alarm, (*place, "namespace"), namespace, metric.namespace, claim)
    names = tuple(name for name, _ in metric.dimensions)
    yield equal(alarm, (*place, "dimensions"), ", ".join(dimensions), ", ".join(names), claim)
    for name, value in metric.dimensions:
        candidates = things.get(name, set())
        about = claim.alarm.startswith(value.removesuffix(f"-{estate.environment}")) or name == "FilterId"
        expected = f"one of {', '.join(sorted(candidates))}, which the alarm is named after"
        holds = value in candidates and about
        yield Comparison(alarm, (*place, "dimensions", name), expected, value, holds, claim)


def _dimension_values(estate: Estate) -> Mapping[str, set[str]]:
    buckets = value_of(estate, "s3/bucket:Bucket", "bucket")
    return {
        "Bucket": buckets,
        "BucketName": buckets,
        "FilterId": value_of(estate, "s3/bucketMetric:BucketMetric", "name"),
        "QueueName": value_of(estate, "sqs/queue:Queue", "name"),
    }


def _actions(estate: Estate, alarm: Resource, claim: AlarmClaim, topics: Mapping[str, str]) -> Iterator[Comparison]:
    topic = topics.get(claim.service)
    wanted = f"arn:aws:sns:{estate.region}:{estate.account}:{topic}" if topic else f"one of {', '.join(topics)}"
    for path in ("alarmActions", "okActions"):
        actions: Any = alarm.properties.get(path)
        found = ", ".join(map(str, cast("list[Any]", actions))) if isinstance(actions, list) else show(actions)
        yield equal(alarm, (path,), wanted, found or "nobody", claim)
    yield expect(alarm, ("actionsEnabled",), True, claim, default=True)  # noqa: FBT003


RULES = (alarm,)
