"""Every alarm rings at the threshold that its row says, and pages the service that its row says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from estate.model import Estate, Resource
from estate.names import NAMESPACE
from estate.views import at, named, value_of
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule, show
from policies.rules.rows import rows_of
from policies.runbook.claims import AlarmClaim, TopicClaim
from policies.runbook.reader import Runbook
from semantics.alarms.evaluator import AlarmDefinition, Query

ALARM = "cloudwatch/metricAlarm:MetricAlarm"
AWS_METRICS = {
    "4xxErrors": ("AWS/S3", ("BucketName", "FilterId")),
    "5xxErrors": ("AWS/S3", ("BucketName", "FilterId")),
    "AllRequests": ("AWS/S3", ("BucketName", "FilterId")),
    "ApproximateNumberOfMessagesVisible": ("AWS/SQS", ("QueueName",)),
}
"""Metrics that AWS publishes → namespace and dimensions; all others are the project's own."""
BY_BUCKET = ("Backlog", "Cleanup")
"""Beginnings of the project's metrics that are published for each bucket; the others have no dimension."""


def _alarms(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {str(r.properties.get("name")): r for r in estate.of_type(ALARM)}
    topics = {c.service: c.topic for c in runbook.of(TopicClaim)}
    rows = rows_of(runbook.of(AlarmClaim), declared, estate, lambda c: c.alarm)
    yield from rows.odd
    things = _dimension_values(estate)
    for claim in rows.claims:
        alarm = declared.get(claim.alarm)
        if alarm is None:
            yield absent(f"cloudwatch/metricAlarm {claim.alarm}", "name", "an alarm of that name", claim)
            continue
        yield from _watching(estate, alarm, claim, things)
        yield from _ringing(alarm, claim)
        yield from _paging(estate, alarm, claim, topics)


def _ringing(alarm: Resource, claim: AlarmClaim) -> Iterator[Comparison]:
    p, wanted, of = alarm.properties, claim.threshold, claim.datapoints.of
    yield equal(alarm, "comparisonOperator", wanted.comparison, p.get("comparisonOperator"), claim)
    threshold = p.get("threshold")
    found = float(threshold) if isinstance(threshold, int | float) else threshold
    yield equal(alarm, "threshold", wanted.value, found, claim)
    yield equal(alarm, "evaluationPeriods", of, p.get("evaluationPeriods"), claim)
    enough = p.get("datapointsToAlarm", p.get("evaluationPeriods"))
    yield equal(alarm, "datapointsToAlarm", claim.datapoints.enough, enough, claim)
    rows = list(enumerate(p.get("metricQueries") or ()))
    periods = {f"metricQueries[{at(row, 'id')}].metric.period": at(row, "metric") for _, row in rows}
    for path, metric in periods.items():
        if metric is not None:
            yield equal(alarm, path, claim.datapoints.seconds, at(metric, "period"), claim)
    if not rows:
        yield equal(alarm, "period", claim.datapoints.seconds, p.get("period"), claim)
    yield equal(alarm, "treatMissingData", claim.silence, p.get("treatMissingData", "missing"), claim)


def _watching(
    estate: Estate, alarm: Resource, claim: AlarmClaim, things: Mapping[str, set[str]]
) -> Iterator[Comparison]:
    many = "metricQueries" in alarm.properties
    try:
        queries = AlarmDefinition.from_properties(alarm.properties).queries
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        path = "metricQueries" if many else ""
        yield Comparison(named(alarm), path, "an alarm that can be read", str(error), holds=False, claim=claim)
        return
    watched = sorted(f"{q.statistic} {q.metric.name}" for q in queries if q.metric)
    path = (
        "metricQueries"
        if many
        else ("statistic" if _names_only(watched) == _names_only(claim.watches) else "metricName")
    )
    holds = tuple(watched) == claim.watches
    yield Comparison(named(alarm), path, ", ".join(claim.watches), ", ".join(watched), holds, claim)
    yield from _arithmetic(alarm, queries, claim)
    for query in queries:
        if query.metric:
            yield from _metric(estate, alarm, query, claim, things)


def _names_only(watched: tuple[str, ...] | list[str]) -> list[str]:
    return [w.split()[-1] for w in watched]


def _arithmetic(alarm: Resource, queries: tuple[Query, ...], claim: AlarmClaim) -> Iterator[Comparison]:
    """Exactly one row is watched, every row is a metric or an expression, and expressions name rows that exist."""
    ids = {q.id for q in queries}
    watched = [q.id for q in queries if q.watched]
    if len(queries) > 1:
        yield equal(alarm, "metricQueries", 1, len(watched), claim)
    for q in queries:
        path = f"metricQueries[{q.id}]"
        kinds = [k for k, v in (("a metric", q.metric), ("an expression", q.expression)) if v]
        yield Comparison(named(alarm), path, "a metric or an expression", " and ".join(kinds), len(kinds) == 1, claim)
        if q.expression:
            unknown = sorted(set(re.findall(r"\b[a-z]\w*\b", q.expression)) - ids)
            closed = q.expression.count("(") == q.expression.count(")") and q.expression[-1] in ")0123456789"
            holds = not unknown and closed
            yield Comparison(
                named(alarm),
                f"{path}.expression",
                f"an expression over {', '.join(sorted(ids))}",
                q.expression,
                holds,
                claim,
            )


def _metric(
    estate: Estate, alarm: Resource, query: Query, claim: AlarmClaim, things: Mapping[str, set[str]]
) -> Iterator[Comparison]:
    """A metric under another namespace or dimension is another metric, and would never get any data."""
    metric = query.metric
    if metric is None:
        return
    prefix = f"metricQueries[{query.id}].metric." if "metricQueries" in alarm.properties else ""
    ours = (NAMESPACE, ("Bucket",) if metric.name.startswith(BY_BUCKET) else ())
    namespace, dimensions = AWS_METRICS.get(metric.name, ours)
    yield equal(alarm, f"{prefix}namespace", namespace, metric.namespace, claim)
    names = tuple(name for name, _ in metric.dimensions)
    yield equal(alarm, f"{prefix}dimensions", ", ".join(dimensions), ", ".join(names), claim)
    for name, value in metric.dimensions:
        candidates = things.get(name, set())
        about = claim.alarm.startswith(value.removesuffix(f"-{estate.environment}")) or name == "FilterId"
        expected = f"one of {', '.join(sorted(candidates))}, which the alarm is named after"
        yield Comparison(
            named(alarm), f"{prefix}dimensions.{name}", expected, value, value in candidates and about, claim
        )


def _dimension_values(estate: Estate) -> Mapping[str, set[str]]:
    buckets = value_of(estate, "s3/bucket:Bucket", "bucket")
    return {
        "Bucket": buckets,
        "BucketName": buckets,
        "FilterId": value_of(estate, "s3/bucketMetric:BucketMetric", "name"),
        "QueueName": value_of(estate, "sqs/queue:Queue", "name"),
    }


def _paging(estate: Estate, alarm: Resource, claim: AlarmClaim, topics: Mapping[str, str]) -> Iterator[Comparison]:
    topic = topics.get(claim.service)
    wanted = f"arn:aws:sns:{estate.region}:{estate.account}:{topic}" if topic else f"one of {', '.join(topics)}"
    for path in ("alarmActions", "okActions"):
        actions: Any = alarm.properties.get(path)
        found = ", ".join(map(str, cast("list[Any]", actions))) if isinstance(actions, list) else show(actions)
        yield equal(alarm, path, wanted, found or "nobody", claim)
    yield equal(alarm, "actionsEnabled", True, alarm.properties.get("actionsEnabled", True), claim)  # noqa: FBT003


RULES = (
    rule(
        "alarm",
        "Every alarm rings at its threshold and pages exactly one service.",
        Severity.HIGH,
        (AlarmClaim.kind,),
        why="Nobody would be paged, or the wrong people, or too late.",
        compare=_alarms,
    ),
)
