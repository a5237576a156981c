"""AWS's service models, as botocore ships them, asked about parameters: members, types, enums, patterns, ranges."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import botocore.session
import regex
from botocore.model import Shape

from tests.policies.words.calls import Calling, text


@dataclass(frozen=True)
class Limit:
    """One limit of a model: member path, as `PutMetricAlarm.AlarmName`, its kind, and what it allows."""

    path: str
    kind: str
    allows: Any


@dataclass(frozen=True)
class Look:
    """One value held against one limit."""

    limit: Limit
    value: Any
    holds: bool

    def __str__(self) -> str:
        return f"{self.limit.path} is {self.value!r:.80}, expected {self.limit.kind} {self.limit.allows!r:.120}"


@cache
def input_shape(service: str, operation: str) -> Shape:
    """The parameters of an operation."""
    shape: Any = botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape
    return cast("Shape", shape)


def looks(call: Calling) -> Iterator[Look]:
    """Yields every value of a call beside every limit that its model sets it."""
    yield from _looks(input_shape(call.service, call.operation), call.parameters, call.operation)


def _looks(shape: Any, value: Any, path: str) -> Iterator[Look]:
    kind = shape.type_name
    if kind == "structure":
        yield from _structure(shape, value, path)
    elif kind == "list":
        several = isinstance(value, Sequence) and not isinstance(value, str)
        items = cast("Sequence[Any]", value) if several else _pairs(shape, value)
        yield from _range(shape, len(items), path, "count")
        for item in items:
            yield from _looks(shape.member, item, f"{path}[]")
    elif kind == "map":
        yield from _range(shape, len(value), path, "count")
        for key, inner in value.items():
            yield from _looks(shape.key, key, f"{path}{{key}}")
            yield from _looks(shape.value, inner, f"{path}{{}}")
    else:
        yield from _scalar(shape, value, path)


def _structure(shape: Any, value: Any, path: str) -> Iterator[Look]:
    members = {name.lower(): name for name in shape.members}
    given = {key: inner for key, inner in cast("Mapping[str, Any]", value).items() if inner is not None}
    names = {key: members.get(key.lower()) for key in given}
    for key, name in names.items():
        if name is None:
            yield Look(Limit(path, "members", tuple(shape.members)), key, holds=False)
        else:
            yield from _looks(shape.members[name], given[key], f"{path}.{name}")
    for required in shape.required_members:
        yield Look(Limit(f"{path}.{required}", "required", None), None, required in names.values())


def _pairs(shape: Any, value: Any) -> list[Mapping[str, Any]]:
    """Writes a mapping as the list of names and values that AWS takes, as `[{"Key": …, "Value": …}]`."""
    key, val = sorted(shape.member.members, key=lambda name: "value" in name.lower())[:2]
    return [{key: k, val: v} for k, v in cast("Mapping[str, Any]", value).items()]


def _range(shape: Any, found: float, path: str, of: str) -> Iterator[Look]:
    """Compares a number, a length or a count with its bounds; no text is shorter than empty."""
    least, most = (shape.metadata.get(bound) for bound in ("min", "max"))
    if least is not None and (of == "number" or least > 0):
        yield Look(Limit(path, f"least {of}", least), found, found >= least)
    if most is not None:
        yield Look(Limit(path, f"most {of}", most), found, found <= most)


def _scalar(shape: Any, value: Any, path: str) -> Iterator[Look]:
    kind, metadata = shape.type_name, shape.metadata
    if kind in ("integer", "long", "float", "double"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        yield Look(Limit(path, "type", kind), value, number)
        if number:
            yield from _range(shape, value, path, "number")
    elif kind == "boolean":
        yield Look(Limit(path, "type", kind), value, isinstance(value, bool))
    elif kind == "string":
        written = text(value)
        yield from _range(shape, len(written), path, "length")
        if metadata.get("enum"):
            yield Look(Limit(path, "enum", tuple(metadata["enum"])), written, written in metadata["enum"])
        if pattern := metadata.get("pattern"):
            matches = regex.fullmatch(pattern, written, flags=regex.VERSION0) is not None
            yield Look(Limit(path, "pattern", pattern), written, matches)
