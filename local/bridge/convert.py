"""Values between the two worlds: SDK properties to a Terraform configuration, a Terraform state to SDK properties."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from local.bridge.names import Binding
from local.bridge.properties import Archive, Asset, Property
from local.bridge.values import UNKNOWN, Value, empty, is_known, is_list, is_object

FileWriter = Callable[[Asset | Archive], Value]
"""Puts an asset's or archive's content where the provider finds it, and returns the name of the file."""


class ConversionError(Exception):
    """A property that can't be expressed to the provider.

    Attributes:
        path: the SDK property, such as `rules[0].prefix`.
        reason: what is wrong with it.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def to_configuration(binding: Binding, properties: Mapping[str, Property], write_file: FileWriter) -> Value:
    """Turn SDK properties into a Terraform configuration: every attribute present, what is not set null.

    Raises:
        ConversionError: a property has no attribute, or not the form its attribute takes.
    """
    return _ToTerraform(write_file).object(binding, properties, "")


def to_properties(binding: Binding, value: Value) -> dict[str, Property]:
    """Turn a Terraform object into SDK properties; null attributes are left out."""
    properties: dict[str, Property] = {}
    for name, terraform in binding.names.items():
        converted = _to_sdk(binding.fields[terraform], value.get(terraform))
        if converted is not None:
            properties[name] = converted
    return properties


def _to_sdk(binding: Binding, value: Value) -> Property:
    kind = binding.type.kind
    if value is None or value == UNKNOWN:
        return value
    if kind == "object":
        return to_properties(binding, value)
    if kind == "map":
        return {name: _to_sdk(binding.item, item) for name, item in value.items()}
    if kind in ("list", "set"):
        items = [_to_sdk(binding.item, item) for item in value]
        return (items[0] if items else None) if binding.flat else items
    if kind == "number" and isinstance(value, str):
        return float(value) if set(value) & set(".eE") else int(value)
    return value


class _ToTerraform:
    def __init__(self, write_file: FileWriter) -> None:
        self._write_file = write_file

    def object(self, binding: Binding, properties: Mapping[str, Property], path: str) -> Value:
        result = empty(binding.type)
        for name, value in properties.items():
            if name.startswith("__"):  # the engine's and our own notes
                continue
            below = f"{path}.{name}" if path else name
            terraform = binding.names.get(name)
            if terraform is None:
                raise ConversionError(below, "the provider has no such property")
            if value is not None:
                result[terraform] = self.value(binding.fields[terraform], value, below)
        return result

    def value(self, binding: Binding, value: Property, path: str) -> Value:
        if value is None or value == UNKNOWN:
            return value
        kind = binding.type.kind
        if isinstance(value, Asset | Archive):
            if kind != "string":
                raise ConversionError(path, "an asset or archive can't stand here")
            return self._write_file(value)
        if kind == "object":
            return self.object(binding, _expect(value, dict, path, "an object"), path)
        if kind == "map":
            entries = _expect(value, dict, path, "an object").items()
            return {key: self.value(binding.item, item, f"{path}.{key}") for key, item in entries if item is not None}
        if kind in ("list", "set"):
            items = [value] if binding.flat else _expect(value, list, path, "a list")
            return [
                self.value(binding.item, item, path if binding.flat else f"{path}[{index}]")
                for index, item in enumerate(items)
            ]
        return _scalar(kind, value, path)


def _scalar(kind: str, value: Property, path: str) -> Value:
    if kind == "string":
        if is_object(value) or is_list(value):  # policies: an object where the provider wants its JSON text
            return json.dumps(value, sort_keys=True) if is_known(value) else UNKNOWN
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value)
    if kind == "bool" and isinstance(value, str):
        if value not in ("true", "false"):
            raise ConversionError(path, f"expected true or false, found {value!r}")
        return value == "true"
    if kind == "number" and isinstance(value, str):
        try:
            number = float(value)
        except ValueError as error:
            raise ConversionError(path, f"expected a number, found {value!r}") from error
        return int(number) if number.is_integer() else number
    if is_object(value) or is_list(value):
        raise ConversionError(path, f"expected a {kind}, found {'an object' if is_object(value) else 'a list'}")
    return value


def _expect(value: Property, form: type, path: str, described: str) -> Any:
    if not isinstance(value, form):
        raise ConversionError(path, f"expected {described}, found {value!r}")
    return value
