"""The function's metrics: one place that knows their names, in CloudWatch's embedded metric format."""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from audit.model import Report

NAMESPACE = "Author/Storage"


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
    _publish({}, values)


def publish_failure() -> None:
    """Publishes that an audit ended without any answer: `AuditFailed` 1. `AuditRuns` too: it was not silent."""
    _publish({}, {"AuditRuns": (MetricUnit.Count, 1), "AuditFailed": (MetricUnit.Count, 1)})


def publish_inventory_age(bucket: str, hours: float) -> None:
    """Publishes how old a bucket's newest inventory is."""
    _publish({"Bucket": bucket}, {"InventoryAgeHours": (MetricUnit.Count, hours)})


def _publish(dimensions: Mapping[str, str], values: Mapping[str, tuple[MetricUnit, float]]) -> None:
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    for name, (unit, value) in values.items():
        metrics.add_metric(name, unit, value)
    metrics.flush_metrics()
