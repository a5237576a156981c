"""The function's metrics: one place that knows their names, in CloudWatch's embedded metric format."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Author/Storage"


def publish_backlog(bucket: str, *, objects: int, size: int, oldest_age: float) -> None:
    """Publishes what lies in the bucket: `BacklogObjects`, `BacklogBytes`, `BacklogOldestAge` (seconds)."""
    _publish(
        bucket,
        BacklogObjects=(MetricUnit.Count, objects),
        BacklogBytes=(MetricUnit.Bytes, size),
        BacklogOldestAge=(MetricUnit.Seconds, oldest_age),
    )


def publish_cleanup(bucket: str, *, deleted: int, size: int, remaining: int, result: str) -> None:
    """Publishes how a cleanup ended.

    `CleanupSucceeded` is 1 where the result is `clean`, `CleanupFailed` is 1 where it is `failed`; an incomplete run
    is neither. Dry runs publish nothing, so a rehearsal never silences an alarm.
    """
    _publish(
        bucket,
        CleanupDeletedObjects=(MetricUnit.Count, deleted),
        CleanupDeletedBytes=(MetricUnit.Bytes, size),
        CleanupRemainingObjects=(MetricUnit.Count, remaining),
        CleanupSucceeded=(MetricUnit.Count, int(result == "clean")),
        CleanupFailed=(MetricUnit.Count, int(result == "failed")),
    )


def publish_failure(bucket: str) -> None:
    """Publishes that a cleanup failed before it could count anything: `CleanupFailed` 1, `CleanupSucceeded` 0."""
    _publish(bucket, CleanupSucceeded=(MetricUnit.Count, 0), CleanupFailed=(MetricUnit.Count, 1))


def _publish(bucket: str, **values: tuple[MetricUnit, float]) -> None:
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    metrics.add_dimension("Bucket", bucket)
    for name, (unit, value) in values.items():
        metrics.add_metric(name, unit, value)
    metrics.flush_metrics()
