"""The life of an object in a bucket, as its lifecycle rules make it: classes by day, last bytes, cost.

The object is a large one, without tags. Days are its age as rules count it; S3 acts at the midnight UTC after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from semantics.lifecycle.costs import GB, TB, Cost, Move, Prices, cheaper_above, cost, pays_from, stays
from semantics.lifecycle.model import MINIMUM_SIZE, MINIMUM_STAY, LifecycleConfiguration
from semantics.lifecycle.simulation import Action, Event, Version, gone, simulate
from semantics.lifecycle.storage_classes import CONSOLE_NAMES, StorageClass

NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)
"""When an object is uploaded, where nobody says; what rules do by age does not depend on it."""

MB = 1 << 20
TYPICAL = ((GB, "1 GB"), (10 * MB, "10 MB"))
"""Sizes for which the picture says from which window a step pays."""


@dataclass(frozen=True)
class Stage:
    """A class, the day from which the object is in it, and the latest such day where AWS's pages disagree."""

    storage_class: str
    day: int
    latest: int

    @property
    def name(self) -> str:
        """The class as the console calls it."""
        return CONSOLE_NAMES[StorageClass(self.storage_class)][0]


@dataclass(frozen=True)
class Option:
    """A lifecycle and what it costs; `name` lists its classes."""

    name: str
    cost: Cost

    @property
    def per_tb(self) -> float:
        """US dollars a month where a TB arrives every month."""
        return self.cost.per_gb * TB / GB

    @property
    def per_million(self) -> float:
        """US dollars a month, besides, where a million objects arrive every month."""
        return self.cost.per_object * 1e6


@dataclass(frozen=True)
class Life:
    """What becomes of one large object in a bucket.

    Attributes:
        bucket: its name.
        versioned: whether an expiration first leaves a noncurrent version behind a delete marker.
        stages: the classes, the first on day 0.
        window: the day of the expiration, or None where nothing expires.
        noncurrent_days: days that bytes outlive it as a noncurrent version.
        last_day: the last day, counted from the upload's (UTC), on which bytes can exist; None where they never end.
        options: what it costs, this lifecycle first, then those with a step less; empty where bytes never end.
        remarks: what to know about it, a sentence or two each.
        prices: what the costs were computed with.
    """

    bucket: str
    versioned: bool
    stages: tuple[Stage, ...]
    window: int | None
    noncurrent_days: int
    last_day: int | None
    options: tuple[Option, ...]
    remarks: tuple[str, ...]
    prices: Prices


def life_of(
    bucket: str,
    configuration: LifecycleConfiguration,
    prices: Prices,
    *,
    versioned: bool,
    locked: bool = False,
    key: str = "object",
    uploaded: datetime = NOON,
) -> Life:
    """Works out the life of an object.

    Args:
        bucket: its name.
        configuration: its rules; they must have no `refused` problem.
        prices: the price file.
        versioned: whether versioning is enabled.
        locked: whether a legal hold can stand on a version (Object Lock).
        key: the object's; without it, only rules for the whole bucket speak of the object.
        uploaded: with time zone; it matters to rules with a date.

    Raises:
        PriceError: a class has no price.
    """
    events = simulate(configuration, key, [Version(uploaded)], versioned=versioned)
    small = simulate(configuration, key, [Version(uploaded, MINIMUM_SIZE - 1)], versioned=versioned)
    born = events[0].day
    stages = _stages(events)
    end = next((e.day for e in events if e.action in (Action.MARKED, Action.DELETED)), None)
    last = gone(events)
    window = None if end is None else (end - born).days - 1
    noncurrent = 0 if end is None or last is None or not versioned else (last - end).days - 1
    last_day = None if last is None else (last - born).days - 1
    moves = tuple(Move(s.storage_class, s.day) for s in stages[1:])
    days = None if window is None or last_day is None else window + noncurrent
    options = () if days is None else _options(moves, days, prices)
    remarks = (
        *_end_remarks(window, noncurrent, last_day, versioned=versioned, locked=locked),
        *_late_remarks(stages, window),
        *(_cost_remarks(moves, options, prices, window, noncurrent) if options and window else ()),
        *(
            ["Objects under 128 KB stay in Standard."]
            if moves and Action.MOVED not in {e.action for e in small}
            else ()
        ),
    )
    return Life(bucket, versioned, stages, window, noncurrent, last_day, options, remarks, prices)


