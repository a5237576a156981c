"""Every alarm of the estate as data: what it watches, when it rings, whom it pages, and why silence means what it does.

The names of metrics stand here once more, on purpose: a test runs the code that publishes them and compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from components.base import Section
from components.private_bucket import REQUEST_METRICS
from estate.names import DATA_BUCKETS, NAMESPACE, PREFIX, Names
from semantics.alarms.evaluator import AlarmDefinition, Metric, Missing, Query

GIBIBYTE = 1024**3
"""What the runbook's "1 GB" of backlog is taken for; S3's own tools and CloudWatch count in powers of two."""

LONGEST_QUARTER_DAYS = 92
GRACE_DAYS = 3

HOUR, DAY = 3600, 86_400


class Service(StrEnum):
    """PagerDuty services, each behind the topic of its name (runbook: On call)."""

    API = f"{PREFIX}-api"
    RETENTION = f"{PREFIX}-retention"


@dataclass(frozen=True)
class Window:
    """How far an alarm looks: `enough` of `of` periods of so many seconds."""

    period: int
    of: int = 1
    enough: int = 1


@dataclass(frozen=True)
class Alarm:
    """An alarm and what people need to know of it.

    Attributes:
        definition: when it rings.
        service: whom it pages; exactly one.
        section: of the runbook, where what to do stands.
        summary: what has happened when it rings, in one sentence.
        silence: why periods without data count as they do, in one sentence.
    """

    definition: AlarmDefinition
    service: Service
    section: Section
    summary: str
    silence: str

    @property
    def description(self) -> str:
        """What a page shows."""
        return f"{self.summary} What to do: docs/runbook.md#{self.section}. No data: {self.silence}"


def alarms(names: Names, silent_after_hours: int) -> tuple[Alarm, ...]:
    """Lists all alarms of an environment.

    Args:
        names: of the environment.
        silent_after_hours: how long the retention job may be silent. Below 24 it is taken to run hourly, else daily.
    """
    return (
        *_retention(silent_after_hours),
        *_temporary_uploads(names.temporary_uploads),
        *(_dead_letters(queue) for queue in names.dead_letter_queues),
        *(alarm for of in DATA_BUCKETS for alarm in _requests(of.short, names.bucket(of))),
        *_audit(),
    )


def _ours(name: str, **dimensions: str) -> Metric:
    return Metric(NAMESPACE, name, tuple(sorted(dimensions.items())))


def _above(
    name: str, metric: Metric, statistic: str, threshold: float, window: Window, *, missing: Missing
) -> AlarmDefinition:
    query = Query("metric", metric, statistic)
    return _define(name, (query,), "GreaterThanThreshold", threshold, window, missing=missing)


def _silent(name: str, metric: Metric, window: Window) -> AlarmDefinition:
    """Rings when a metric sums to less than 1 in every period.

    FILL makes each empty period a zero, so the alarm rings on time: over missing data alone, CloudWatch would first go
    back to older points that still look well. Whether FILL fills a metric that never had a point is not documented;
    `breaching` rings then too.
    """
    queries = (Query("events", metric, "Sum", watched=False), Query("filled", expression="FILL(events, 0)"))
    return _define(name, queries, "LessThanThreshold", 1, window, missing=Missing.BREACHING)


def _define(
    name: str, queries: tuple[Query, ...], comparison: str, threshold: float, window: Window, *, missing: Missing
) -> AlarmDefinition:
    by_id = tuple(sorted(queries, key=lambda query: query.id))
    return AlarmDefinition(name, by_id, window.period, window.of, window.enough, comparison, threshold, missing)


def _retention(silent_after_hours: int) -> Iterator[Alarm]:
    def alarm(definition: AlarmDefinition, summary: str, silence: str) -> Alarm:
        return Alarm(definition, Service.RETENTION, Section.RETENTION, summary, silence)

    apart = "the alarm on silence tells; this one speaks of what a run has found."
    run = DAY if silent_after_hours >= 24 else HOUR
    stale = _ours("StaleObjects")
    yield alarm(
        _above(
            f"{PREFIX}-retention-stale-objects", stale, "Maximum", 10_000, Window(HOUR), missing=Missing.NOT_BREACHING
        ),
        "More than 10,000 objects are past their retention: run the job by hand.",
        apart,
    )
    failed = _ours("RetentionRunsFailed")
    yield alarm(
        _above(f"{PREFIX}-retention-run-failed", failed, "Sum", 0, Window(HOUR), missing=Missing.NOT_BREACHING),
        "A run of the retention job failed: something that must be deleted was not.",
        "only a failed run publishes this metric, so that an empty period is a good one.",
    )
    silent = Window(HOUR, silent_after_hours, silent_after_hours)
    yield alarm(
        _silent(f"{PREFIX}-retention-silent", _ours("RetentionRuns"), silent),
        f"No run of the retention job has ended for {silent_after_hours} hours.",
        "that is what the alarm is for.",
    )
    yield alarm(
        _stuck(),
        "A run found objects that are stale and not held, and deleted none of them.",
        apart,
    )
    yield alarm(
        _not_falling(Window(run, 3, 3)),
        "Rows that are expired, not held and not deleted did not become fewer for three runs.",
        apart,
    )


def _stuck() -> AlarmDefinition:
    queries = (
        Query("stale", _ours("StaleObjectsNotHeld"), "Maximum", watched=False),
        Query("deleted", _ours("DeletedCount"), "Sum", watched=False),
        Query("stuck", expression="IF(deleted == 0, stale, 0)"),
    )
    name = f"{PREFIX}-retention-stuck"
    return _define(name, queries, "GreaterThanThreshold", 0, Window(HOUR), missing=Missing.NOT_BREACHING)


def _not_falling(window: Window) -> AlarmDefinition:
    queries = (
        Query("rows", _ours("DanglingRowsNotHeld"), "Maximum", watched=False),
        Query("left", expression="IF(DIFF(rows) >= 0, rows, 0)"),
    )
    name = f"{PREFIX}-retention-dangling-rows"
    return _define(name, queries, "GreaterThanThreshold", 0, window, missing=Missing.NOT_BREACHING)


def _temporary_uploads(bucket: str) -> Iterator[Alarm]:
    def alarm(definition: AlarmDefinition, summary: str, silence: str) -> Alarm:
        return Alarm(definition, Service.RETENTION, Section.HYGIENE, summary, silence)

    backlog = _ours("BacklogBytes", Bucket=bucket)
    yield alarm(
        _above(
            f"{PREFIX}-temporary-uploads-backlog", backlog, "Maximum", GIBIBYTE, Window(HOUR), missing=Missing.BREACHING
        ),
        "More than 1 GB lies in the bucket of temporary uploads: trigger the cleanup by hand.",
        "it is measured every hour, and a backlog that nobody measures is not fine.",
    )
    failed = _ours("CleanupFailed", Bucket=bucket)
    yield alarm(
        _above(
            f"{PREFIX}-temporary-uploads-cleanup-failed",
            failed,
            "Maximum",
            0,
            Window(HOUR),
            missing=Missing.NOT_BREACHING,
        ),
        "A cleanup of temporary uploads could not delete something.",
        "a cleanup runs once a day and is silent between; its silence has an alarm of its own.",
    )
    succeeded = _ours("CleanupSucceeded", Bucket=bucket)
    yield alarm(
        _silent(f"{PREFIX}-temporary-uploads-not-emptied", succeeded, Window(HOUR, 26, 26)),
        "No cleanup of temporary uploads has succeeded for 26 hours.",
        "that is what the alarm is for.",
    )


def _dead_letters(queue: str) -> Alarm:
    waiting = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", (("QueueName", queue),))
    return Alarm(
        _above(f"{queue}-not-empty", waiting, "Maximum", 0, Window(300), missing=Missing.NOT_BREACHING),
        Service.RETENTION,
        Section.DASHBOARDS,
        f"A scheduled call was given up after all retries; it lies in the queue {queue}.",
        "SQS stops publishing for a queue that nobody used for six hours; it is empty then.",
    )


def _requests(short: str, bucket: str) -> Iterator[Alarm]:
    # S3 retries and clients' mistakes make single errors normal; a share over two of three periods is a spike.
    for kind, percent in (("4xx", 5), ("5xx", 1)):
        yield Alarm(
            _error_rate(f"{PREFIX}-{short}-{kind}", bucket, f"{kind}Errors", percent),
            Service.API,
            Section.DASHBOARDS,
            f"More than {percent} % of the requests to {bucket} were answered {kind}.",
            "without requests there are no request metrics, and nobody is hurt.",
        )


def _error_rate(name: str, bucket: str, errors: str, percent: float) -> AlarmDefinition:
    def of(metric: str) -> Metric:
        return Metric("AWS/S3", metric, (("BucketName", bucket), ("FilterId", REQUEST_METRICS)))

    queries = (
        Query("errors", of(errors), "Sum", watched=False),
        Query("requests", of("AllRequests"), "Sum", watched=False),
        # Below 20 requests a period, one error alone would be a spike.
        Query("rate", expression="IF(requests >= 20, 100 * errors / requests, 0)"),
    )
    return _define(name, queries, "GreaterThanThreshold", percent, Window(300, 3, 2), missing=Missing.NOT_BREACHING)


def _audit() -> Iterator[Alarm]:
    def alarm(definition: AlarmDefinition, summary: str, silence: str) -> Alarm:
        return Alarm(definition, Service.RETENTION, Section.LIFECYCLE, summary, silence)

    stays = "what the last audit found stays found until another looks; its silence has an alarm of its own."
    yield alarm(
        _above(f"{PREFIX}-drift-found", _ours("DriftFindings"), "Maximum", 0, Window(DAY), missing=Missing.IGNORE),
        "The account differs from the runbook or from what the program declares.",
        stays,
    )
    yield alarm(
        _above(f"{PREFIX}-drift-audit-failed", _ours("AuditFailed"), "Maximum", 0, Window(DAY), missing=Missing.IGNORE),
        "A drift audit could not look at everything, so its answer is no answer.",
        stays,
    )
    yield alarm(
        _silent(f"{PREFIX}-drift-audit-silent", _ours("AuditRuns"), Window(DAY, 2, 2)),
        "No drift audit has ended for two days.",
        "that is what the alarm is for.",
    )
    # An alarm looks back seven days at most, so a missed quarter shows as the age of the last evidence.
    age = _ours("AuditEvidenceAgeDays")
    oldest = LONGEST_QUARTER_DAYS + GRACE_DAYS
    yield alarm(
        _above(f"{PREFIX}-drift-audit-overdue", age, "Maximum", oldest, Window(DAY), missing=Missing.IGNORE),
        f"The last quarterly audit's evidence is older than {oldest} days.",
        stays,
    )
    yield alarm(
        _above(f"{PREFIX}-overdue-objects", _ours("OverdueObjects"), "Maximum", 0, Window(DAY), missing=Missing.IGNORE),
        "Objects are two days past a transition or their window: a lifecycle rule does not act.",
        stays,
    )
