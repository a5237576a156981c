"""Compares one declared value with one observed value, both in the one spelling. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from audit.model import Status
from estate.paths import Member, Path, Step
from semantics.words import ABSENT


@dataclass(frozen=True)
class Difference:
    """Where two values part.

    Attributes:
        path: steps to it; members of lists go by the name that tells them apart.
        status: MISSING or UNMANAGED for a member of a list (a rule, a statement, a tag), else CHANGED.
        expected, found: the values there, `ABSENT` where there is none.
    """

    path: Path
    status: Status
    expected: Any
    found: Any


def differences(path: Path, expected: Any, found: Any) -> Iterator[Difference]:
    """Yields the differences, each as deep down as both sides have the same shape."""
    if expected == found or (is_blank(expected) and is_blank(found)):
        return
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        left, right = cast("Mapping[str, Any]", expected), cast("Mapping[str, Any]", found)
        for key in sorted({*left, *right}):
            yield from _at_key(path, key, left, right)
        return
    yield Difference(path, Status.CHANGED, _shown(expected), _shown(found))


def _at_key(path: Path, key: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Difference]:
    below = (*path, _step(key))
    member = isinstance(below[-1], Member) or path[-1:] == ("tags",)
    if member and key not in right:
        yield Difference(below, Status.MISSING, left[key], ABSENT)
    elif member and key not in left:
        yield Difference(below, Status.UNMANAGED, ABSENT, right[key])
    else:
        yield from differences(below, left.get(key), right.get(key))


def _step(key: str) -> Step:
    """Returns the step to what stands under a key; `audit.spelling` writes members of lists in brackets."""
    return Member(key[1:-1]) if key.startswith("[") else key


def is_blank(value: Any) -> bool:
    """Says whether AWS would keep nothing for a value: unset, false, or empty."""
    return value is None or value is False or value in ("", [], {})


def _shown(value: Any) -> Any:
    return ABSENT if value is None else value
