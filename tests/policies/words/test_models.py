"""Every declared value keeps the limits of AWS's own service models; and a value outside any of them is noticed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from estate.model import Resource
from estate.paths import keys, leaves, put
from tests.policies.declared import STACKS, declared
from tests.policies.words.calls import CALLS, NO_PARAMETER, calls, kind_of
from tests.policies.words.models import Limit, Look, looks
from tests.policies.words.outside import outside

pytestmark = pytest.mark.process

FIXED = (
    # what the call's shape says, and no declared value
    "PutTargets.Targets",
    "PutMetricFilter.metricTransformations",
    "ScheduleKeyDeletion.KeyId",
    "PutObjectLockConfiguration.ObjectLockConfiguration.ObjectLockEnabled",
    "CreateSchedule.Target.EcsParameters.NetworkConfiguration.awsvpcConfiguration.AssignPublicIp",
    "CreateQueue.Attributes{key}",
)


def deployed(stack: str) -> list[Resource]:
    return [resource for resource in declared(stack).resources if resource.type.startswith("aws:")]


def all_looks(resource: Resource) -> Iterator[Look]:
    for call in calls(resource):
        yield from looks(call)


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_value_keeps_the_limits_of_the_service_models(stack: str) -> None:
    broken = [f"{kind_of(r)} {r.name}: {look}" for r in deployed(stack) for look in all_looks(r) if not look.holds]
    assert broken == []


@pytest.mark.parametrize("stack", STACKS)
def test_every_declared_property_goes_into_a_call(stack: str) -> None:
    assert {kind_of(r) for r in deployed(stack)} <= CALLS.keys()
    unseen: set[str] = set()
    for resource in deployed(stack):
        said = repr([call.parameters for call in calls(resource)])
        for key in resource.properties:
            marked = replace(resource, properties={**resource.properties, key: "a value that nobody declares"})
            try:
                same = repr([call.parameters for call in calls(marked)]) == said
            except (TypeError, AttributeError, ValueError):
                continue  # taken apart, so it is looked at
            if same:
                unseen.add(f"{kind_of(resource)}.{key}")
    assert unseen <= NO_PARAMETER.keys()


def limits_and_places() -> dict[str, tuple[set[Limit], list[Resource]]]:
    """The limits that the values of each type are held against, and one resource for each set of properties."""
    found: dict[str, tuple[set[Limit], dict[str, Resource]]] = {}
    for stack in STACKS:
        for resource in deployed(stack):
            limits, shapes = found.setdefault(kind_of(resource), (set(), {}))
            seen = {look.limit for look in all_looks(resource)}
            limits |= {limit for limit in seen if limit.kind != "required" and limit.path not in FIXED}
            shapes.setdefault(str(sorted(".".join(keys(p)) for p, _ in leaves(resource.properties))), resource)
    return {kind: (limits, list(shapes.values())) for kind, (limits, shapes) in found.items()}


def broken_by(resource: Resource, limits: set[Limit]) -> set[Limit]:
    """Puts values outside each limit into each place of a resource, and returns the limits that notice."""
    noticed: set[Limit] = set()
    for path in places(resource):
        for limit in limits - noticed:
            for value in outside(limit, at(resource, path)):
                noticed |= {look.limit for look in tried(resource, path, value) if not look.holds}
                if limit in noticed:
                    break
    return noticed


def places(resource: Resource) -> list[tuple[Any, ...]]:
    """Every place of a resource, leaves and what holds them, each key once."""
    found: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for path, _ in leaves(resource.properties):
        for end in range(1, len(path) + 1):
            found.setdefault(keys(path[:end]), path[:end])
    return list(found.values())


def at(resource: Resource, path: tuple[Any, ...]) -> str:
    value = next((v for p, v in leaves(resource.properties) if p == path), "")
    return value if isinstance(value, str) else ""


def tried(resource: Resource, path: tuple[Any, ...], value: Any) -> list[Look]:
    try:
        return list(all_looks(replace(resource, properties=put(resource.properties, path, value))))
    except (TypeError, AttributeError, ValueError, KeyError):
        return []  # not a shape that a program can declare


def test_a_value_outside_each_limit_is_noticed() -> None:
    missed: list[str] = []
    count = 0
    for kind, (limits, resources) in limits_and_places().items():
        left = set(limits)
        for resource in resources:
            left -= broken_by(resource, left)
        count += len(limits)
        missed += [f"{kind}: {limit}" for limit in sorted(left, key=str)]
    print(f"noticed {count - len(missed)} of {count}")
    assert not missed, "\n".join(missed)
    assert count > 100
