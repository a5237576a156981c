"""Places in nested properties: how they are named, found and changed. Every walk over properties is one of these."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from estate.model import UNKNOWN


@dataclass(frozen=True)
class Member:
    """A step to the item of a list that has this `id`: it stays the same when the list's order changes."""

    id: str


Step = str | int | Member
Path = tuple[Step, ...]
"""Steps from a resource's properties down: keys, list indexes, members. `()` is the resource itself."""

GONE: Any = object()
"""Put in a value's place, it removes the value."""


def spelled(path: Path) -> str:
    """Writes a path for people, as `rules[exports-expire].transitions[0].days`."""
    text = (f".{s}" if isinstance(s, str) else f"[{s.id if isinstance(s, Member) else s}]" for s in path)
    return "".join(text).removeprefix(".")


def keys(path: Path) -> tuple[str, ...]:
    """Returns a path without its list items: where the same stands in each of them."""
    return tuple(step for step in path if isinstance(step, str))


def within(path: Path, scope: Path) -> bool:
    """Says whether a path is the scope or leads further into it."""
    return path[: len(scope)] == scope


def steps(value: Any) -> Iterable[tuple[Step, Any]]:
    """Lists what stands directly in a value, each with the step to it; nothing in a plain value."""
    if isinstance(value, _PLAIN):
        return ()
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value).items()
    if isinstance(value, list | tuple):
        return [(_step(index, item), item) for index, item in enumerate(cast("Sequence[Any]", value))]
    return ()


_PLAIN = (str, int, float)
"""What most values are, known without a further look."""


def _step(index: int, item: Any) -> int | Member:
    name = cast("Mapping[str, Any]", item).get("id") if isinstance(item, Mapping) else None
    return Member(name) if isinstance(name, str) else index


def leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """Yields every plain value with its path; an empty object or list counts as one."""
    ahead: list[tuple[Path, Any]] = [((), value)]
    while ahead:
        path, item = ahead.pop()
        if inner := steps(item):
            ahead += [((*path, step), below) for step, below in inner][::-1]
        else:
            yield path, item


def at(value: Any, *path: Step) -> Any:
    """Follows a path; None where there is nothing."""
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str):
            value = cast("Mapping[str, Any]", value).get(step)
        elif isinstance(value, list | tuple) and not isinstance(step, str):
            index = _index(cast("Sequence[Any]", value), step)
            value = None if index is None else cast("Sequence[Any]", value)[index]
        else:
            return None
    return value


def find(value: Any, pattern: str, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yields what a pattern leads to, with the path it was found at; absent and unknown values are left out.

    Args:
        value: nested properties.
        pattern: keys with dots between; `*` stands for every item of a list or every value of an object.
        path: of the value itself.
    """
    head, _, rest = pattern.partition(".")
    for step, item in steps(value) if head == "*" else ((head, at(value, head)),):
        if item is None or item is UNKNOWN:
            continue
        if rest:
            yield from find(item, rest, (*path, step))
        else:
            yield (*path, step), item


def mapped(value: Any, change: Callable[[Any], Any]) -> Any:
    """Copies nested properties with every plain value changed."""
    if isinstance(value, Mapping):
        return {k: mapped(v, change) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [mapped(v, change) for v in cast("list[Any]", value)]
    return change(value)


def put(value: Any, path: Path, new: Any) -> Any:
    """Copies nested properties with another value at the end of a path; keys on the way are made, `GONE` removes.

    Raises:
        LookupError: a list has no such item.
    """
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, list | tuple):
        items = list(cast("Sequence[Any]", value))
        index = None if isinstance(step, str) else _index(items, step)
        if index is None:
            raise LookupError(f"{spelled(path)}: the list has {len(items)} items and not this one")
        items[index] = put(items[index], rest, new)
        return [v for v in items if v is not GONE]
    properties = dict(cast("Mapping[Step, Any]", value or {}))
    properties[step] = put(properties.get(step), rest, new)
    return {k: v for k, v in properties.items() if v is not GONE}


def _index(items: Sequence[Any], step: int | Member) -> int | None:
    """Finds where in a list a step leads."""
    if isinstance(step, int):
        return step if 0 <= step < len(items) else None
    return next((i for i, item in enumerate(items) if at(item, "id") == step.id), None)
