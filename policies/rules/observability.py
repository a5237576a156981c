"""What people look at is there: the dashboard's metrics, and the counts they come from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from estate.model import Estate, Resource
from estate.names import NAMESPACE
from estate.views import at, buckets, named, value_of
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule, show
from policies.runbook.claims import BucketClaim, EventClaim, LogMetricClaim, WidgetClaim
from policies.runbook.reader import Runbook

BODY = "dashboardBody.widgets"
DETAIL_TYPE = ("eventPattern", "detail-type")
DELETIONS = {"DeleteMarkers": "Delete Marker Created", "PermanentDeletions": "Permanently Deleted"}
"""Metric → the deletions it counts, in S3's words."""
DIMENSIONS = {
    "Bucket": ("$.detail.bucket.name",),
    "StorageClass": ("$.detail.destination-storage-class", "$.detail.source-storage-class"),
    "Reason": ("$.detail.reason",),
}
"""Dimension → the fields of S3's events that it may be read from."""
FILTER = "cloudwatch/logMetricFilter:LogMetricFilter"


def _widgets(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {str(r.properties.get("dashboardName")): r for r in estate.of_type("cloudwatch/dashboard:Dashboard")}
    metrics = {name: _metrics(r.properties.get("dashboardBody")) for name, r in declared.items()}
    for claim in runbook.of(WidgetClaim):
        dashboard = declared.get(claim.dashboard)
        if dashboard is None:
            yield absent(f"cloudwatch/dashboard {claim.dashboard}", "dashboardName", "a dashboard of that name", claim)
            continue
        name = dashboard.properties.get("dashboardName")
        yield equal(dashboard, "dashboardName", claim.dashboard, name, claim, scope="dashboardName")
        places = metrics[claim.dashboard].get(claim.metric, [])
        found = f"{claim.metric} {'shown' if places else 'not shown'}"
        scope = places[0] if len(places) == 1 else None  # one of several lines less still shows the metric
        yield Comparison(named(dashboard), BODY, f"{claim.metric} shown", found, bool(places), claim, scope)


def _metrics(body: Any) -> dict[str, list[str]]:
    """Collects the metrics of all widgets, and where each stands: the second item of a line."""
    places: dict[str, list[str]] = {}
    for w, widget in enumerate(_list(at(body, "widgets"))):
        for m, line in enumerate(_list(at(widget, "properties", "metrics"))):
            if isinstance(name := at(line, 1), str):
                places.setdefault(name, []).append(f"{BODY}[{w}].properties.metrics[{m}][1]")
    return places


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()


def _transformation(resource: Resource) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", at(resource.properties, "metricTransformation") or {})


def _log_metrics(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    groups = {str(r.properties.get("name")): r for r in estate.of_type("cloudwatch/logGroup:LogGroup")}
    filters = list(estate.of_type(FILTER))
    for claim in runbook.of(LogMetricClaim):
        if group := groups.get(claim.log_group):
            yield equal(group, "name", claim.log_group, group.properties.get("name"), claim, scope="name")
        else:
            yield absent(f"cloudwatch/logGroup {claim.log_group}", "name", "a log group of that name", claim)
        counting = next((r for r in filters if _transformation(r).get("name") == claim.metric), None)
        if counting is None:
            yield _no_filter(claim.metric, claim)
            continue
        yield equal(counting, "logGroupName", claim.log_group, counting.properties.get("logGroupName"), claim)
        pattern = str(counting.properties.get("pattern"))
        wanted = [f'{{ ($.event = "retention-run") && ($.{claim.field} {is_there}) }}' for is_there in ("= *", ">= 0")]
        yield Comparison(named(counting), "pattern", " or ".join(wanted), pattern, pattern in wanted, claim)
        yield from _publishing(counting, f"$.{claim.field}", claim)


def _no_filter(metric: str, claim: LogMetricClaim | EventClaim) -> Comparison:
    return absent(f"cloudwatch/logMetricFilter {metric}", "metricTransformation.name", "such a filter", claim)


def _publishing(counting: Resource, value: str, claim: LogMetricClaim | EventClaim) -> Iterator[Comparison]:
    transformation = _transformation(counting)
    yield equal(counting, "metricTransformation.name", claim.metric, transformation.get("name"), claim)
    yield equal(counting, "metricTransformation.value", value, transformation.get("value"), claim)
    yield equal(counting, "metricTransformation.namespace", NAMESPACE, transformation.get("namespace"), claim)


def _events(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    rules = list(estate.of_type("cloudwatch/eventRule:EventRule"))
    filters = list(estate.of_type(FILTER))
    measured = [c.buckets for c in runbook.of(BucketClaim) if c.measured]
    watched = sorted(b.name for b in buckets(estate) if any(b.matches(p) for p in measured))
    for claim in runbook.of(EventClaim):
        counting = next((r for r in filters if _transformation(r).get("name") == claim.metric), None)
        if counting is None:
            yield _no_filter(claim.metric, claim)
            continue
        yield from _counting(counting, claim)
        catching = next((r for r in rules if claim.event in _list(at(r.properties, *DETAIL_TYPE))), None)
        if catching is None:
            yield absent(f"cloudwatch/eventRule for {claim.event}", ".".join(DETAIL_TYPE), claim.event, claim)
        else:
            yield from _catching(catching, watched, claim)
            yield from _delivering(estate, catching, counting, claim)


def _catching(catching: Resource, watched: list[str], claim: EventClaim) -> Iterator[Comparison]:
    types, path = _list(at(catching.properties, *DETAIL_TYPE)), ".".join(DETAIL_TYPE)
    place = f"{path}[{types.index(claim.event)}]"
    yield Comparison(named(catching), place, claim.event, claim.event, holds=True, claim=claim, scope=place)
    pattern = catching.properties.get("eventPattern")
    source = ", ".join(map(str, _list(at(pattern, "source"))))
    yield equal(catching, "eventPattern.source", "aws.s3", source, claim, scope="eventPattern.source")
    of, found = "eventPattern.detail.bucket.name", _list(at(pattern, "detail", "bucket", "name"))
    yield equal(catching, of, ", ".join(watched), ", ".join(sorted(map(str, found))), claim, scope=of)
    state = catching.properties.get("state", "ENABLED")
    yield equal(catching, "state", "ENABLED", state, claim, scope="state")


def _delivering(estate: Estate, catching: Resource, counting: Resource, claim: EventClaim) -> Iterator[Comparison]:
    """The caught events go to a log group that stands, and are counted there."""
    rule_name = catching.properties.get("name")
    targets = estate.of_type("cloudwatch/eventTarget:EventTarget")
    target = next((t for t in targets if t.properties.get("rule") == rule_name), None)
    if target is None:
        yield absent(named(catching), "target", f"a target of {rule_name}", claim)
        return
    prefix = f"arn:aws:logs:{estate.region}:{estate.account}:log-group:"
    groups = {f"{prefix}{name}" for name in value_of(estate, "cloudwatch/logGroup:LogGroup", "name")}
    arn = str(target.properties.get("arn"))
    yield Comparison(named(target), "arn", "a log group that is declared", arn, arn in groups, claim)
    group = counting.properties.get("logGroupName")
    yield equal(counting, "logGroupName", arn.removeprefix(prefix), group, claim)


def _counting(counting: Resource, claim: EventClaim) -> Iterator[Comparison]:
    """Compares what is counted. CloudWatch publishes nothing where a dimension's field is not in the pattern."""
    yield from _publishing(counting, "1", claim)
    dimensions = cast("Mapping[str, str]", _transformation(counting).get("dimensions") or {})
    for name in sorted({*claim.by, *dimensions}):
        known = DIMENSIONS.get(name, ()) if name in claim.by else ()
        found, path = dimensions.get(name), f"metricTransformation.dimensions.{name}"
        expected = " or ".join(known) or "no such dimension"
        yield Comparison(named(counting), path, expected, show(found), found in known, claim)
    terms = [f'$.detail-type = "{claim.event}"']
    terms += [f'$.detail.deletion-type = "{DELETIONS[claim.metric]}"'] if claim.metric in DELETIONS else []
    terms += [f"{path} = *" for path in dimensions.values()]
    wanted = "{ " + " && ".join(f"({t})" for t in terms) + " }"
    pattern = str(counting.properties.get("pattern"))
    yield Comparison(named(counting), "pattern", wanted, pattern, _terms(pattern) == _terms(wanted), claim)


def _terms(pattern: str) -> list[str] | None:
    """Splits a filter pattern into its terms, whose order means nothing; None where it is no such pattern."""
    closed = pattern.startswith("{ (") and pattern.endswith(") }")
    return sorted(pattern[3:-3].split(") && (")) if closed else None


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
