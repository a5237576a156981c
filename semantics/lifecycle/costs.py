"""What an object costs over its whole life, from the price file: storage, minimum billed days, overhead, transitions.

A life is a sequence of stays: so many days in one class, then so many in the next. Retrieval, requests by clients and
transfer are left out: they do not depend on the lifecycle chosen, except that reading back from an archive costs extra.
Intelligent-Tiering is reckoned for an object that nobody reads.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import yaml

from semantics.lifecycle.storage_classes import StorageClass

FILE = Path(__file__).with_name("prices.yaml")
GB = 1 << 30
TB = 1 << 40
MONTH_DAYS = 30
SEARCH_DAYS = 3650
"""A chain that does not pay within ten years does not pay."""


class PriceError(ValueError):
    """The price file lacks something; the message names it."""


@dataclass(frozen=True)
class Price:
    """The price of one class, in US dollars; `semantics/lifecycle/prices.yaml` explains the fields."""

    per_gb_month: float
    minimum_days: int = 0
    transition_per_1000: float = 0.0
    minimum_billed_kb: int = 0
    overhead_standard_kb: int = 0
    overhead_archive_kb: int = 0
    per_gb_month_from_day: Mapping[int, float] = field(default_factory=dict[int, float])
    monitoring_per_1000_month: float = 0.0

    def storage(self, days: int) -> float:
        """Returns what a GB costs that stays so many days."""
        starts = sorted({0: self.per_gb_month, **self.per_gb_month_from_day}.items())
        ends = [day for day, _ in starts[1:]] + [days]
        spans = (max(min(end, days) - start, 0) * price for (start, price), end in zip(starts, ends, strict=True))
        return sum(spans) / MONTH_DAYS

    @property
    def steady_from(self) -> int:
        """From which day of a stay on each further one costs the same."""
        return max(self.minimum_days, *self.per_gb_month_from_day, 0)


@dataclass(frozen=True)
class Prices:
    """The price file: where and when it was read, and the price of each class."""

    region: str
    read: date
    source: str
    classes: Mapping[str, Price]

    def of(self, storage_class: str) -> Price:
        """Returns a class's price.

        Raises:
            PriceError: the file has none.
        """
        if found := self.classes.get(storage_class):
            return found
        raise PriceError(f"{FILE.name} has no price for {storage_class}; add it, with its date")


@dataclass(frozen=True)
class Stay:
    """So many days in one class."""

    storage_class: str
    days: int


@dataclass(frozen=True)
class Move:
    """A transition into a class on a day of the object's age."""

    storage_class: str
    day: int


@dataclass(frozen=True)
class Cost:
    """What a life costs in US dollars.

    Attributes:
        per_gb: for each GB.
        per_object: for each object, whatever its size.
        minimums: the parts of `per_gb` for which a smaller object is billed as a larger one: bytes billed at least,
            and the part.
    """

    per_gb: float
    per_object: float
    minimums: tuple[tuple[int, float], ...] = ()

    def of(self, size: float) -> float:
        """Returns what one object of a size (bytes) costs."""
        unused = sum(part * max(least - size, 0) for least, part in self.minimums)
        return (self.per_gb * size + unused) / GB + self.per_object


@cache
def load_prices() -> Prices:
    """Reads `prices.yaml`, which lies beside this file: prices of one region, with the day they were read."""
    return read_prices(FILE.read_text(encoding="utf-8"))


def read_prices(text: str) -> Prices:
    """Reads a price file: another region's, or another day's.

    Args:
        text: YAML as in `prices.yaml`.

    Raises:
        PriceError: a key is missing, unknown or of the wrong kind.
    """
    document = cast("dict[str, Any]", yaml.safe_load(text))
    try:
        classes = {name: Price(**fields) for name, fields in document["classes"].items()}
        region, read, source = (document[k] for k in ("region", "read", "source"))
    except (KeyError, TypeError, AttributeError) as error:
        raise PriceError(
            f"{FILE.name}: {error}; expected region, read, source and classes with their prices"
        ) from error
    if not isinstance(read, date):
        raise PriceError(f"{FILE.name}: read is {read!r}, expected a date as 2026-11-23")
    return Prices(region, read, source, classes)


