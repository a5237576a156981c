"""The function's metrics: one place that knows their names, in CloudWatch's embedded metric format."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from runtime.metrics import publish


def publish_backlog(bucket: str, *, objects: int, size: int, oldest_age: float) -> None:
    """Publishes what lies in the bucket: `BacklogObjects`, `BacklogBytes`, `BacklogOldestAge` (seconds)."""
    publish(
        {
            "BacklogObjects": (MetricUnit.Count, objects),
            "BacklogBytes": (MetricUnit.Bytes, size),
            "BacklogOldestAge": (MetricUnit.Seconds, oldest_age),
        },
        Bucket=bucket,
    )


def publish_cleanup(bucket: str, summary: Mapping[str, Any]) -> None:
    """Publishes how a cleanup ended, by its summary.

    `CleanupSucceeded` is 1 where the result is `clean`, `CleanupFailed` is 1 where it is `failed`; an incomplete run
    is neither. Dry runs publish nothing, so a rehearsal never silences an alarm.
    """
    publish(
        {
            "CleanupDeletedObjects": (MetricUnit.Count, summary["deleted"]),
            "CleanupDeletedBytes": (MetricUnit.Bytes, summary["bytes"]),
            "CleanupRemainingObjects": (MetricUnit.Count, summary["remaining"]),
            "CleanupSucceeded": (MetricUnit.Count, int(summary["result"] == "clean")),
            "CleanupFailed": (MetricUnit.Count, int(summary["result"] == "failed")),
        },
        Bucket=bucket,
    )


def publish_failure(bucket: str) -> None:
    """Publishes that a cleanup failed before it could count anything: `CleanupFailed` 1, `CleanupSucceeded` 0."""
    publish({"CleanupSucceeded": (MetricUnit.Count, 0), "CleanupFailed": (MetricUnit.Count, 1)}, Bucket=bucket)
