"""What a careless edit makes of one value of a resource."""

from dataclasses import replace
from typing import Any

from estate.model import Resource
from estate.paths import GONE, Path, at, put


def changed(resource: Resource, path: Path) -> Resource:
    """Returns the resource with another value of its kind at a path."""
    return _with(resource, path, _other(at(resource.properties, *path)))


def removed(resource: Resource, path: Path) -> Resource:
    """Returns the resource without the value at a path."""
    return _with(resource, path, GONE)


def widened(resource: Resource, path: Path) -> Resource:
    """Returns the resource with the action at a path replaced by all of its service."""
    return _with(resource, path, f"{str(at(resource.properties, *path)).partition(':')[0]}:*")


def _with(resource: Resource, path: Path, value: Any) -> Resource:
    return replace(resource, properties=put(resource.properties, path, value))


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
