"""How a rule compares: one expectation of a claim with one property, whether they agree or not.

A rule yields every comparison it makes, and its findings are those that do not hold. So one can ask of a claim what it
speaks of, and change each such thing to see that the rule notices.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from estate.model import Estate, Resource
from estate.views import named
from policies.finding import Finding, Rule, Severity
from policies.runbook.claims import Claim
from policies.runbook.reader import Runbook

ABSENT = "(absent)"


@dataclass(frozen=True)
class Comparison:
    """One expectation and what stands there.

    Attributes:
        resource: as a finding names it.
        property: dotted path.
        expected: in words.
        found: in words, `(absent)` where nothing stands.
        holds: whether they agree.
        claim: whose expectation it is; None where AWS sets it.
        scope: the part of the resource that the claim speaks of, as a path prefix; empty for all of it, None where
            the claim does not speak of the resource.
    """

    resource: str
    property: str
    expected: str
    found: str
    holds: bool
    claim: Claim | None = None
    scope: str | None = ""


Compare = Callable[[Estate, Runbook], Iterable[Comparison]]


def show(value: object) -> str:
    """Writes a value for people: `(absent)` for None, JSON's words for truth values."""
    if value is None:
        return ABSENT
    return str(value).lower() if isinstance(value, bool) else str(value)


def equal(
    resource: Resource, path: str, expected: Any, found: Any, claim: Claim | None = None, *, scope: str | None = ""
) -> Comparison:
    """Compares a property with the value it must have. An unknown value equals nothing."""
    holds = bool(found == expected) and type(found) is type(expected)
    return Comparison(named(resource), path, show(expected), show(found), holds, claim, scope)


def absent(resource: str, path: str, expected: str, claim: Claim | None) -> Comparison:
    """A thing that must stand and does not."""
    return Comparison(resource, path, expected, ABSENT, holds=False, claim=claim)


def rule(identity: str, title: str, severity: Severity, kinds: tuple[str, ...], *, why: str, compare: Compare) -> Rule:
    """Makes a rule of a comparing function.

    Args:
        identity: the rule's id.
        title: one sentence in the runbook's voice.
        severity: of its findings.
        kinds: the kinds of claim it proves.
        why: what goes wrong otherwise; ends every finding.
        compare: yields all comparisons, holding or not.
    """
    COMPARISONS[identity] = compare

    def check(estate: Estate, runbook: Runbook) -> Iterator[Finding]:
        for c in compare(estate, runbook):
            if not c.holds:
                claim, line = (c.claim.id, c.claim.line) if c.claim else (None, None)
                yield Finding(identity, severity, c.resource, c.property, c.expected, c.found, claim, line, why)

    return Rule(identity, title, severity, kinds, check)


COMPARISONS: dict[str, Compare] = {}
"""Rule id → its comparing function."""
