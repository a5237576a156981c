"""Every alarm rings at the threshold that its row says, and pages the service that its row says."""

from collections.abc import Iterator

from policies.claims import EVERY, AlarmClaim, Datapoints, TopicClaim
from policies.estate import Estate
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule
from policies.runbook import Runbook
from policies.views import Alarm, alarms, buckets, named


def _alarms(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {a.name: a for a in alarms(estate)}
    topics = {c.service: c.topic for c in runbook.of(TopicClaim)}
    claims = [c for c in runbook.of(AlarmClaim) if c.environment in (estate.environment, EVERY)]
    for claim in claims:
        alarm = declared.get(claim.alarm)
        if alarm is None:
            yield absent(f"cloudwatch/metricAlarm {claim.alarm}", "name", "an alarm of that name", claim)
            continue
        yield from _watching(estate, alarm, claim)
        yield from _ringing(alarm, claim)
        yield from _paging(estate, alarm, claim, topics)
    known = {c.alarm for c in claims}
    for alarm in declared.values():
        if alarm.name not in known:
            yield Comparison(named(alarm.resource), "name", "a row in the table of alarms", alarm.name, holds=False)


AWS_METRICS = {
    "4xxErrors": "AWS/S3",
    "5xxErrors": "AWS/S3",
    "AllRequests": "AWS/S3",
    "ApproximateNumberOfMessagesVisible": "AWS/SQS",
}
"""Metrics that AWS publishes → namespace; all others are the project's own."""
OUR_NAMESPACE = "Author/Storage"


def _watching(estate: Estate, alarm: Alarm, claim: AlarmClaim) -> Iterator[Comparison]:
    """Compares what is watched; a dimension that names nothing in the estate would never get any data."""
    resource = alarm.resource
    rows = [(q.statistic, q.metric) for q in alarm.definition.queries if q.metric]
    watched = tuple(sorted(f"{statistic} {metric.name}" for statistic, metric in rows))
    path = "metricQueries" if "metricQueries" in resource.properties else "metricName"
    yield Comparison(
        named(resource), path, ", ".join(claim.watches), ", ".join(watched), watched == claim.watches, claim
    )
    known = _dimension_values(estate)
    for _, metric in rows:
        prefix = path if path == "metricQueries" else ""
        namespace = AWS_METRICS.get(metric.name, OUR_NAMESPACE)
        yield equal(resource, prefix or "namespace", namespace, metric.namespace, claim)
        for name, value in metric.dimensions:
            expected = f"{name} of something declared: {', '.join(sorted(known.get(name, ())))}"
            holds = value in known.get(name, ())
            yield Comparison(named(resource), prefix or "dimensions", expected, f"{name} {value}", holds, claim)


def _dimension_values(estate: Estate) -> dict[str, set[str]]:
    bucket_names = {b.name for b in buckets(estate)}
    return {
        "Bucket": bucket_names,
        "BucketName": bucket_names,
        "FilterId": {str(r.properties.get("name")) for r in estate.of_type("s3/bucketMetric:BucketMetric")},
        "QueueName": {str(r.properties.get("name")) for r in estate.of_type("sqs/queue:Queue")},
    }


def _ringing(alarm: Alarm, claim: AlarmClaim) -> Iterator[Comparison]:
    is_, wanted, resource = alarm.definition, claim.threshold, alarm.resource
    yield equal(resource, "comparisonOperator", wanted.comparison, is_.comparison, claim)
    yield equal(resource, "threshold", float(wanted.value), float(is_.threshold), claim)
    looks = Datapoints(is_.datapoints_to_alarm, is_.evaluation_periods, is_.period)
    for path, field in (
        ("datapointsToAlarm", "enough"),
        ("evaluationPeriods", "of"),
        ("period", "seconds"),
    ):
        yield equal(resource, path, getattr(claim.datapoints, field), getattr(looks, field), claim)
    yield equal(resource, "treatMissingData", claim.silence, str(is_.missing), claim)


def _paging(estate: Estate, alarm: Alarm, claim: AlarmClaim, topics: dict[str, str]) -> Iterator[Comparison]:
    topic = topics.get(claim.service)
    if topic is None:
        expected = f"one of {', '.join(topics)}"
        yield Comparison(named(alarm.resource), "alarmActions", expected, claim.service, holds=False, claim=claim)
        return
    wanted = f"arn:aws:sns:{estate.region}:{estate.account}:{topic}"
    found = ", ".join(alarm.actions) or None
    yield equal(alarm.resource, "alarmActions", wanted, found, claim)
    well_again = ", ".join(map(str, alarm.resource.properties.get("okActions") or ())) or None
    yield equal(alarm.resource, "okActions", wanted, well_again, claim)
    enabled = alarm.resource.properties.get("actionsEnabled", True)
    yield equal(alarm.resource, "actionsEnabled", True, enabled, claim)  # noqa: FBT003


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
