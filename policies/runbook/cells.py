"""What may stand in a cell of a claims table: how it is read, and how it is written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from estate.names import PREFIX
from policies.runbook.cadence import cadence
from policies.runbook.values import EVERY, Datapoints, Threshold

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
COMPARISONS = {
    "above": "GreaterThanThreshold",
    "below": "LessThanThreshold",
    "at least": "GreaterThanOrEqualToThreshold",
}
UNITS = {"": 1, " GB": 1024**3}


WHOLE = r"[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15}"
"""A whole number: ASCII digits, thousands parted by commas throughout or not at all."""


@dataclass(frozen=True)
class Cell(Generic[T]):
    """A kind of cell.

    Attributes:
        expected: what may stand there, in words; the error's text.
        parse: reads the cell's text; raises ValueError.
        render: writes a value so that `parse` reads it again.
        others: what a careless edit could turn the value into, all of them readable.
        values: all there are, where they are few.
    """

    expected: str
    parse: Callable[[str], T]
    render: Callable[[T], str]
    others: Callable[[T], list[T]]
    values: tuple[T, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a claims table: its heading, and what may stand in it. It annotates the field that it fills."""

    heading: str
    cell: Cell[Any]


def choice(meanings: Mapping[str, T]) -> Cell[T]:
    """Makes a cell of a few words, each with its meaning."""
    values = tuple(dict.fromkeys(meanings.values()))

    def parse(text: str) -> T:
        if text not in meanings:
            raise ValueError
        return meanings[text]

    def render(value: T) -> str:
        return next(word for word, meaning in meanings.items() if meaning == value)

    return Cell(" or ".join(meanings), parse, render, lambda value: [v for v in values if v != value], values)


def words(kind: type[E]) -> Cell[E]:
    """Makes a cell of the words of an enumeration."""
    return choice({str(word): word for word in kind})


def code(pattern: str, expected: str) -> Cell[str]:
    """Makes a cell of a name in backticks."""

    def parse(text: str) -> str:
        if not (match := re.fullmatch(f"`({pattern})`", text)):
            raise ValueError
        return match[1]

    return Cell(f"{expected} in backticks", parse, lambda value: f"`{value}`", _other_names)


def number(unit: str) -> Cell[int]:
    """Makes a cell of a whole number and its unit, in singular or plural; thousands may be parted by commas."""

    def parse(text: str) -> int:
        if not (match := re.fullmatch(rf"({WHOLE}) {unit}s?", text)):
            raise ValueError
        return int(match[1].replace(",", ""))

    def render(value: int) -> str:
        return f"{value:,} {unit}" + ("" if value == 1 else "s")

    return Cell(f"a whole number of {unit}s, as 45 {unit}s", parse, render, lambda value: [value + 1, value - 1])


def _other_names(value: str) -> list[str]:
    """Drops a letter, or counts on: the slip of a keyboard. The result still reads as a name of the same kind."""
    if value.isascii() and value.isdecimal():
        return [str(int(value) + 1)]
    if len(value) > 2 and value[1].isalnum():
        return [value[:1] + value[2:]]
    return [value[:-1] or f"{value}x"]


def _environment(text: str) -> str:
    """Reads a name as stack files give it; that there is such a stack is a rule."""
    if text == EVERY or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
        raise ValueError
    return text


def _threshold(text: str) -> Threshold:
    match = re.fullmatch(rf"(above|below|at least) ((?:{WHOLE})(?:\.[0-9]{{1,15}})?)( GB|)", text)
    if not match:
        raise ValueError
    return Threshold(COMPARISONS[match[1]], float(match[2].replace(",", "")) * UNITS[match[3]])


def _render_threshold(value: Threshold) -> str:
    word = next(w for w, comparison in COMPARISONS.items() if comparison == value.comparison)
    unit = " GB" if value.value and value.value % UNITS[" GB"] == 0 else ""
    return f"{word} {value.value / UNITS[unit]:,.15g}{unit}"


def _other_thresholds(value: Threshold) -> list[Threshold]:
    step = UNITS[" GB"] if value.value >= UNITS[" GB"] else 1
    others = [Threshold(c, value.value) for c in COMPARISONS.values() if c != value.comparison]
    return [Threshold(value.comparison, value.value + step), *others]


def _datapoints(text: str) -> Datapoints:
    match = re.fullmatch(r"([0-9]{1,6}) of ([0-9]{1,6}) × ([0-9]{1,6}) (minute|hour|day)s?", text)
    if not match or int(match[1]) > int(match[2]):
        raise ValueError
    return Datapoints(int(match[1]), int(match[2]), int(match[3]) * SECONDS[match[4]])


