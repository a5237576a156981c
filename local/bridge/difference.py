"""What the engine shows of a change: the innermost properties that differ."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.runtime.proto import provider_pb2

from local.bridge.names import ResourceBinding
from local.bridge.properties import Property
from local.bridge.resource import Plan
from local.bridge.values import is_known, is_list, is_object

_Kind = provider_pb2.PropertyDiff


def answer(
    resource: ResourceBinding, plan: Plan, olds: Mapping[str, Property], news: Mapping[str, Property], *, beside: bool
) -> provider_pb2.DiffResponse:
    """Turn a plan into the engine's answer.

    Args:
        resource: the resource's binding.
        plan: the provider's plan.
        olds: the inputs so far.
        news: the inputs wanted.
        beside: False if a replacement can't stand beside what it replaces.
    """
    if not plan.changed:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE, hasDetailedDiff=True)
    names = resource.binding.sdk_names
    replaces = sorted(names[name] for name in plan.replaced if name in names)
    settable = [name for name in sorted(plan.changed) if names.get(name) in resource.inputs]
    declared = [names[name] for name in settable if names[name] in {*olds, *news}]
    shown = declared or [names[name] for name in settable if is_known(plan.planned[name])]
    details: dict[str, Any] = {}
    for name in shown:
        details.update(_details(name, olds.get(name), news.get(name), replaces=name in replaces))
    return provider_pb2.DiffResponse(
        changes=provider_pb2.DiffResponse.DIFF_SOME,
        replaces=replaces,
        diffs=sorted({*shown, *replaces}),
        detailedDiff=details,
        hasDetailedDiff=True,
        deleteBeforeReplace=bool(replaces) and not beside,
    )


def _details(name: str, old: Property, new: Property, *, replaces: bool) -> dict[str, provider_pb2.PropertyDiff]:
    leaves = dict(_leaves(name, old, new)) or {name: "UPDATE"}
    stated = old != new  # else the program says what it said, and the account differs
    suffix = "_REPLACE" if replaces else ""
    return {
        path: provider_pb2.PropertyDiff(kind=_Kind.Kind.Value(kind + suffix), inputDiff=stated)
        for path, kind in leaves.items()
    }


def _leaves(path: str, old: Property, new: Property) -> Iterator[tuple[str, str]]:
    if old == new:
        return
    if old is None or new is None:
        yield path, "ADD" if old is None else "DELETE"
    elif is_object(old) and is_object(new):
        for name in sorted({*old, *new}):
            step = f".{name}" if name.isidentifier() else f'["{name}"]'
            yield from _leaves(path + step, old.get(name), new.get(name))
    elif is_list(old) and is_list(new):
        for index in range(max(len(old), len(new))):
            pair = [items[index] if index < len(items) else None for items in (old, new)]
            yield from _leaves(f"{path}[{index}]", *pair)
    else:
        yield path, "UPDATE"
