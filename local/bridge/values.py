"""Terraform values: how they are written on the wire, and when two are equal.

A value is None, a bool, a number, a string, a list (list, set or tuple), a dict (map or object) or `UNKNOWN`. On the wire it is
msgpack, with unknown as an extension type.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import msgpack

from local.bridge.schema import Type

Value = Any
"""A Terraform value; its `Type` says which of the forms above it has."""

UNKNOWN: Final = msgpack.ExtType(0, b"\0")
"""A value that only applying the change will tell."""


def pack(value: Value) -> bytes:
    """Encode a value for the provider."""
    return msgpack.packb(value)


def unpack(data: bytes) -> Value:
    """Decode a value of the provider; every kind of unknown, refined or not, becomes `UNKNOWN`."""
    return msgpack.unpackb(data, ext_hook=lambda _code, _data: UNKNOWN, strict_map_key=False)


def is_known(value: Value) -> bool:
    """Tell whether nothing in a value is unknown."""
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return value != UNKNOWN


def empty(type_: Type) -> Value:
    """Return an object of a type in which nothing is set: attributes null, repeated blocks empty."""
    return {name: [] if field.repeated_block else None for name, field in type_.fields.items()}


def equal(type_: Type, left: Value, right: Value) -> bool:
    """Compare two values by meaning: the order within a set and the spelling of a number don't matter."""
    return canonical(type_, left) == canonical(type_, right)


def canonical(type_: Type, value: Value) -> Value:
    """Return a value in the one spelling in which equal values are `==`."""
    if value is None or value == UNKNOWN:
        return value
    if type_.kind == "number":
        return _number(value)
    if type_.json:
        return _json(value)
    if type_.kind == "object":
        return {name: canonical(field.type, value.get(name)) for name, field in type_.fields.items()}
    if type_.kind == "map":
        return {name: canonical(type_.item, item) for name, item in value.items()}
    if type_.kind in ("list", "set"):
        items = [canonical(type_.item, item) for item in value]
        return sorted(items, key=_sort_key) if type_.kind == "set" else items
    return value


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