def stays(moves: Sequence[Move], days: int, start: str = StorageClass.STANDARD) -> tuple[Stay, ...]:
    """Turns transitions and the days that an object is stored into stays; what comes later than its end is left out."""
    path = [Move(start, 0), *sorted((m for m in moves if m.day < days), key=lambda m: m.day)]
    ends = [m.day for m in path[1:]] + [days]
    return tuple(Stay(m.storage_class, end - m.day) for m, end in zip(path, ends, strict=True))


def cost(life: Sequence[Stay], prices: Prices) -> Cost:
    """Returns what a life costs.

    The overhead of an archived object is billed as long as the object is, minimum included.

    Raises:
        PriceError: a class has no price.
    """
    standard = prices.of(StorageClass.STANDARD)
    per_gb = per_object = 0.0
    minimums: list[tuple[int, float]] = []
    for index, stay in enumerate(life):
        price = prices.of(stay.storage_class)
        billed = max(stay.days, price.minimum_days)
        stored = price.storage(billed)
        per_gb += stored
        minimums += [(price.minimum_billed_kb * 1024, stored)] if price.minimum_billed_kb else []
        overhead = price.overhead_standard_kb * standard.storage(billed) + price.overhead_archive_kb * stored
        per_object += overhead * 1024 / GB
        per_object += price.monitoring_per_1000_month / 1000 * billed / MONTH_DAYS
        per_object += price.transition_per_1000 / 1000 if index else 0.0
    return Cost(per_gb, per_object, tuple(minimums))


def cheaper_above(chain: Cost, other: Cost) -> float | None:
    """Returns the size (bytes) above which one life is cheaper than another: 0 for every size, None for no size."""
    saved = other.per_gb - chain.per_gb
    extra = chain.per_object - other.per_object
    if saved <= 0:
        return None
    sizes = sorted({0, *(least for least, _ in (*chain.minimums, *other.minimums))}, reverse=True)
    excess = [chain.of(size) - other.of(size) for size in sizes]
    if excess[0] >= 0:
        return max(extra, 0.0) / saved * GB if sizes[0] == 0 else sizes[0] + excess[0] / saved * GB
    # Between two minimums the costs are straight lines: they cross where one of them goes from more to less.
    for (larger, less), (smaller, more) in pairwise(zip(sizes, excess, strict=True)):
        if more > 0:
            return smaller + (larger - smaller) * more / (more - less)
    return 0.0


def pays_from(moves: Sequence[Move], other: Sequence[Move], prices: Prices, size: float, after: int = 0) -> int | None:
    """Returns the window (days) from which on a chain never costs more than another, or None.

    Args:
        moves: the chain's transitions.
        other: what it is compared with.
        prices: the price file.
        size: bytes of an object.
        after: days that bytes outlive the window, as noncurrent versions do.
    """

    def excess(window: int) -> float:
        mine, theirs = (cost(stays(m, window + after), prices).of(size) for m in (moves, other))
        return mine - theirs

    # From the last minimum on both costs grow evenly, so that one step tells how they go on.
    steady = max((m.day + prices.of(m.storage_class).steady_from for m in (*moves, *other)), default=0) + 1
    if steady > SEARCH_DAYS:
        losing = max((w for w in range(1, SEARCH_DAYS + 1) if excess(w) > 0), default=0)
        return losing + 1 if losing < SEARCH_DAYS else None
    last, step = excess(steady), excess(steady + 1) - excess(steady)
    if step > 1e-12 * size / GB:
        return None
    if last > 0:
        return steady + math.ceil(last / -step) if step < 0 and last / -step < SEARCH_DAYS else None
    return max((w for w in range(1, steady) if excess(w) > 0), default=0) + 1
