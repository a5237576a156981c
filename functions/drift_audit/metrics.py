"""The function's metrics: one place that knows their names, in CloudWatch's embedded metric format."""

from aws_lambda_powertools.metrics import MetricUnit

from audit.model import Report
from runtime.metrics import publish


def publish_audit(report: Report, evidence_age_days: float | None) -> None:
    """Publishes what an audit found.

    `AuditFailed` is 1 where it could not look at everything. `AuditEvidenceAgeDays` is left out where nothing tells it.
    """
    values: dict[str, tuple[MetricUnit, float]] = {
        "AuditRuns": (MetricUnit.Count, 1),
        "AuditFailed": (MetricUnit.Count, int(not report.complete)),
        "DriftFindings": (MetricUnit.Count, len(report.drift)),
        "AuditCoverage": (MetricUnit.Percent, 100 * report.coverage.share),
        "OverdueObjects": (MetricUnit.Count, sum(o.objects for o in report.overdue)),
    }
    if evidence_age_days is not None:
        values["AuditEvidenceAgeDays"] = MetricUnit.Count, evidence_age_days
    publish(values)


def publish_failure() -> None:
    """Publishes that an audit ended without any answer: `AuditFailed` 1. `AuditRuns` too: it was not silent."""
    publish({"AuditRuns": (MetricUnit.Count, 1), "AuditFailed": (MetricUnit.Count, 1)})


def publish_inventory_age(bucket: str, hours: float) -> None:
    """Publishes how old a bucket's newest inventory is."""
    publish({"InventoryAgeHours": (MetricUnit.Count, hours)}, Bucket=bucket)
