"""Log events become metric data as they arrive: embedded metrics, and metric filters.

Plain moto keeps metric filters and does nothing with them, keeps two of one name after an update, and knows no embedded
metrics. Patterns that are not emulated are refused when a filter is put (`semantics/logs/patterns.py`).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.exceptions import InvalidParameterException
from moto.logs.metric_filters import MetricFilters
from moto.logs.models import LogsBackend

from local.account.patching import around
from semantics.logs.metric_filters import Datum, MetricFilter, embedded
from semantics.logs.patterns import PatternError, matcher


def install() -> None:
    """Read each delivery of log events, and let a filter replace the one of its name."""

    @around(LogsBackend, "put_log_events")
    def _deliver(original: Any, logs: LogsBackend, group: str, stream: str, log_events: list[dict[str, Any]]) -> Any:
        answer = original(logs, group, stream, log_events)
        messages = [(str(event["message"]), _moment(event["timestamp"])) for event in log_events]
        publish(logs.account_id, logs.region_name, read(logs, group, messages))
        return answer

    @around(MetricFilters, "add_filter")
    def _replace(original: Any, filters: MetricFilters, name: str, pattern: str, group: str, *args: Any) -> None:
        try:
            matcher(pattern)
        except PatternError as error:
            raise InvalidParameterException("a pattern that is emulated", "filterPattern", str(error)) from error
        filters.delete_filter(name, group)
        original(filters, name, pattern, group, *args)


def read(logs: LogsBackend, group: str, messages: list[tuple[str, datetime]]) -> list[Datum]:
    """Return what a delivery of messages to a log group says in numbers."""
    data = [datum for text, _ in messages for datum in embedded(text)]
    for found in logs.filters.get_matching_filters(log_group_name=group):
        for transformation in found["metricTransformations"]:
            data += MetricFilter(found["filterPattern"], transformation).apply(messages)
    return data


def publish(account: str, region: str, data: Iterable[Datum]) -> None:
    """Put data into the account's CloudWatch."""
    for datum in data:
        entry = {
            "MetricName": datum.name,
            "Value": datum.value,
            "Unit": datum.unit,
            "Timestamp": datum.moment.astimezone(UTC).replace(tzinfo=None),
            "Dimensions": [{"Name": name, "Value": value} for name, value in datum.dimensions],
        }
        cloudwatch_backends[account][region].put_metric_data(datum.namespace, [entry])


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