def _render_datapoints(value: Datapoints) -> str:
    unit = max((u for u in SECONDS if value.seconds % SECONDS[u] == 0), key=lambda u: SECONDS[u])
    count = value.seconds // SECONDS[unit]
    return f"{value.enough} of {value.of} × {count} {unit}" + ("" if count == 1 else "s")


def _other_datapoints(value: Datapoints) -> list[Datapoints]:
    return [
        Datapoints(value.enough, value.of + 1, value.seconds),
        Datapoints(value.enough, value.of, value.seconds + 60),
        *([Datapoints(value.enough - 1, value.of, value.seconds)] if value.enough > 1 else []),
    ]


def _other_cadences(value: Any) -> list[Any]:
    words = ("hourly", "weekly", "on the 1st of January, April, July and November")
    return [c for c in map(cadence, words) if c != value]


ENVIRONMENT = Cell("an environment, as prod", _environment, str, _other_names)
ENVIRONMENT_OR_EVERY = Cell(
    f"an environment, as prod, or {EVERY}",
    lambda text: text if text == EVERY else _environment(text),
    str,
    lambda value: [*_other_names(value), *([EVERY] if value != EVERY else [])],
)
YES_NO = choice({"yes": True, "no": False})
BUCKETS = code(r"[a-z0-9][a-z0-9.*-]*", "a bucket name, with * for any ending,")
NAME = code(r"[A-Za-z0-9][A-Za-z0-9_-]*", "a name")
PATH = code(r"/[A-Za-z0-9_/.-]*[A-Za-z0-9_]", "a name that begins with a slash")
FIELD = code(r"[A-Za-z0-9_]+", "a field's name")
METRIC = code(r"[A-Za-z0-9][A-Za-z0-9._-]*", "a metric")
ACTION = code(r"[a-z0-9-]+:[A-Za-z]+", "an AWS action, as `s3:DeleteObject`,")
RESOURCE = code(r"[A-Za-z0-9:/.*_-]+", f"a resource, as `{PREFIX}-recordings-*/*`,")
SCRIPT = code(r"[a-z_/]+\.py", "a script's path")
VALUE = code(r"[^`]+", "a value")
STATISTIC = code(r"(?:Sum|Average|Minimum|Maximum|SampleCount) [A-Za-z0-9]+", "a statistic and a metric")
STATISTICS: Cell[tuple[str, ...]] = Cell(
    "statistics and metrics in backticks, parted by commas, as `Sum DeletedCount`",
    lambda text: tuple(sorted(STATISTIC.parse(part) for part in text.split(", "))),
    lambda value: ", ".join(STATISTIC.render(v) for v in value),
    lambda value: [tuple(sorted((f"{value[0]}s", *value[1:]))), (f"Average {value[0].split()[1]}", *value[1:])],
)
OPTIONAL_VALUE: Cell[Any] = Cell(
    "a value in backticks, or `changes`",
    lambda text: None if text == "changes" else VALUE.parse(text),
    lambda value: "changes" if value is None else VALUE.render(value),
    lambda value: [] if value is None else VALUE.others(value),
)
EVENT = code(r"[A-Z][A-Za-z ]+", "an event's name")
CADENCE: Cell[Any] = Cell(
    "hourly, nightly, daily, every 24 hours, weekly, or on the 1st of MONTH, MONTH and MONTH",
    cadence,
    str,
    _other_cadences,
)
THRESHOLD = Cell(
    "above, below or at least, and a number, as `above 10,000` or `above 1 GB`",
    _threshold,
    _render_threshold,
    _other_thresholds,
)
DATAPOINTS = Cell("as `2 of 3 × 5 minutes`", _datapoints, _render_datapoints, _other_datapoints)
SILENCE = choice({"alarm": "breaching", "fine": "notBreaching", "unchanged": "ignore", "unknown": "missing"})
DIMENSIONS = choice({"bucket and storage class": ("Bucket", "StorageClass"), "bucket and reason": ("Bucket", "Reason")})
DAYS = number("day")
OPTIONAL_DAYS: Cell[int | None] = Cell(
    "a whole number of days, or `not kept`",
    lambda text: None if text == "not kept" else DAYS.parse(text),
    lambda value: "not kept" if value is None else DAYS.render(value),
    lambda value: [1] if value is None else [None, *DAYS.others(value)],
)
