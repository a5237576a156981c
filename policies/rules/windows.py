"""The retention window of an environment is one number, wherever it stands."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from estate.model import Estate, Resource
from estate.settings import JOB_SETTING, PARAMETER, STACK_SETTING, settings_of
from estate.views import at, buckets, named
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, rule, show
from policies.runbook.claims import LifecycleClaim, OnRetentionExpiry, WindowClaim
from policies.runbook.reader import Runbook

ROW = "Recordings are kept"
"""The runbook's column."""


@dataclass(frozen=True)
class _Place:
    """A place that states the window: how findings name it, and what it says."""

    resource: str
    property: str
    days: object


def _places(estate: Estate, runbook: Runbook, claim: WindowClaim) -> Iterator[_Place]:
    yield _Place(f"{runbook.path} row {claim.environment}", ROW, claim.days)
    for resource, setting in settings_of(estate, {JOB_SETTING, STACK_SETTING}):
        yield _Place(named(resource), setting, _whole(resource.properties.get(setting)))
    for resource in estate.of_type("ssm/parameter:Parameter"):
        if resource.properties.get("name") == PARAMETER:
            yield _Place(named(resource), "value", _whole(resource.properties.get("value")))
    patterns = [c.buckets for c in runbook.of(LifecycleClaim) if isinstance(c.end, OnRetentionExpiry)]
    for bucket in buckets(estate):
        lifecycle = bucket.facet("lifecycle")
        if lifecycle and any(bucket.matches(p) for p in patterns):
            yield from _expirations(lifecycle)


def _expirations(lifecycle: Resource) -> Iterator[_Place]:
    for r in lifecycle.properties.get("rules") or ():
        days = at(r, "expiration", "days")
        if days is not None or at(r, "expiration", "date") is not None:
            yield _Place(named(lifecycle), f"rules[{at(r, 'id')}].expiration.days", days)


def _homes(estate: Estate) -> dict[str, str]:
    """Where the number must stand besides lifecycle and runbook: resource → property."""
    return {
        f"settings/file jobs/retention/{estate.environment}.env": JOB_SETTING,
        f"settings/file Pulumi.{estate.stack}.yaml": STACK_SETTING,
        f"ssm/parameter {PARAMETER}": "value",
    }


def _whole(value: object) -> object:
    """Reads a number that a settings file or a parameter keeps as text."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdecimal() else value


def _windows(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    claims = [c for c in runbook.of(WindowClaim) if c.environment == estate.environment]
    if not claims:
        yield absent(runbook.path, ROW, f"a row for {estate.environment}", None)
    for claim in claims:
        places = list(_places(estate, runbook, claim))
        for where, wanted in _homes(estate).items():
            if not any(p.property == wanted for p in places):
                yield absent(where, wanted, f"{claim.days}", claim)
        usual = _usual(places, claim.days)
        for place in places:
            others = sorted({p.resource for p in places if p.days == usual and p is not place})
            expected = f"{usual} as in {', '.join(others)}"
            yield Comparison(
                place.resource, place.property, expected, show(place.days), place.days == usual, claim, place.property
            )


def _usual(places: list[_Place], claimed: int) -> object:
    """What most of those say that are written by hand: runbook, job and stack; where they all differ, the runbook.

    Lifecycle and parameter follow from the stack's file, so that they have no vote of their own.
    """
    votes = Counter(p.days for p in places if p.property in (ROW, JOB_SETTING, STACK_SETTING))
    days, count = votes.most_common(1)[0]
    return days if count > 1 else claimed


RULES = (
    rule(
        "window",
        "Recordings are kept as long as the contract says, wherever the number stands.",
        Severity.CRITICAL,
        (WindowClaim.kind,),
        why="Recordings would be deleted before or after the day that was agreed.",
        compare=_windows,
    ),
)
