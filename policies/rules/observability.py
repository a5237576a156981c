"""What people look at is there: the dashboard's metrics, and the counts they come from."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from estate.model import Estate, Resource
from estate.names import NAMESPACE
from estate.paths import Path, at, find
from estate.views import matching, value_of
from policies.comparison import Comparison, absent, equal, expect, show, undeclared
from policies.finding import Severity
from policies.rule import rule
from policies.runbook.claims import BucketClaim, EventClaim, LogMetricClaim, WidgetClaim
from policies.runbook.reader import Runbook

BODY: Path = ("dashboardBody", "widgets")
DETAIL_TYPE: Path = ("eventPattern", "detail-type")
DELETIONS = {"DeleteMarkers": "Delete Marker Created", "PermanentDeletions": "Permanently Deleted"}
"""Metric → the deletions it counts, in S3's words."""
DIMENSIONS = {
    "Bucket": ("$.detail.bucket.name",),
    "StorageClass": ("$.detail.destination-storage-class", "$.detail.source-storage-class"),
    "Reason": ("$.detail.reason",),
}
"""Dimension → the fields of S3's events that it may be read from."""
DASHBOARD = "cloudwatch/dashboard:Dashboard"
EVENT_RULE = "cloudwatch/eventRule:EventRule"
FILTER = "cloudwatch/logMetricFilter:LogMetricFilter"
LOG_GROUP = "cloudwatch/logGroup:LogGroup"
COUNT: Path = ("metricTransformation",)


