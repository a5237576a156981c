"""Emulates the metrics that CloudWatch makes of log lines: by metric filters, and by the embedded metric format.

Sources: CloudWatch Logs user guide, "Filter pattern syntax for metric filters"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html), and
"Specification: Embedded metric format"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html),
both read 2026-11-24. Of filter patterns it knows JSON comparisons joined by `&&`; any other is refused.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from semantics.alarms.evaluator import Metric

_SELECTOR = r"\$(?:\.[A-Za-z0-9_-]+)+"
_COMPARISON = re.compile(rf'\(?\s*({_SELECTOR})\s*(=|!=|<=|>=|<|>)\s*("[^"]*"|[\w.*-]+)\s*\)?')


class PatternError(ValueError):
    """A filter pattern is broken, or uses what this reader does not know."""


@dataclass(frozen=True)
class MetricFilter:
    """A metric filter.

    Attributes:
        log_group: whose lines it reads.
        pattern: which lines it counts.
        namespace: of the metric.
        name: of the metric.
        value: a number, or the selector of a field, as `$.deleted_count`.
        dimensions: name → selector.
    """

    log_group: str
    pattern: str
    namespace: str
    name: str
    value: str
    dimensions: Mapping[str, str]

    @staticmethod
    def from_properties(properties: Mapping[str, Any]) -> "MetricFilter":
        """Reads the properties of an `aws:cloudwatch/logMetricFilter:LogMetricFilter`."""
        to = cast("Mapping[str, Any]", properties["metricTransformation"])
        return MetricFilter(
            log_group=str(properties["logGroupName"]),
            pattern=str(properties["pattern"]),
            namespace=str(to["namespace"]),
            name=str(to["name"]),
            value=str(to["value"]),
            dimensions=cast("Mapping[str, str]", to.get("dimensions", {})),
        )

    def publish(self, line: str) -> tuple[Metric, float] | None:
        """Returns what one log line adds to the metric, or None where it does not match or has no number there.

        Raises:
            PatternError: see `matches`.
        """
        event = _json(line)
        if event is None or not matches(self.pattern, event):
            return None
        values = {name: _select(event, selector) for name, selector in self.dimensions.items()}
        amount = _select(event, self.value) if self.value.startswith("$") else self.value
        # CloudWatch publishes nothing at all where a dimension's field is absent.
        if amount is None or None in values.values():
            return None
        dimensions = tuple(sorted((name, str(value)) for name, value in values.items()))
        return Metric(self.namespace, self.name, dimensions), float(amount)


def matches(pattern: str, event: Mapping[str, Any]) -> bool:
    """Tells whether a JSON filter pattern, as `{ ($.a = "x") && ($.b > 3) }`, takes an event.

    Raises:
        PatternError: the pattern is not of this form.
    """
    inner = re.fullmatch(r"\{(.*)\}", pattern.strip(), re.DOTALL)
    terms = [_COMPARISON.fullmatch(term.strip()) for term in inner[1].split("&&")] if inner else [None]
    if None in terms:
        raise PatternError(f"filter pattern {pattern!r}: expected JSON comparisons joined by &&")
    return all(_holds(event, *term.groups()) for term in terms if term)


def _holds(event: Mapping[str, Any], selector: str, operator: str, operand: str) -> bool:
    found = _select(event, selector)
    if found is None:
        return False
    if operator in {"=", "!="}:
        wanted = ".*".join(map(re.escape, operand.strip('"').split("*")))
        return bool(re.fullmatch(wanted, str(found), re.DOTALL)) == (operator == "=")
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    limit = float(operand)
    return {"<": found < limit, "<=": found <= limit, ">": found > limit, ">=": found >= limit}[operator]


def _select(event: Any, selector: str) -> Any:
    for step in selector.split(".")[1:]:
        event = cast("Mapping[str, Any]", event).get(step) if isinstance(event, Mapping) else None
    # A selector that ends at an object or a list matches nothing.
    return None if isinstance(event, Mapping | list) else event


def embedded(line: str) -> Iterator[tuple[Metric, float]]:
    """Yields what a line in embedded metric format publishes; nothing for any other line."""
    event = _json(line) or {}
    directives = cast("Mapping[str, Any]", event.get("_aws", {})).get("CloudWatchMetrics", [])
    for directive in cast("list[Mapping[str, Any]]", directives):
        for names in cast("list[list[str]]", directive.get("Dimensions", [[]])):
            dimensions = tuple(sorted((name, str(event[name])) for name in names))
            for metric in cast("list[Mapping[str, str]]", directive["Metrics"]):
                yield from _points(Metric(directive["Namespace"], metric["Name"], dimensions), event[metric["Name"]])


def _points(metric: Metric, value: Any) -> Iterator[tuple[Metric, float]]:
    for number in cast("Sequence[Any]", value) if isinstance(value, list) else [value]:
        yield metric, float(number)


def _json(line: str) -> Mapping[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return cast("Mapping[str, Any]", event) if isinstance(event, dict) else None
