"""What people look at is there: the dashboard's metrics, and the counts they come from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from policies.claims import EventClaim, LogMetricClaim, WidgetClaim
from policies.estate import Estate, Resource
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule
from policies.runbook import Runbook
from policies.views import at, named

NAMESPACE = "Author/Storage"
FILTER = "cloudwatch/logMetricFilter:LogMetricFilter"


def _widgets(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {str(r.properties.get("dashboardName")): r for r in estate.of_type("cloudwatch/dashboard:Dashboard")}
    metrics = {name: _metrics(r.properties.get("dashboardBody")) for name, r in declared.items()}
    for claim in runbook.of(WidgetClaim):
        dashboard = declared.get(claim.dashboard)
        if dashboard is None:
            yield absent(f"cloudwatch/dashboard {claim.dashboard}", "dashboardName", "a dashboard of that name", claim)
            continue
        shown = claim.metric in metrics[claim.dashboard]
        found = f"{claim.metric} {'shown' if shown else 'not shown'}"
        scope = "dashboardBody.widgets"
        yield Comparison(named(dashboard), scope, f"{claim.metric} shown", found, shown, claim, "dashboardName")


def _metrics(body: Any) -> set[str]:
    """Collects the metric names of all widgets: the second item of each metric row, and names in SEARCH expressions."""
    names: set[str] = set()
    for widget in _list(at(body, "widgets")):
        for row in _list(at(widget, "properties", "metrics")):
            items = _list(row)
            if len(items) > 1 and isinstance(items[1], str):
                names.add(items[1])
            expression = str(at(items[-1] if items else None, "expression") or "")
            names.update(word.strip("'\"(),{}").removeprefix("MetricName=").strip("'\"") for word in expression.split())
    return names


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()


def _transformation(resource: Resource) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", at(resource.properties, "metricTransformation") or {})


def _log_metrics(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    groups = {str(r.properties.get("name")) for r in estate.of_type("cloudwatch/logGroup:LogGroup")}
    filters = list(estate.of_type(FILTER))
    for claim in runbook.of(LogMetricClaim):
        if claim.log_group not in groups:
            yield absent(f"cloudwatch/logGroup {claim.log_group}", "name", "a log group of that name", claim)
        counting = next((r for r in filters if _transformation(r).get("name") == claim.metric), None)
        if counting is None:
            yield absent(
                f"cloudwatch/logMetricFilter {claim.metric}", "metricTransformation.name", "such a filter", claim
            )
            continue
        yield equal(counting, "logGroupName", claim.log_group, counting.properties.get("logGroupName"), claim)
        value = _transformation(counting).get("value")
        yield equal(counting, "metricTransformation.value", f"$.{claim.field}", value, claim)
        pattern = str(counting.properties.get("pattern"))
        wanted = [f'{{ ($.event = "retention-run") && ($.{claim.field} {is_there}) }}' for is_there in ("= *", ">= 0")]
        yield Comparison(named(counting), "pattern", " or ".join(wanted), pattern, pattern in wanted, claim)
        namespace = _transformation(counting).get("namespace")
        yield equal(counting, "metricTransformation.namespace", NAMESPACE, namespace, claim)


def _events(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    rules = list(estate.of_type("cloudwatch/eventRule:EventRule"))
    filters = list(estate.of_type(FILTER))
    for claim in runbook.of(EventClaim):
        caught = next((r for r in rules if claim.event in _list(at(r.properties, "eventPattern", "detail-type"))), None)
        if caught is None:
            yield absent(f"cloudwatch/eventRule for {claim.event}", "eventPattern.detail-type", claim.event, claim)
        else:
            types = _list(at(caught.properties, "eventPattern", "detail-type"))
            path = f"eventPattern.detail-type[{types.index(claim.event)}]"
            yield Comparison(named(caught), path, claim.event, claim.event, holds=True, claim=claim, scope=path)
        counting = [r for r in filters if _transformation(r).get("name") == claim.metric]
        if not counting:
            yield absent(
                f"cloudwatch/logMetricFilter {claim.metric}", "metricTransformation.name", "such a filter", claim
            )
        for r in counting:
            pattern = str(r.properties.get("pattern"))
            holds = pattern.startswith(f'{{ ($.detail-type = "{claim.event}") && ') and pattern.endswith(" }")
            yield Comparison(named(r), "pattern", f"lines of {claim.event}", pattern, holds, claim, "pattern")


RULES = (
    rule(
        "widget",
        "The dashboard shows what the runbook sends people to look at.",
        Severity.MEDIUM,
        (WidgetClaim.kind,),
        why="Whoever is on call would look at a page that does not tell.",
        compare=_widgets,
    ),
    rule(
        "log-metric",
        "What a run reports is counted.",
        Severity.HIGH,
        (LogMetricClaim.kind,),
        why="A run that deletes nothing would look like one that has nothing to delete.",
        compare=_log_metrics,
    ),
    rule(
        "event",
        "Transitions, deletions and restores are counted as they happen.",
        Severity.MEDIUM,
        (EventClaim.kind,),
        why="The quarterly check would have nothing to look at.",
        compare=_events,
    ),
)
