"""Metrics of deployed code, in CloudWatch's embedded metric format: a line of the log becomes metric data."""

from collections.abc import Mapping

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from estate.names import NAMESPACE

Values = Mapping[str, tuple[MetricUnit, float]]
"""Metric name → unit and value."""


def publish(values: Values, **dimensions: str) -> None:
    """Publishes metrics of ours, all with the same dimensions."""
    metrics = EphemeralMetrics(namespace=NAMESPACE)
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    for name, (unit, value) in values.items():
        metrics.add_metric(name, unit, value)
    metrics.flush_metrics()
