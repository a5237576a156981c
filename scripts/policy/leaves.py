"""The leaves of a resource's properties: where they are, and what a careless edit makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from estate.model import Resource

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Leaf:
    """A value in a resource's properties.

    Attributes:
        path: keys and indexes.
        spelled: the path as findings write it; a list's item that has an id goes by it, as `rules[exports-expire]`.
        value: what stands there.
    """

    path: Path
    spelled: str
    value: Any


def leaves(value: Any, path: Path = (), spelled: str = "") -> Iterator[Leaf]:
    """Yields all leaves of nested properties; an empty object or list is a leaf too."""
    if isinstance(value, Mapping) and value:
        for key, item in cast("Mapping[str, Any]", value).items():
            yield from leaves(item, (*path, key), f"{spelled}.{key}" if spelled else key)
    elif isinstance(value, list) and value:
        for index, item in enumerate(cast("list[Any]", value)):
            name = cast("Mapping[str, Any]", item).get("id", index) if isinstance(item, Mapping) else index
            yield from leaves(item, (*path, index), f"{spelled}[{name}]")
    else:
        yield Leaf(path, spelled, value)


def changed(resource: Resource, leaf: Leaf) -> Resource:
    """Returns the resource with a leaf of another value of its kind."""
    return _with(resource, _set(resource.properties, leaf.path, _other(leaf.value)))


def removed(resource: Resource, leaf: Leaf) -> Resource:
    """Returns the resource without a leaf."""
    return _with(resource, _set(resource.properties, leaf.path, _GONE))


def widened(resource: Resource, leaf: Leaf) -> Resource:
    """Returns the resource with an action replaced by all of its service."""
    return _with(resource, _set(resource.properties, leaf.path, f"{str(leaf.value).partition(':')[0]}:*"))


def _with(resource: Resource, properties: Any) -> Resource:
    return Resource(resource.type, resource.name, properties, resource.parent, resource.protect)


_GONE = object()


def _set(value: Any, path: Sequence[str | int], new: Any) -> Any:
    """Copies nested properties along a path, with another value at its end."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, Mapping):
        properties = dict(cast("Mapping[str | int, Any]", value))
        properties[step] = _set(properties[step], rest, new)
        return {k: v for k, v in properties.items() if v is not _GONE}
    items = list(cast("Sequence[Any]", value))
    items[int(step)] = _set(items[int(step)], rest, new)
    return [v for v in items if v is not _GONE]


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return (
            str(int(value) + 1)
            if value.isascii() and value.isdecimal()
            else f"{value[:-1]}{'y' if value[-1:] == 'x' else 'x'}"
        )
    return ["x"] if isinstance(value, list) else {"x": "x"}
