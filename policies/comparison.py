"""How a rule compares: one expectation of a claim with one property, whether they agree or not.

A rule yields every comparison it makes, and its findings are those that do not hold. So one can ask of a claim what it
speaks of, and change each such thing to see that the rule notices.
"""

from dataclasses import dataclass
from typing import Any

from estate.model import Resource
from estate.paths import Path, at
from policies.finding import Entry, Spot
from policies.runbook.claims import Claim
from semantics.words import ABSENT


@dataclass(frozen=True)
class Comparison(Spot):
    """One expectation and what stands there.

    Attributes:
        expected: in words.
        found: in words, `ABSENT` where nothing stands.
        holds: whether they agree.
        claim: whose expectation it is; None where AWS sets it.
        scope: the part of the resource that the claim speaks of: all below this path. None where the claim does not
            speak of the resource.
        why: what goes wrong otherwise, where it is not what the rule says of all.
    """

    expected: str
    found: str
    holds: bool
    claim: Claim | None = None
    scope: Path | None = ()
    why: str = ""


def show(value: object) -> str:
    """Writes a value for people: `ABSENT` for None, JSON's words for truth values."""
    if value is None:
        return ABSENT
    return str(value).lower() if isinstance(value, bool) else str(value)


def expect(
    resource: Resource,
    path: Path,
    expected: Any,
    claim: Claim | None = None,
    *,
    default: Any = None,
    scope: Path | None = (),
) -> Comparison:
    """Compares what stands at a path, or AWS's default where nothing does, with the value that must stand there."""
    found = at(resource.properties, *path)
    return equal(resource, path, expected, default if found is None else found, claim, scope=scope)


def equal(
    resource: Resource, path: Path, expected: Any, found: Any, claim: Claim | None = None, *, scope: Path | None = ()
) -> Comparison:
    """Compares what was made of a property with the value it must have. An unknown value equals nothing."""
    holds = bool(found == expected) and type(found) is type(expected)
    return Comparison(resource, path, show(expected), show(found), holds, claim, scope)


def absent(resource: Resource | Entry, path: Path, expected: str, claim: Claim | None) -> Comparison:
    """Reports a thing that must stand and does not."""
    return Comparison(resource, path, expected, ABSENT, holds=False, claim=claim)


def undeclared(type_: str, name: str) -> Resource:
    """Returns what stands in a finding for a resource that nothing declares.

    Args:
        type_: its type token without `aws:`.
        name: physical.
    """
    return Resource(f"aws:{type_}", name)


def no_bucket(pattern: str, claim: Claim) -> Comparison:
    """Reports that no bucket has a name that a claim speaks of."""
    return absent(undeclared("s3/bucket:Bucket", pattern), ("bucket",), "a bucket of that name", claim)
