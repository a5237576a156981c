"""Remembers what was made of an estate, for the many rules that ask for the same of one estate in turn."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from estate.model import Estate

T = TypeVar("T")


def once_per_estate(make: Callable[[Estate], T]) -> Callable[[Estate], T]:
    """Keeps the result for the estate asked about last. An estate is frozen, so its identity is enough."""
    last: list[tuple[Estate, T]] = []

    @wraps(make)
    def remember(estate: Estate) -> T:
        hit = last[0] if last else None
        if hit is None or hit[0] is not estate:
            hit = (estate, make(estate))
            last[:] = [hit]
        return hit[1]

    return remember
