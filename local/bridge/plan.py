"""The arithmetic a client of a Terraform provider owes it: what is proposed, and what then differs."""

from typing import Any

from local.bridge.schema import Type
from local.bridge.values import Value, canonical, equal, is_list, is_object

Path = tuple[str | int, ...]


def proposed_new(type_: Type, prior: Value, configuration: Value) -> Value:
    """Return the state that is proposed to the provider: the configuration, and what it computed before.

    Follows Terraform's own rule: what the configuration sets stands; what it leaves to the provider keeps its prior
    value; blocks in a list are matched by index, in a set by what the configuration says of them.

    Args:
        type_: the resource's type.
        prior: the state so far; None if there is none.
        configuration: what is wanted; None proposes that nothing shall be there.
    """
    if configuration is None:
        return None
    before: dict[str, Any] = prior or {}
    proposal: dict[str, Value] = {}
    for name, field in type_.fields.items():
        wanted, old = configuration.get(name), before.get(name)
        if field.block:
            proposal[name] = _block(field.type, old, wanted)
        elif wanted is None and field.computed:
            proposal[name] = old
        else:
            proposal[name] = wanted
    return proposal


def _block(type_: Type, old: Value, wanted: Value) -> Value:
    if type_.kind == "object":
        return proposed_new(type_, old, wanted)
    if not is_list(wanted):  # unknown
        return wanted
    olds: list[Value] = list(old) if is_list(old) else []
    if type_.kind == "list":
        olds += [None] * len(wanted)
        return [_element(type_.item, before, item) for before, item in zip(olds, wanted, strict=False)]
    result: list[Value] = []
    for item in wanted:
        match = next((index for index, before in enumerate(olds) if _may_come_from(type_.item, before, item)), None)
        result.append(_element(type_.item, None if match is None else olds.pop(match), item))
    return result


def _element(type_: Type, old: Value, wanted: Value) -> Value:
    return proposed_new(type_, old, wanted) if is_object(wanted) else wanted


def _may_come_from(type_: Type, old: Value, wanted: Value) -> bool:
    """Tell whether a set's old element is what this configuration of an element became."""
    return is_object(wanted) and equal(type_, old, proposed_new(type_, old, wanted))


def changed(type_: Type, prior: Value, planned: Value) -> frozenset[str]:
    """Return the attributes in which a plan differs from the prior state; an order within a set does not matter."""
    before: dict[str, Value] = prior or {}
    after: dict[str, Value] = planned or {}
    return frozenset(
        name for name, field in type_.fields.items() if not equal(field.type, before.get(name), after.get(name))
    )


def at(type_: Type, value: Value, path: Path) -> Value:
    """Return what stands at a path of a value, in the spelling in which equal values are `==`; None if nothing does."""
    current: Type = type_
    found: Value = value
    for step in path:
        if is_object(found) and isinstance(step, str):
            found = found.get(step)
            current = current.fields[step].type if current.kind == "object" else current.item
        elif is_list(found) and isinstance(step, int):
            found = found[step] if step < len(found) else None
            current = current.item
        else:
            return None
    return canonical(current, found)


def steps(path: Any) -> Path:
    """Return an AttributePath of the protocol as a tuple; a set's element, which it names by value, ends it."""
    result: list[str | int] = []
    for step in path.steps:
        chosen = step.WhichOneof("selector")
        if chosen is None:
            break
        result.append(int(step.element_key_int) if chosen == "element_key_int" else str(getattr(step, chosen)))
    return tuple(result)
