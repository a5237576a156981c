"""How a limit of AWS is written as data, and the few shapes that most limits have."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from estate.model import UNKNOWN, Estate, Resource
from policies.finding import Finding, Rule, Severity

BOTOCORE = "botocore 1.44.8, {}, 2026-11-24"
"""Source of a limit that stands in an SDK's service model, with the day it was read."""

DOCS = "https://docs.aws.amazon.com/{}, 2026-11-24"
"""Source of a limit that stands in the documentation, with the day it was read."""

SHOWN = 120
"""Characters of an offending value that a finding shows."""


@dataclass(frozen=True)
class Offence:
    """One value that AWS would refuse.

    Attributes:
        resource: where it stands.
        property: dotted path, as `target.retryPolicy.maximumRetryAttempts`.
        found: the value.
    """

    resource: Resource
    property: str
    found: object


@dataclass(frozen=True)
class Limit:
    """One thing that an emulator accepts and AWS does not.

    Attributes:
        id: without the prefix `aws-limit-`.
        title: one sentence, what AWS takes.
        expected: the same in few words, for a finding.
        source: where AWS says so, with the day it was read.
        offences: finds what breaks it; pure.
        why: what happens if it stays.
    """

    id: str
    title: str
    expected: str
    source: str
    offences: Callable[[Estate], Iterable[Offence]]
    why: str = "AWS refuses it when it is deployed."

    def rule(self) -> Rule:
        """The limit as a rule. It proves no claim of the runbook: AWS itself sets it."""
        name = f"aws-limit-{self.id}"

        def check(estate: Estate, _runbook: object) -> Iterator[Finding]:
            for offence in self.offences(estate):
                yield Finding(
                    rule=name,
                    severity=Severity.HIGH,
                    resource=str(offence.resource),
                    property=offence.property,
                    expected=self.expected,
                    found=_shown(offence.found),
                    why=f"{self.why} Source: {self.source}.",
                )

        return Rule(name, self.title, Severity.HIGH, (), check)


def each(types: str, path: str, accepts: Callable[[Any], bool]) -> Callable[[Estate], Iterator[Offence]]:
    """Every value at a path must be acceptable; absent and unknown values are not looked at.

    Args:
        types: type tokens without `aws:`, separated by spaces.
        path: dotted; `*` stands for every item of a list or every value of an object.
        accepts: whether AWS takes the value.
    """

    def offences(estate: Estate) -> Iterator[Offence]:
        for resource in estate.of_type(*types.split()):
            for where, value in values(resource.properties, path):
                if not accepts(value):
                    yield Offence(resource, where, value)

    return offences


def one(
    types: str, check: Callable[[Mapping[str, Any]], Iterable[tuple[str, object]]]
) -> Callable[[Estate], Iterator[Offence]]:
    """A limit between several properties of one resource: `check` yields each offending path with its value."""

    def offences(estate: Estate) -> Iterator[Offence]:
        for resource in estate.of_type(*types.split()):
            for where, value in check(resource.properties):
                yield Offence(resource, where, value)

    return offences


def values(source: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yields the values at a path with the path that each was found at; absent and unknown ones are left out."""
    head, _, rest = path.partition(".")
    for step, value in _steps(source, head):
        if value is None or value is UNKNOWN:
            continue
        if not rest:
            yield step, value
        else:
            yield from ((f"{step}.{where}", found) for where, found in values(value, rest))


def _steps(source: Any, head: str) -> Iterable[tuple[str, Any]]:
    if isinstance(source, Mapping):
        items = cast("Mapping[str, Any]", source)
        return items.items() if head == "*" else [(head, items.get(head))]
    if isinstance(source, list | tuple):
        return ((str(index), item) for index, item in enumerate(cast("Sequence[Any]", source)) if head == "*")
    return ()


def between(low: float, high: float) -> Callable[[Any], bool]:
    """Accepts a number from `low` to `high`, both included."""
    return lambda value: low <= float(value) <= high


def among(*allowed: object) -> Callable[[Any], bool]:
    """Accepts one of some values."""
    return lambda value: value in allowed


def like(pattern: str) -> Callable[[Any], bool]:
    """Accepts text that a pattern matches as a whole."""
    return lambda value: re.fullmatch(pattern, str(value)) is not None


def at_most(count: int) -> Callable[[Any], bool]:
    """Accepts a list or an object of at most so many items, or a text of so many characters."""
    return lambda value: len(value) <= count


def document_of(limit: int) -> Callable[[Any], bool]:
    """Accepts a JSON document of at most so many characters, white space not counted."""
    return lambda value: size(value) <= limit


def size(document: Any) -> int:
    """Characters of a JSON document, text or parsed, without white space between its tokens."""
    parsed = json.loads(document) if isinstance(document, str) else document
    return len(json.dumps(parsed, separators=(",", ":"), ensure_ascii=False))


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
