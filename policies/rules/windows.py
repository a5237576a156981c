"""The retention window of an environment is one number, wherever it stands."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from estate.model import Estate, Resource
from estate.paths import Path, at, steps
from estate.settings import JOB_SETTING, PARAMETER, SETTINGS, STACK_SETTING, settings_of
from estate.views import matching
from policies.comparison import Comparison, absent, show, undeclared
from policies.finding import Entry, Severity, Spot
from policies.rule import rule
from policies.runbook.claims import LifecycleClaim, WindowClaim
from policies.runbook.reader import Runbook
from policies.runbook.values import OnRetentionExpiry

ROW: Path = ("Recordings are kept",)
"""The runbook's column."""

BY_HAND = (ROW, (JOB_SETTING,), (STACK_SETTING,))
"""Where people write the number; lifecycle and parameter follow from the stack's file."""


@dataclass(frozen=True)
class _Stated(Spot):
    """A place that states the window, and how many days it says."""

    days: object


def _stated(estate: Estate, runbook: Runbook, claim: WindowClaim) -> Iterator[_Stated]:
    yield _Stated(Entry("row", claim.environment, runbook.path), ROW, claim.days)
    for resource, setting in settings_of(estate, {JOB_SETTING, STACK_SETTING}):
        yield _Stated(resource, (setting,), _number(resource.properties.get(setting)))
    for resource in estate.of_type("ssm/parameter:Parameter"):
        if resource.properties.get("name") == PARAMETER:
            yield _Stated(resource, ("value",), _number(resource.properties.get("value")))
    patterns = [c.buckets for c in runbook.of(LifecycleClaim) if isinstance(c.end, OnRetentionExpiry)]
    lifecycles = {b.name: b.facet("lifecycle") for pattern in patterns for b in matching(estate, pattern)}
    for lifecycle in lifecycles.values():
        if lifecycle:
            yield from _expirations(lifecycle)


def _expirations(lifecycle: Resource) -> Iterator[_Stated]:
    for member, r in steps(lifecycle.properties.get("rules")):
        days = at(r, "expiration", "days")
        if days is not None or at(r, "expiration", "date") is not None:
            yield _Stated(lifecycle, ("rules", member, "expiration", "days"), days)


def _homes(estate: Estate) -> Iterator[tuple[Resource, Path]]:
    """Yields where the number must stand besides lifecycle and runbook."""
    yield Resource(SETTINGS, f"jobs/retention/{estate.environment}.env"), (JOB_SETTING,)
    yield Resource(SETTINGS, f"Pulumi.{estate.stack}.yaml"), (STACK_SETTING,)
    yield undeclared("ssm/parameter:Parameter", PARAMETER), ("value",)


def _number(value: object) -> object:
    """Reads a number that a settings file or a parameter keeps as text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


@rule(
    "window",
    "Recordings are kept as long as the contract says, wherever the number stands.",
    Severity.CRITICAL,
    (WindowClaim,),
    why="Recordings would be deleted before or after the day that was agreed.",
)
def window(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares all places that state the window with what most of them say."""
    claims = [c for c in runbook.of(WindowClaim) if c.environment == estate.environment]
    if not claims:
        yield absent(Entry("document", runbook.path), ROW, f"a row for {estate.environment}", None)
    for claim in claims:
        stated = list(_stated(estate, runbook, claim))
        for home, path in _homes(estate):
            if not any(s.path == path for s in stated):
                yield absent(home, path, f"{claim.days}", claim)
        usual = _majority(stated, claim.days)
        for s in stated:
            others = sorted({o.named for o in stated if o.days == usual and o is not s})
            expected = f"{usual} as in {', '.join(others)}"
            yield Comparison(s.resource, s.path, expected, show(s.days), s.days == usual, claim, s.path)


def _majority(stated: list[_Stated], claimed: int) -> object:
    """Returns what most of those say that are written by hand; where they all differ, what the runbook says."""
    votes = Counter(s.days for s in stated if s.path in BY_HAND)
    days, count = votes.most_common(1)[0]
    return days if count > 1 else claimed


RULES = (window,)