@rule(
    "widget",
    "The dashboard shows what the runbook sends people to look at.",
    Severity.MEDIUM,
    (WidgetClaim,),
    why="Whoever is on call would look at a page that does not tell.",
)
def widget(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares what each dashboard shows with its rows."""
    declared = {str(r.properties.get("dashboardName")): r for r in estate.of_type(DASHBOARD)}
    metrics = {name: _metrics(r.properties) for name, r in declared.items()}
    for claim in runbook.of(WidgetClaim):
        dashboard, path = declared.get(claim.dashboard), ("dashboardName",)
        if dashboard is None:
            yield absent(undeclared(DASHBOARD, claim.dashboard), path, "a dashboard of that name", claim)
            continue
        yield expect(dashboard, path, claim.dashboard, claim, scope=path)
        places = metrics[claim.dashboard].get(claim.metric, [])
        found = f"{claim.metric} {'shown' if places else 'not shown'}"
        scope = places[0] if len(places) == 1 else None  # one of several lines less still shows the metric
        yield Comparison(dashboard, BODY, f"{claim.metric} shown", found, bool(places), claim, scope)


def _metrics(properties: Mapping[str, Any]) -> dict[str, list[Path]]:
    """Collects the metrics of all widgets, and where each stands: the second item of a line."""
    places: dict[str, list[Path]] = {}
    for path, line in find(properties, "dashboardBody.widgets.*.properties.metrics.*"):
        if isinstance(name := at(line, 1), str):
            places.setdefault(name, []).append((*path, 1))
    return places


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list | tuple) else ()


@rule(
    "log-metric",
    "What a run reports is counted.",
    Severity.HIGH,
    (LogMetricClaim,),
    why="A run that deletes nothing would look like one that has nothing to delete.",
)
def log_metric(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares the metric filter of each field with its row."""
    groups = {str(r.properties.get("name")): r for r in estate.of_type(LOG_GROUP)}
    for claim in runbook.of(LogMetricClaim):
        if group := groups.get(claim.log_group):
            yield expect(group, ("name",), claim.log_group, claim, scope=("name",))
        else:
            yield absent(undeclared(LOG_GROUP, claim.log_group), ("name",), "a log group of that name", claim)
        counting = _filter_of(estate, claim.metric)
        if counting is None:
            yield _no_filter(claim.metric, claim)
            continue
        yield expect(counting, ("logGroupName",), claim.log_group, claim)
        pattern = str(counting.properties.get("pattern"))
        wanted = [f'{{ ($.event = "retention-run") && ($.{claim.field} {is_there}) }}' for is_there in ("= *", ">= 0")]
        yield Comparison(counting, ("pattern",), " or ".join(wanted), pattern, pattern in wanted, claim)
        yield from _published(counting, f"$.{claim.field}", claim)


def _filter_of(estate: Estate, metric: str) -> Resource | None:
    """Finds the metric filter that publishes a metric."""
    return next((r for r in estate.of_type(FILTER) if at(r.properties, *COUNT, "name") == metric), None)


def _no_filter(metric: str, claim: LogMetricClaim | EventClaim) -> Comparison:
    return absent(undeclared(FILTER, metric), (*COUNT, "name"), "such a filter", claim)


def _published(counting: Resource, value: str, claim: LogMetricClaim | EventClaim) -> Iterator[Comparison]:
    yield expect(counting, (*COUNT, "name"), claim.metric, claim)
    yield expect(counting, (*COUNT, "value"), value, claim)
    yield expect(counting, (*COUNT, "namespace"), NAMESPACE, claim)


@rule(
    "event",
    "Transitions, deletions and restores are counted as they happen.",
    Severity.MEDIUM,
    (EventClaim,),
    why="The quarterly check would have nothing to look at.",
)
def event(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares how each event is caught, delivered and counted with its row."""
    measured = [c.buckets for c in runbook.of(BucketClaim) if c.measured]
    watched = sorted({b.name for pattern in measured for b in matching(estate, pattern)})
    for claim in runbook.of(EventClaim):
        counting = _filter_of(estate, claim.metric)
        if counting is None:
            yield _no_filter(claim.metric, claim)
            continue
        yield from _counted(counting, claim)
        rules = estate.of_type(EVENT_RULE)
        catching = next((r for r in rules if claim.event in _list(at(r.properties, *DETAIL_TYPE))), None)
        if catching is None:
            yield absent(undeclared(EVENT_RULE, f"for {claim.event}"), DETAIL_TYPE, claim.event, claim)
        else:
            yield from _caught(catching, watched, claim)
            yield from _delivered(estate, catching, counting, claim)


def _caught(catching: Resource, watched: list[str], claim: EventClaim) -> Iterator[Comparison]:
    types = _list(at(catching.properties, *DETAIL_TYPE))
    place: Path = (*DETAIL_TYPE, types.index(claim.event))
    yield Comparison(catching, place, claim.event, claim.event, holds=True, claim=claim, scope=place)
    for path, wanted in (
        (("eventPattern", "source"), ["aws.s3"]),
        (("eventPattern", "detail", "bucket", "name"), watched),
    ):
        found = sorted(map(str, _list(at(catching.properties, *path))))
        yield equal(catching, path, ", ".join(wanted), ", ".join(found), claim, scope=path)
    yield expect(catching, ("state",), "ENABLED", claim, default="ENABLED", scope=("state",))


def _delivered(estate: Estate, catching: Resource, counting: Resource, claim: EventClaim) -> Iterator[Comparison]:
    """Compares where caught events go: to a log group that stands, and are counted there."""
    rule_name = catching.properties.get("name")
    targets = estate.of_type("cloudwatch/eventTarget:EventTarget")
    target = next((t for t in targets if t.properties.get("rule") == rule_name), None)
    if target is None:
        yield absent(catching, ("target",), f"a target of {rule_name}", claim)
        return
    prefix = f"arn:aws:logs:{estate.region}:{estate.account}:log-group:"
    groups = {f"{prefix}{name}" for name in value_of(estate, LOG_GROUP, "name")}
    arn = str(target.properties.get("arn"))
    yield Comparison(target, ("arn",), "a log group that is declared", arn, arn in groups, claim)
    yield expect(counting, ("logGroupName",), arn.removeprefix(prefix), claim)


def _counted(counting: Resource, claim: EventClaim) -> Iterator[Comparison]:
    """Compares what is counted. CloudWatch publishes nothing where a dimension's field is not in the pattern."""
    yield from _published(counting, "1", claim)
    dimensions = cast("Mapping[str, str]", at(counting.properties, *COUNT, "dimensions") or {})
    for name in sorted({*claim.by, *dimensions}):
        known = DIMENSIONS.get(name, ()) if name in claim.by else ()
        found, path = dimensions.get(name), (*COUNT, "dimensions", name)
        expected = " or ".join(known) or "no such dimension"
        yield Comparison(counting, path, expected, show(found), found in known, claim)
    terms = [f'$.detail-type = "{claim.event}"']
    terms += [f'$.detail.deletion-type = "{DELETIONS[claim.metric]}"'] if claim.metric in DELETIONS else []
    terms += [f"{path} = *" for path in dimensions.values()]
    wanted = "{ " + " && ".join(f"({t})" for t in terms) + " }"
    pattern = str(counting.properties.get("pattern"))
    yield Comparison(counting, ("pattern",), wanted, pattern, _terms(pattern) == _terms(wanted), claim)


def _terms(pattern: str) -> list[str] | None:
    """Splits a filter pattern into its terms, whose order means nothing; None where it is no such pattern."""
    closed = pattern.startswith("{ (") and pattern.endswith(") }")
    return sorted(pattern[3:-3].split(") && (")) if closed else None


RULES = (widget, log_metric, event)
