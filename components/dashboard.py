import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.private_bucket import REQUEST_METRICS
from estate.names import DATA_BUCKETS, NAMESPACE, PREFIX, Names
from semantics.alarms.evaluator import Metric

NAME = f"{PREFIX.capitalize()}-Storage"
"""The runbook's "Author Storage"; CloudWatch takes no space in a dashboard's name."""

MINUTES_5, HOUR, DAY = 300, 3600, 86_400
COLUMNS, WIDTH, HEIGHT = 24, 8, 6
"""CloudWatch's grid, and a widget's place in it: three in a row."""

CLASSES = {"STANDARD_IA": "StandardIAStorage", "DEEP_ARCHIVE": "DeepArchiveStorage"}
"""Storage class that recordings move to → its storage type in `BucketSizeBytes`."""

REASONS = ("Lifecycle Expiration", "DeleteObject")
"""Why S3 says that an object was deleted: a rule, or somebody's request."""


@dataclass(frozen=True)
class Graph:
    """One graph.

    Attributes:
        title: its heading.
        metrics: its lines.
        statistic: of each line.
        period: seconds.
    """

    title: str
    metrics: Sequence[Metric]
    statistic: str
    period: int


@dataclass(frozen=True)
class DashboardArgs:
    """Arguments of `Dashboard`.

    Attributes:
        alarms: names of the alarms whose states it shows.
    """

    alarms: Sequence[str]


class Dashboard(Component):
    """`Author-Storage`: alarm states first, then what customers feel, then what the rules and jobs do."""

    runbook = Section.DASHBOARDS

    def __init__(self, name: str, site: Site, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        states = _states([site.names.alarm_arn(alarm) for alarm in args.alarms])
        graphs = list(_graphs(site.names))
        widgets = [states, *(_widget(graph, place, site.names.region) for place, graph in enumerate(graphs))]
        aws.cloudwatch.Dashboard(
            name, dashboard_name=NAME, dashboard_body=json.dumps({"widgets": widgets}), opts=self.child()
        )
        self.finish(dashboard=NAME)


def _graphs(names: Names) -> Iterator[Graph]:
    yield from _requests(names.data_buckets)
    yield from _lifecycle(names)
    yield from _jobs(names)


def _requests(buckets: Sequence[str]) -> Iterator[Graph]:
    for errors in ("4xxErrors", "5xxErrors"):
        lines = [_metric("AWS/S3", errors, BucketName=bucket, FilterId=REQUEST_METRICS) for bucket in buckets]
        yield Graph(f"Requests: {errors}", lines, "Sum", MINUTES_5)
    requests = [_metric("AWS/S3", "AllRequests", BucketName=bucket, FilterId=REQUEST_METRICS) for bucket in buckets]
    yield Graph("Requests: all", requests, "Sum", MINUTES_5)


def _lifecycle(names: Names) -> Iterator[Graph]:
    stored = [("StandardStorage", bucket) for bucket in names.data_buckets]
    stored += [(kind, names.recordings) for kind in CLASSES.values()]
    sizes = [_metric("AWS/S3", "BucketSizeBytes", BucketName=bucket, StorageType=kind) for kind, bucket in stored]
    yield Graph("Storage by class, daily", sizes, "Average", DAY)
    moves = [_ours("Transitions", Bucket=names.recordings, StorageClass=to) for to in CLASSES]
    yield Graph("Transitions", moves, "Sum", DAY)
    gone = [_ours("PermanentDeletions", Bucket=b, Reason=reason) for b in names.data_buckets for reason in REASONS]
    yield Graph("Expirations and deletions", gone, "Sum", DAY)
    versioned = [names.bucket(of) for of in DATA_BUCKETS if of.versioned]
    markers = [_ours("DeleteMarkers", Bucket=b, Reason=reason) for b in versioned for reason in REASONS]
    yield Graph("Delete markers", markers, "Sum", DAY)
    restores = _ours("CompletedRestores", Bucket=names.recordings, StorageClass="DEEP_ARCHIVE")
    yield Graph("Completed restores", [restores], "Sum", DAY)
    ages = [_ours("InventoryAgeHours", Bucket=bucket) for bucket in names.data_buckets]
    yield Graph("Age of the newest inventory, hours", ages, "Maximum", DAY)
    yield Graph("Overdue objects", [_ours("OverdueObjects")], "Maximum", DAY)


def _jobs(names: Names) -> Iterator[Graph]:
    uploads = names.temporary_uploads
    for title, metric in (("bytes", "BacklogBytes"), ("objects", "BacklogObjects"), ("oldest, s", "BacklogOldestAge")):
        yield Graph(f"Backlog of temporary uploads: {title}", [_ours(metric, Bucket=uploads)], "Maximum", HOUR)
    cleaned = [_ours(metric, Bucket=uploads) for metric in ("CleanupDeletedObjects", "CleanupRemainingObjects")]
    yield Graph("Cleanup of temporary uploads", cleaned, "Sum", HOUR)
    stale = [_ours(metric) for metric in ("StaleObjects", "StaleObjectsNotHeld")]
    yield Graph("Retention backlog: objects", stale, "Maximum", HOUR)
    rows = [_ours(metric) for metric in ("DanglingRows", "DanglingRowsNotHeld")]
    yield Graph("Retention backlog: dangling rows", rows, "Maximum", HOUR)
    deleted = [_ours(metric) for metric in ("DeletedCount", "FailedDeletions")]
    yield Graph("Retention: deleted_count and failures", deleted, "Sum", HOUR)
    waiting = [_metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName=q) for q in names.dead_letter_queues]
    yield Graph("Dead-letter queues", waiting, "Maximum", MINUTES_5)
    audited = [_ours(metric) for metric in ("DriftFindings", "AuditCoverage", "AuditEvidenceAgeDays")]
    yield Graph("Drift audit", audited, "Maximum", DAY)


def _metric(namespace: str, name: str, **dimensions: str) -> Metric:
    return Metric(namespace, name, tuple(sorted(dimensions.items())))


def _ours(name: str, **dimensions: str) -> Metric:
    return _metric(NAMESPACE, name, **dimensions)


def _states(arns: Sequence[str]) -> dict[str, Any]:
    place = {"type": "alarm", "x": 0, "y": 0, "width": COLUMNS, "height": HEIGHT}
    return {**place, "properties": {"title": "Alarms", "sortBy": "stateUpdatedTimestamp", "alarms": list(arns)}}


def _widget(graph: Graph, place: int, region: str) -> dict[str, Any]:
    row, column = divmod(place, COLUMNS // WIDTH)
    return {
        "type": "metric",
        "x": column * WIDTH,
        "y": (row + 1) * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": graph.title,
            "view": "timeSeries",
            "region": region,
            "stat": graph.statistic,
            "period": graph.period,
            "metrics": [_line(metric) for metric in graph.metrics],
        },
    }


def _line(metric: Metric) -> list[str]:
    """One line in CloudWatch's form: namespace, name, then dimension names and values in turn."""
    return [metric.namespace, metric.name, *(part for pair in metric.dimensions for part in pair)]
