"""What log messages say in numbers: embedded metrics, and metric filters.

High-resolution storage is ignored. Read 2026-11-28:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from semantics.logs.patterns import matcher, select


@dataclass(frozen=True)
class Datum:
    """One value of one metric.

    Attributes:
        namespace: as `Shop/Orders`.
        name: of the metric.
        value: one number.
        unit: as `Bytes`, or None.
        dimensions: name and value, in the order given.
        moment: with its time zone.
    """

    namespace: str
    name: str
    value: float
    unit: str | None
    dimensions: tuple[tuple[str, str], ...]
    moment: datetime


def embedded(message: str) -> list[Datum]:
    """Reads the metrics embedded in one log message; none if it holds none, or not as the specification asks."""
    try:
        document: Any = json.loads(message)
        directives = document["_aws"]["CloudWatchMetrics"]
        moment = datetime.fromtimestamp(document["_aws"]["Timestamp"] / 1000, UTC)
        return [datum for directive in directives for datum in _of_directive(directive, document, moment)]
    except (ValueError, KeyError, TypeError):
        return []


def _of_directive(directive: Mapping[str, Any], document: Mapping[str, Any], moment: datetime) -> Iterable[Datum]:
    sets: list[list[str]] = directive["Dimensions"] or [[]]
    for definition in directive["Metrics"]:
        values: Any = document[definition["Name"]]
        for value in cast("list[Any]", values if isinstance(values, list) else [values]):
            for names in sets:
                dimensions = tuple((name, str(document[name])) for name in names)
                yield Datum(
                    directive["Namespace"], definition["Name"], float(value), definition.get("Unit"), dimensions, moment
                )


@dataclass(frozen=True)
class MetricFilter:
    """A metric filter's pattern and its one transformation, in the words of PutMetricFilter."""

    pattern: str
    transformation: Mapping[str, Any]

    def apply(self, messages: Iterable[tuple[str, datetime]]) -> list[Datum]:
        """Returns what one delivery of messages adds to the metric.

        Args:
            messages: text and arrival, with its time zone.

        Raises:
            PatternError: the pattern is not emulated.
        """
        matches = matcher(self.pattern)
        found = list(messages)
        data = [datum for text, moment in found if matches(text) for datum in self._datum(text, moment)]
        default = self.transformation.get("defaultValue")
        if not data and found and default is not None and not self.transformation.get("dimensions"):
            return [self._build(float(default), (), found[-1][1])]
        return data

    def _datum(self, text: str, moment: datetime) -> Iterable[Datum]:
        wanted = str(self.transformation["metricValue"])
        document = json.loads(text) if self.pattern.lstrip().startswith("{") else None
        value = select(document, wanted) if wanted.startswith("$") else wanted
        selectors = cast("Mapping[str, str]", self.transformation.get("dimensions") or {})
        dimensions = [(name, select(document, selector)) for name, selector in selectors.items()]
        try:
            number = float(cast("str", value))
        except (TypeError, ValueError):
            return  # CloudWatch publishes nothing where the value is no number
        if all(found is not None for _, found in dimensions):
            yield self._build(number, tuple((name, str(found)) for name, found in dimensions), moment)

    def _build(self, value: float, dimensions: tuple[tuple[str, str], ...], moment: datetime) -> Datum:
        given = self.transformation
        unit = given.get("unit")
        return Datum(given["metricNamespace"], given["metricName"], value, unit, dimensions, moment)
