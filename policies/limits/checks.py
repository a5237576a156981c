"""How a limit of AWS is declared, and the few shapes that most limits have."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from estate.model import Estate, Resource
from estate.paths import Path, find
from policies.comparison import Comparison
from policies.finding import Severity
from policies.rule import Rule
from semantics.source import Source

READ = "2026-11-24"
"""The day on which the sources were read."""

SHOWN = 120
"""Characters of an offending value that a finding shows."""

REFUSED = "AWS refuses it when it is deployed."

Offence = tuple[Resource, Path, object]
"""One value that AWS would refuse: the resource, the path and the value."""

Places = Iterable[tuple[Path, object]]
"""The same within one resource: paths and values."""

Offences = Callable[[Estate], Iterable[Offence]]
"""Finds what breaks a limit; pure."""


def docs(page: str) -> Source:
    """Returns a page of the documentation as a source, by its path."""
    return Source(f"https://docs.aws.amazon.com/{page}", READ)


def api(service: str, member: str) -> Source:
    """Returns a page of an API's reference as a source.

    What was read is the service model of an SDK, from which AWS makes these pages.

    Args:
        service: identifier of the model, as `monitoring-2010-08-01`.
        member: of an operation, as `PutMetricAlarm.Period`.
    """
    operation, _, part = member.partition(".")
    page = f"https://docs.aws.amazon.com/goto/WebAPI/{service}/{operation}"
    return Source(page, READ, f"{part}, read in botocore 1.44.8")


def limit(identity: str, title: str, expected: str, source: Source, why: str = REFUSED) -> Callable[[Offences], Rule]:
    """Declares what an emulator accepts and AWS does not, above the function that finds it.

    Args:
        identity: without the prefix `aws-limit-`.
        title: one sentence, what AWS takes.
        expected: the same in few words, for a finding.
        source: where AWS says so.
        why: what happens if it stays.

    Returns:
        Makes a rule of the function. It proves no claim of the runbook: AWS itself sets it.
    """

    def declare(offences: Offences) -> Rule:
        def compare(estate: Estate, _: object) -> Iterator[Comparison]:
            for resource, path, found in offences(estate):
                yield Comparison(resource, path, expected, _shown(found), holds=False)

        told = f"{why} Source: {source}."
        return Rule(f"aws-limit-{identity}", title, Severity.HIGH, (), told, source, compare)

    return declare


def each(types: str, patterns: str, accepts: Callable[[Any], bool]) -> Offences:
    """Finds every value at a place that is not acceptable; absent and unknown values are not looked at.

    Args:
        types: type tokens without `aws:`, separated by spaces.
        patterns: of the places, as `estate.paths.find` takes them, separated by spaces.
        accepts: whether AWS takes the value.
    """

    def offences(estate: Estate) -> Iterator[Offence]:
        for resource in estate.of_type(*types.split()):
            for pattern in patterns.split():
                for path, value in find(resource.properties, pattern):
                    if not accepts(value):
                        yield resource, path, value

    return offences


def within_one(types: str) -> Callable[[Callable[[Mapping[str, Any]], Places]], Offences]:
    """Declares a limit between several properties of one resource, above the function that finds the offending ones."""

    def declare(check: Callable[[Mapping[str, Any]], Places]) -> Offences:
        def offences(estate: Estate) -> Iterator[Offence]:
            for resource in estate.of_type(*types.split()):
                for path, value in check(resource.properties):
                    yield resource, path, value

        return offences

    return declare


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
    """Counts the characters of a JSON document, text or parsed, without white space between its tokens."""
    parsed = json.loads(document) if isinstance(document, str) else document
    return len(json.dumps(parsed, separators=(",", ":"), ensure_ascii=False))


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"