def _stages(events: Sequence[Event]) -> tuple[Stage, ...]:
    """Reads the classes of the first version while it is current."""
    stages = [Stage(events[0].storage_class, 0, 0)]
    for event in events[1:]:
        if event.action is Action.MARKED:
            break
        if event.action is Action.MOVED:
            day = (event.day - events[0].day).days - 1
            before = stages[-1]
            stay = MINIMUM_STAY.get(before.storage_class, 0)
            stages.append(Stage(event.storage_class, day, max(day, before.latest + stay) if stay > 1 else day))
    return tuple(stages)


def _options(moves: tuple[Move, ...], days: int, prices: Prices) -> tuple[Option, ...]:
    """Prices this lifecycle and those that stop a step earlier, down to none."""
    shorter = (moves[:n] for n in range(len(moves), -1, -1))
    return tuple(Option(path(m), cost(stays(m, days), prices)) for m in shorter)


def path(moves: Sequence[Move]) -> str:
    """Names the classes of a lifecycle in order."""
    names = ["Standard", *(CONSOLE_NAMES[StorageClass(m.storage_class)][0] for m in moves)]
    return " → ".join(names) if moves else "Standard throughout"


def _end_remarks(
    window: int | None, noncurrent: int, last_day: int | None, *, versioned: bool, locked: bool
) -> list[str]:
    if window is None:
        return ["Nothing expires: bytes stay, and are billed, for ever."]
    if last_day is None:
        return [f"Day {window} only adds a delete marker: bytes stay, and are billed, for ever."]
    counts = f"{_days(window)}, then {_days(noncurrent)} as a noncurrent version" if versioned else _days(window)
    each = "each rounded up" if versioned else "rounded up"
    held = " A version under legal hold gains the marker, too, and keeps its bytes." if locked else ""
    return [f"Bytes can exist through day {last_day} after the upload: {counts}, {each} to midnight UTC.{held}"]


def _late_remarks(stages: Sequence[Stage], window: int | None) -> list[str]:
    return [
        f"{stage.name}: day {stage.day}, latest {stage.latest}. One AWS page keeps objects "
        f"{MINIMUM_STAY[before.storage_class]} days in the class before, another lets a rule of its own move them "
        "earlier."
        + (" That is after the window, so objects may never get there." if window and stage.latest >= window else "")
        for before, stage in pairwise(stages)
        if stage.latest > stage.day
    ]


def _cost_remarks(
    moves: tuple[Move, ...], options: Sequence[Option], prices: Prices, window: int, noncurrent: int
) -> list[str]:
    """Says for the last step, and for all steps together, whether they pay and from which window on."""
    if not moves:
        return []
    step, less, none = path(moves).rsplit(" → ", 1)[-1], options[1], options[-1]
    remarks = [_step_remark(step, options[0], less, window)]
    windows = [(label, pays_from(moves, moves[:-1], prices, size, noncurrent)) for size, label in TYPICAL]
    pays = ", ".join(f"{_from(w)} for objects of {label}" for label, w in windows)
    remarks.append(f"The {step} step pays {pays}.")
    if len(moves) > 1:
        remarks.append(_whole_remark(options[0], none))
    return remarks


def _from(window: int | None) -> str:
    return "at no window" if window is None else f"from a window of {window} days on"


def _step_remark(step: str, chain: Option, less: Option, window: int) -> str:
    size = cheaper_above(chain.cost, less.cost)
    figures = f"${chain.per_tb:,.2f} a TB with it, ${less.per_tb:,.2f} without"
    if size is None:
        return f"At a window of {window} days the {step} step loses money at every size: {figures}."
    return f"At a window of {window} days the {step} step saves money above {_size(size)} an object: {figures}."


def _whole_remark(chain: Option, none: Option) -> str:
    size = cheaper_above(chain.cost, none.cost)
    if size is None:
        return "Standard throughout is cheaper at every size."
    return f"Beside Standard throughout, the lifecycle saves money above {_size(size)} an object."


def _size(size: float) -> str:
    return f"{size / GB:,.1f} GB" if size >= GB else f"{size / MB:,.1f} MB"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
