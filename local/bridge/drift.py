"""What the account holds, told in the terms in which the program declared it."""

import json
from collections.abc import Mapping

from local.bridge.convert import to_configuration, to_properties
from local.bridge.names import Binding, ResourceBinding
from local.bridge.plan import proposed_new
from local.bridge.properties import Archive, Asset, Property
from local.bridge.values import Value, equal, is_list, is_object


def inputs_now(
    resource: ResourceBinding, inputs: Mapping[str, Property], before: Value, after: Value
) -> dict[str, Property]:
    """Return the inputs that would declare what is there now.

    Where the account did not change, they are the program's own words; where it did, what was found.

    Args:
        resource: the resource's binding.
        inputs: what the program declared.
        before: the state as it was recorded.
        after: the state as it is now.
    """
    merged = _object(resource.binding, inputs, before, after)
    return {name: value for name, value in merged.items() if name in resource.inputs or name.startswith("__")}


def inputs_of(resource: ResourceBinding, state: Value) -> dict[str, Property]:
    """Return inputs that would declare a state of which no declaration is known."""
    found = _declared(resource.binding, state)
    return {name: value for name, value in found.items() if name in resource.inputs}


def _merge(binding: Binding, given: Property, before: Value, after: Value) -> Property:
    if equal(binding.type, before, after) or isinstance(given, Asset | Archive):
        return given
    kind = binding.type.kind
    if binding.flat and before and after:
        return _merge(binding.item, given, before[0], after[0])
    if kind == "object" and is_object(given) and is_object(before) and is_object(after):
        return _object(binding, given, before, after)
    if kind in ("list", "set") and is_list(given):
        return _elements(binding, given, _items(before), _items(after))
    if kind == "string" and (is_object(given) or is_list(given)):
        return _parsed(after)
    return _declared_value(binding, after)


def _object(binding: Binding, given: Mapping[str, Property], before: Value, after: Value) -> dict[str, Property]:
    result = dict(given)
    for name, terraform in binding.names.items():
        part, field = binding.fields[terraform], binding.type.fields[terraform]
        old, new = before.get(terraform), after.get(terraform)
        if equal(part.type, old, new) or not field.settable or (name not in given and field.computed):
            continue
        value = _merge(part, given.get(name), old, new)
        if value in (None, [], {}) and name not in given:
            continue
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def _elements(binding: Binding, given: list[Property], before: list[Value], after: list[Value]) -> list[Property]:
    """Match declared elements with those found: unchanged ones first, then the rest in order, then what is new."""
    pairs = _origins(binding, given, before)
    left = list(after)
    result: list[Property] = [None] * len(given)
    for index, old in enumerate(pairs):
        match = next((item for item in left if equal(binding.item.type, old, item)), None)
        if match is not None:
            left.remove(match)
            result[index] = given[index]
    for index, old in enumerate(pairs):
        if result[index] is None and left:
            result[index] = _merge(binding.item, given[index], old, left.pop(0))
    return [item for item in result if item is not None] + [_declared_value(binding.item, item) for item in left]


def _origins(binding: Binding, given: list[Property], before: list[Value]) -> list[Value]:
    """Return for each declared element the recorded one that it became."""
    if binding.type.kind == "list":
        return [*before, *([None] * len(given))][: len(given)]
    left, result = list(before), list[Value]()
    for item in given:
        match = next((old for old in left if _became(binding.item, item, old)), None)
        if match is not None:
            left.remove(match)
        result.append(match)
    return result


def _became(binding: Binding, given: Property, old: Value) -> bool:
    if not is_object(given) or binding.type.kind != "object":
        return equal(binding.type, given, old)
    configuration = to_configuration(binding, given, lambda content: content.digest)
    return equal(binding.type, proposed_new(binding.type, old, configuration), old)


def _declared_value(binding: Binding, value: Value) -> Property:
    kind = binding.type.kind
    if value is None or kind not in ("object", "list", "set"):
        return value if kind != "number" else to_properties(_wrapped(binding), {"value": value}).get("value")
    if kind == "object":
        return _declared(binding, value)
    items = [_declared_value(binding.item, item) for item in value]
    return (items[0] if items else None) if binding.flat else items


def _declared(binding: Binding, value: Value) -> dict[str, Property]:
    result: dict[str, Property] = {}
    for name, terraform in binding.names.items():
        field = binding.type.fields[terraform]
        if not field.settable or (field.computed and not field.required):
            continue
        found = _declared_value(binding.fields[terraform], value.get(terraform))
        if found not in (None, "", [], {}):
            result[name] = found
    return result


def _wrapped(binding: Binding) -> Binding:
    return Binding(binding.type, names={"value": "value"}, fields={"value": binding})


def _items(value: Value) -> list[Value]:
    return value or []


def _parsed(text: Value) -> Property:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text
