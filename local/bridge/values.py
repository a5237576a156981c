"""Terraform values: how they are written on the wire, and when two are equal.

A value is None, a bool, a number, a string, a list (list, set or tuple), a dict (map or object) or `UNKNOWN`. On the
wire it is msgpack, with unknown as an extension type.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeGuard, cast

import msgpack

from local.bridge.schema import Type

Value = Any
"""A Terraform value; its `Type` says which of the forms above it has."""

_msgpack: Any = msgpack  # without types of its own

UNKNOWN: Final = msgpack.ExtType(0, b"\0")
"""A value that only applying the change will tell."""


def is_object(value: Value) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is an object or a map."""
    return isinstance(value, dict)


def is_list(value: Value) -> TypeGuard[list[Any]]:
    """Tell whether a value is a list, a set or a tuple."""
    return isinstance(value, list)


def pack(value: Value) -> bytes:
    """Encode a value for the provider."""
    return cast("bytes", _msgpack.packb(value))


def unpack(data: bytes) -> Value:
    """Decode a value of the provider; every kind of unknown, refined or not, becomes `UNKNOWN`."""
    return _msgpack.unpackb(data, ext_hook=_unknown, strict_map_key=False)


def is_known(value: Value) -> bool:
    """Tell whether nothing in a value is unknown."""
    if is_object(value):
        return all(is_known(item) for item in value.values())
    if is_list(value):
        return all(is_known(item) for item in value)
    return value != UNKNOWN


def empty(type_: Type) -> dict[str, Value]:
    """Return an object of a type in which nothing is set: attributes null, repeated blocks empty."""
    return {name: [] if field.repeated_block else None for name, field in type_.fields.items()}


def equal(type_: Type, left: Value, right: Value) -> bool:
    """Compare two values by meaning: the order within a set and the spelling of a number don't matter."""
    return canonical(type_, left) == canonical(type_, right)


def canonical(type_: Type, value: Value) -> Value:
    """Return a value in the one spelling in which equal values are `==`.

    A collection without members is as good as none: most of the provider can't tell them apart, and answers either.
    """
    if value is None or value == UNKNOWN:
        return value
    if type_.kind in ("list", "set", "map") and not value:
        return None
    if type_.kind == "object":
        return {name: canonical(field.type, value.get(name)) for name, field in type_.fields.items()}
    if type_.kind == "map":
        return {name: canonical(type_.item, item) for name, item in value.items()}
    if type_.kind in ("list", "set"):
        items = [canonical(type_.item, item) for item in value]
        return sorted(items, key=_sort_key) if type_.kind == "set" else items
    return _number(value) if type_.kind == "number" else _json(value) if type_.json else value


def _unknown(_code: int, _data: bytes) -> Value:
    return UNKNOWN


def _number(value: Value) -> Value:
    try:
        return str(Decimal(str(value)).normalize())
    except InvalidOperation:
        return value


def _json(value: Value) -> Value:
    try:
        return json.dumps(json.loads(value), sort_keys=True)
    except (TypeError, ValueError):
        return value


def _sort_key(value: Value) -> str:
    return json.dumps(value, sort_keys=True, default=repr)
