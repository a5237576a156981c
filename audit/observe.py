"""Looks at an account: what is declared and what is ours besides, each as the properties that the table can read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from audit.api import AbsentError, Account, UnreadableError
from audit.table import Kind, Ours
from estate.model import Estate, Resource


@dataclass(frozen=True)
class Place:
    """One thing to look at.

    Attributes:
        kind: how it is read.
        physical: what the account calls it.
        declared: the program's resource, or None for what was only discovered.
    """

    kind: Kind
    physical: str
    declared: Resource | None


@dataclass(frozen=True)
class Observation:
    """What the account said of one place.

    Attributes:
        place: which.
        values: property → value, for those that could be read; None where the resource is not there.
        unreadable: property → what the account answered instead.
    """

    place: Place
    values: Mapping[str, Any] | None
    unreadable: Mapping[str, str]


def declared_places(estate: Estate, kinds: Iterable[Kind]) -> list[Place]:
    """Lists the declared resources that the table knows how to read."""
    by_type = {kind.type: kind for kind in kinds}
    return [
        Place(kind, kind.physical(resource, estate), resource)
        for resource in estate.resources
        if (kind := by_type.get(resource.type))
    ]


def discovered_places(
    account: Account, estate: Estate, kinds: Sequence[Kind], table: Iterable[Kind]
) -> tuple[list[Place], dict[str, str]]:
    """Finds things of ours that nothing declares.

    Args:
        account: where to look.
        estate: the declared one.
        kinds: what to look for.
        table: every kind: some are found through resources of another.

    Returns:
        What was found, and the types that could not be listed with what was answered.
    """
    names: dict[str, set[str]] = {kind.type: set() for kind in (*table, *kinds)}
    for place in declared_places(estate, {kind.type: kind for kind in (*table, *kinds)}.values()):
        names[place.kind.type].add(place.physical)
    ours = Ours(estate.environment, {t: frozenset(n) for t, n in names.items()})

    def discover(kind: Kind) -> tuple[list[str], str | None]:
        try:
            return sorted(set(kind.discover(account, ours)) if kind.discover else ()), None
        except UnreadableError as error:
            return [], str(error)

    places: list[Place] = []
    unlisted: dict[str, str] = {}
    with ThreadPoolExecutor(max(1, len(kinds))) as lists:  # beside the account's workers, which they wait for
        listed = list(lists.map(discover, kinds))
    for kind, (found, problem) in zip(kinds, listed, strict=True):
        places += [Place(kind, physical, None) for physical in found if physical not in names[kind.type]]
        if problem:
            unlisted[kind.type] = problem
    return places, unlisted


def observe(account: Account, places: Sequence[Place], progress: Callable[[], None]) -> list[Observation]:
    """Reads every place, several at once, in the given order; `progress` is called after each."""

    def one(place: Place) -> Observation:
        observation = _read(account, place)
        progress()
        return observation

    return list(account.concurrently(one, places))


def _read(account: Account, place: Place) -> Observation:
    values: dict[str, Any] = {}
    unreadable: dict[str, str] = {}
    for attribute in place.kind.attributes:
        try:
            values[attribute.path] = attribute.read(account, place.physical)
        except AbsentError:
            return Observation(place, None, {})
        except UnreadableError as error:
            unreadable[attribute.path] = str(error)
    if not unreadable and all(value is None for value in values.values()):
        return Observation(place, None, {})
    return Observation(place, values, unreadable)
