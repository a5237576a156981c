"""Compares one declared value with one observed value, both in the one spelling. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from audit.model import Status

ABSENT = "(absent)"


@dataclass(frozen=True)
class Difference:
    """Where two values part.

    Attributes:
        path: dotted, members of named lists as `rules[expire]`.
        status: MISSING or UNMANAGED for a member of a list (a rule, a statement, a tag), else CHANGED.
        expected, found: the values there, `ABSENT` where there is none.
    """

    path: str
    status: Status
    expected: Any
    found: Any


def differences(path: str, expected: Any, found: Any) -> Iterator[Difference]:
    """Yields the differences, each as deep down as both sides have the same shape."""
    if expected == found or (is_blank(expected) and is_blank(found)):
        return
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        left, right = cast("Mapping[str, Any]", expected), cast("Mapping[str, Any]", found)
        for key in sorted({*left, *right}):
            yield from _at_key(path, key, left, right)
        return
    yield Difference(path, Status.CHANGED, _shown(expected), _shown(found))


def _at_key(path: str, key: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Difference]:
    below = f"{path}{key}" if key.startswith("[") else f"{path}.{key}"
    member = key.startswith("[") or path.endswith("tags")
    if member and key not in right:
        yield Difference(below, Status.MISSING, left[key], ABSENT)
    elif member and key not in left:
        yield Difference(below, Status.UNMANAGED, ABSENT, right[key])
    else:
        yield from differences(below, left.get(key), right.get(key))


def is_blank(value: Any) -> bool:
    """Says whether AWS would keep nothing for a value: unset, false, or empty."""
    return value is None or value is False or value in ("", [], {})


def _shown(value: Any) -> Any:
    return ABSENT if value is None else value


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Lists the paths of all plain values inside a value, list positions left out: what coverage counts."""
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, Any]", value).items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping | list):
        for inner in cast("list[Any]", value):
            yield from leaves(inner, path)
    else:
        yield path
