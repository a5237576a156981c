"""What S3 refuses in the times of a lifecycle rule's actions: what must come before what, and by how much.

Each function yields a `Defect` for each place; `semantics.lifecycle.constraints` lists them with page and date.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from semantics.lifecycle.checks import DESTINATIONS, Defect, Subject, known
from semantics.lifecycle.dates import midnight
from semantics.lifecycle.model import MINIMUM_STAY, REACHABLE, LifecycleRule, NoncurrentTransition, Transition
from semantics.words import ABSENT


@dataclass(frozen=True)
class _Timed:
    """A move and its day: of the object's age, or of the calendar."""

    storage_class: str
    day: int
    dated: bool

    def at(self, day: int) -> str:
        return date.fromordinal(day).isoformat() if self.dated and day <= date.max.toordinal() else f"day {day}"

    def __str__(self) -> str:
        return self.at(self.day)


def _timed(moves: Sequence[Transition | NoncurrentTransition]) -> list[_Timed]:
    """Sorts the moves of one clock by day; those without a readable time, and of a mixture the dated, are left out."""
    found = [_Timed(m.storage_class, m.days, dated=False) for m in moves if m.days is not None]
    if not found:
        midnights = [(m.storage_class, midnight(m.date)) for m in moves if isinstance(m, Transition) and m.date]
        found = [_Timed(name, at.toordinal(), dated=True) for name, at in midnights if at]
    return sorted(found, key=lambda m: (m.day, DESTINATIONS.index(m.storage_class)))


def _chains(rule: LifecycleRule) -> Iterator[tuple[str, list[_Timed]]]:
    """Yields the moves of current and of noncurrent versions, each in the order they happen."""
    yield f"{rule.path}.transitions", _timed(rule.transitions)
    yield f"{rule.path}.noncurrentVersionTransitions", _timed(rule.noncurrent_transitions)


def each_class_once(subject: Subject) -> Iterator[Defect]:
    """Finds two transitions of a rule to one class."""
    for rule in known(subject):
        for name, moves in (
            ("transitions", rule.transitions),
            ("noncurrentVersionTransitions", rule.noncurrent_transitions),
        ):
            for storage_class, count in Counter(m.storage_class for m in moves).items():
                if count > 1:
                    yield Defect(f"{rule.path}.{name}", f"one transition to {storage_class}", f"{count}")


def order(subject: Subject) -> Iterator[Defect]:
    """Finds transitions of a rule to a class that the one before can't move to."""
    for rule in known(subject):
        for path, moves in _chains(rule):
            for before, after in pairwise(moves):
                reachable = (before.storage_class, *REACHABLE[before.storage_class])
                if after.storage_class not in reachable:
                    expected = f"a class that {before.storage_class} ({before}) can move to"
                    yield Defect(path, expected, f"{after.storage_class} on {after}")


def spacing(subject: Subject) -> Iterator[Defect]:
    """Finds transitions of a rule that leave a class before its minimum stay."""
    for rule in known(subject):
        for path, moves in _chains(rule):
            for before, after in pairwise(moves):
                gap, least = after.day - before.day, MINIMUM_STAY.get(before.storage_class, 0)
                if after.storage_class in REACHABLE[before.storage_class] and gap < least:
                    earliest = before.at(before.day + least)
                    expected = f"{after.storage_class} on {earliest} or later, or in a rule of its own"
                    yield Defect(path, expected, f"{after}, {gap} days after {before.storage_class}")


def expiration_last(subject: Subject) -> Iterator[Defect]:
    """Finds deletions that are not later than every transition of their rule."""
    for rule in subject.configuration.rules:
        end, gone = rule.expiration, rule.noncurrent_expiration
        yield from _last(f"{rule.path}.expiration.days", end and end.days, [m.days for m in rule.transitions])
        path = f"{rule.path}.noncurrentVersionExpiration.noncurrentDays"
        yield from _last(path, gone and gone.days, [m.days for m in rule.noncurrent_transitions])
        dates = [midnight(m.date) for m in rule.transitions]
        latest, last = max(filter(None, dates), default=None), end and midnight(end.date)
        if latest and last and last <= latest:
            yield Defect(f"{rule.path}.expiration.date", f"later than {latest}, the last transition's", str(last))


def _last(path: str, last: int | None, moves: Sequence[int | None]) -> Iterator[Defect]:
    latest = max((days for days in moves if days is not None), default=None)
    if last is not None and latest is not None and last <= latest:
        yield Defect(path, f"more than {latest} days, the last transition's", str(last))


def _clocks(rule: LifecycleRule) -> Iterator[tuple[str, int | None, str | None]]:
    """Yields name, days and date of each action that has one of them."""
    for index, move in enumerate(rule.transitions):
        yield f"transitions[{index}]", move.days, move.date
    if rule.expiration and (rule.expiration.delete_marker is None or rule.expiration.days or rule.expiration.date):
        yield "expiration", rule.expiration.days, rule.expiration.date


def days_or_date(subject: Subject) -> Iterator[Defect]:
    """Finds actions with days and a date, or neither."""
    for rule in subject.configuration.rules:
        for name, days, at in _clocks(rule):
            if (days is None) == (at is None):
                found = "neither" if days is None else f"{days} days and {at}"
                yield Defect(f"{rule.path}.{name}", "either days or a date", found)
        for index, move in enumerate(rule.noncurrent_transitions):
            if move.days is None:
                yield Defect(f"{rule.path}.noncurrentVersionTransitions[{index}].noncurrentDays", "days", ABSENT)
        if rule.noncurrent_expiration and rule.noncurrent_expiration.days is None:
            yield Defect(f"{rule.path}.noncurrentVersionExpiration.noncurrentDays", "days", ABSENT)


def one_clock(subject: Subject) -> Iterator[Defect]:
    """Finds rules of which some actions have days and others dates."""
    for rule in subject.configuration.rules:
        if {days is None for _, days, at in _clocks(rule) if (days is None) != (at is None)} == {True, False}:
            yield Defect(rule.path, "days throughout, or dates throughout", "both")


def midnight_dates(subject: Subject) -> Iterator[Defect]:
    """Finds dates that are not ISO 8601 at midnight UTC."""
    for rule in subject.configuration.rules:
        for name, _, text in _clocks(rule):
            if text is not None and not midnight(text):
                expected = "a date at midnight UTC, as 2027-01-31T00:00:00Z"
                yield Defect(f"{rule.path}.{name}.date", expected, repr(text))
