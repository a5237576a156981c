"""What is declared has its row or section in the runbook: one that is lost is missed."""

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from estate.model import Estate, Resource
from estate.names import PREFIX
from estate.paths import Path, at, find
from estate.settings import PARAMETER as WINDOW
from estate.settings import SETTINGS
from policies.comparison import Comparison
from policies.finding import Entry, Severity
from policies.rule import rule
from policies.rules.observability import COUNT, DASHBOARD, FILTER
from policies.rules.rows import a_row
from policies.rules.statements import statements_of
from policies.rules.tools import DOCUMENT, PARAMETER
from policies.runbook.claims import (
    Claim,
    DocumentClaim,
    EventClaim,
    GrantClaim,
    GuardClaim,
    LogMetricClaim,
    ParameterClaim,
    SettingClaim,
    WidgetClaim,
)
from policies.runbook.reader import Runbook
from policies.runbook.values import Guard
from semantics.words import ABSENT

DELETER = f"{PREFIX}-retention-role"
DELETIONS = ("s3:delete*", "glacier:delete*")
NEVER = ("s3:BypassGovernanceRetention", "s3:PutObjectLegalHold")
"""What whoever deletes must never be allowed, and a row says so."""

WITHOUT_ROW: Mapping[str, str] = {
    f"/{PREFIX}/deployment/*": "written by a deployment, read by the audit",
    WINDOW: "its value stands in the table of windows",
}
"""Patterns of parameters that nobody changes by hand, and why."""

Needed = tuple[Resource | Entry, Path, str]
"""What needs a row: where it stands, and what the row speaks of."""


def _named(kind: str, key: str) -> Callable[[Estate], Iterator[Needed]]:
    def needed(estate: Estate) -> Iterator[Needed]:
        for resource in estate.of_type(kind):
            yield resource, (key,), str(resource.properties.get(key))

    return needed


def _parameters(estate: Estate) -> Iterator[Needed]:
    for found in _named(PARAMETER, "name")(estate):
        if not any(fnmatchcase(found[2], pattern) for pattern in WITHOUT_ROW):
            yield found


def _counts(field: bool) -> Callable[[Estate], Iterator[Needed]]:  # noqa: FBT001 - of two kinds of filter
    def needed(estate: Estate) -> Iterator[Needed]:
        for counting in estate.of_type(FILTER):
            value, pattern = (str(at(counting.properties, *p)) for p in ((*COUNT, "value"), ("pattern",)))
            if value.startswith("$.") if field else "$.detail-type" in pattern:
                yield counting, (*COUNT, "name"), str(at(counting.properties, *COUNT, "name"))

    return needed


def _widgets(estate: Estate) -> Iterator[Needed]:
    for dashboard in estate.of_type(DASHBOARD):
        name = dashboard.properties.get("dashboardName")
        for path, line in find(dashboard.properties, "dashboardBody.widgets.*.properties.metrics.*"):
            if isinstance(metric := at(line, 1), str):
                yield dashboard, path, f"{name} {metric}"


def _settings(estate: Estate) -> Iterator[Needed]:
    tools = (r for r in estate.resources if r.type == SETTINGS and r.name.startswith("scripts/"))
    for file in tools:
        for setting in file.properties:
            yield file, (setting,), f"{file.name.removesuffix('.env')}.py {setting}"


def _guards(_: Estate) -> Iterator[Needed]:
    for guard in Guard:
        yield Entry("row", str(guard)), (), str(guard)


def _grants(estate: Estate) -> Iterator[Needed]:
    for policy in estate.of_type("iam/rolePolicy:RolePolicy"):
        if policy.properties.get("role") == DELETER:
            for index, statement in enumerate(statements_of(estate, policy)):
                for action in statement.actions if statement.allow else ():
                    if any(fnmatchcase(action.lower(), pattern) for pattern in DELETIONS):
                        yield policy, ("policy", "Statement", index, "Action"), f"{DELETER} {action}".lower()
            for action in NEVER:
                yield policy, ("policy",), f"{DELETER} {action}".lower()


CLOSED: Mapping[type[Claim], tuple[Callable[[Estate], Iterator[Needed]], Callable[[Claim], str]]] = {
    DocumentClaim: (_named(DOCUMENT, "name"), lambda claim: claim.subject),
    ParameterClaim: (_parameters, lambda claim: claim.subject),
    LogMetricClaim: (_counts(field=True), lambda claim: str(vars(claim)["metric"])),
    EventClaim: (_counts(field=False), lambda claim: str(vars(claim)["metric"])),
    WidgetClaim: (_widgets, lambda claim: claim.subject),
    SettingClaim: (_settings, lambda claim: claim.subject),
    GuardClaim: (_guards, lambda claim: claim.subject),
    GrantClaim: (_grants, lambda claim: claim.subject.lower()),
}
"""Kind of claim → what is declared and needs such a row, and what a row speaks of in the same words.

Buckets, lifecycles, windows, schedules, alarms, topics and inventories are bound by the rules that compare them.
"""


@rule(
    "rows",
    "What people use by name has its row.",
    Severity.MEDIUM,
    (),
    why="Nothing would compare it with what the runbook says, since the runbook says nothing.",
)
def rows(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Reports what is declared and has no row."""
    for kind, (needed, spoken) in CLOSED.items():
        present = {spoken(claim) for claim in runbook.of(kind)}
        for where, path, subject in needed(estate):
            if subject not in present:
                yield Comparison(where, path, f"{a_row(kind, runbook)} for {subject}", ABSENT, holds=False)


@rule(
    "sections",
    "Every link and every tag leads to a section.",
    Severity.MEDIUM,
    (),
    why="Whoever is on call would be sent to a section that is not there.",
)
def sections(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares the sections that the document's links and the resources' tags name with its headings."""
    for line, anchor in runbook.links:
        if anchor not in runbook.headings:
            link = Entry("document", runbook.path)
            yield Comparison(link, (f"line {line}",), f"a heading for the link #{anchor}", ABSENT, holds=False)
    for resource in estate.resources:
        anchor = at(resource.properties, "tags", "runbook")
        if isinstance(anchor, str) and anchor not in runbook.headings:
            expected = f"a heading of {runbook.path}"
            yield Comparison(resource, ("tags", "runbook"), expected, anchor, holds=False)


RULES = (rows, sections)
