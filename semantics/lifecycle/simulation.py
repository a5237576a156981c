"""What S3 does to the versions of one key under lifecycle rules, day by day, as S3 documents it.

Everything happens at midnight UTC, on the state found there:

- An age counts from a version's creation (of its successor, once noncurrent), and "rounds up to the next midnight UTC";
  a creation exactly at midnight waits for the next one too, so that an end is never promised too early.
- Permanent deletion goes before transition, transition before the creation of a delete marker; of several transitions
  the cheapest class wins, except that Intelligent-Tiering wins over all but the two archive classes.
- In a versioned bucket an expiration adds a delete marker. A legal hold stops permanent deletion, never a marker or a
  transition.
- A delete marker with nothing behind it goes by a rule that says so, or when it is itself as old as an expiration says.
- Noncurrent delete markers go like other noncurrent versions, and don't count among the newer ones that a rule spares.
- Where versioning is suspended, every write and every marker has the null version id, and takes the place of the
  version that had it: that one's bytes are gone at once. Versions with ids of their own stay behind it.

S3 acts asynchronously: it may be later than this, but is billed as if it were not.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html and lifecycle-conflicts.html, read
2026-11-24, and lifecycle-expire-general-considerations.html, read 2026-11-28. Replication and Object Lock retention
periods are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from semantics.lifecycle.dates import NEVER, day_of, due, later, midnight
from semantics.lifecycle.model import PREFERENCE, REACHABLE, LifecycleConfiguration, LifecycleRule
from semantics.lifecycle.storage_classes import StorageClass

FOREVER = NEVER
"""Held until somebody lifts the hold."""


class Action(StrEnum):
    """What happens to a version."""

    CREATED = "created"
    MOVED = "moved"
    MARKED = "marked"
    DELETED = "deleted"


@dataclass(frozen=True)
class Version:
    """One version of a key, as a client writes it.

    Attributes:
        born: LastModified, with time zone.
        size: bytes.
        tags: its tags.
        storage_class: the class it is written to.
        held_until: the day its legal hold is lifted, `FOREVER` where nobody does, None where there is none.
        marker: whether it is a delete marker.
        null: whether it has the null version id, as what is written before versioning is enabled. What is written while
            it is suspended has it anyway.
    """

    born: datetime
    size: int = 1 << 30
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    storage_class: str = StorageClass.STANDARD
    held_until: date | None = None
    marker: bool = False
    null: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happens to a version.

    Attributes:
        day: the day that begins with the midnight at which it happens; of a creation, the day it falls on.
        version: index into the versions in order of creation, markers made by lifecycle counted where they arise.
        action: what happens; `MARKED` stands at the new delete marker.
        storage_class: the class it is in from then on; empty for markers and deletions.
        rule: id of the rule that does it; empty for a client.
    """

    day: date
    version: int
    action: Action
    storage_class: str = ""
    rule: str = ""

    def __str__(self) -> str:
        """Says it as a line: `2027-01-09 version 0 moved to STANDARD_IA by archive`."""
        into = {Action.CREATED: f" in {self.storage_class}", Action.MOVED: f" to {self.storage_class}"}
        by = f" by {self.rule}" if self.rule else ""
        what = "added as a delete marker" if self.action is Action.MARKED else self.action
        return f"{self.day} version {self.version} {what}{into.get(self.action, '')}{by}"


@dataclass
class _Living:
    """A version that still exists.

    Attributes:
        number: counted from the first version of the key.
        version: as it was written, in the class that it is in now.
        superseded: since when another stands before it; None while it is current.
        null: whether it has the null version id.
    """

    number: int
    version: Version
    superseded: datetime | None = None
    null: bool = False


@dataclass(frozen=True)
class _Deed:
    """Something that a rule does to a living version, the more urgent the smaller `rank`, from `day` on."""

    day: date
    rank: int
    living: _Living
    action: Action
    storage_class: str
    rule: str


def simulate(
    configuration: LifecycleConfiguration,
    key: str,
    versions: Iterable[Version],
    *,
    versioned: bool,
    suspended: datetime | None = None,
) -> tuple[Event, ...]:
    """Follows a key from its first version until nothing happens any more.

    Args:
        configuration: the bucket's rules; they must have no `refused` problem.
        key: the object's key, which filters look at.
        versions: what clients write, delete markers among it, in any order. In an unversioned bucket each replaces
            the one before.
        versioned: whether versioning is, or was, enabled.
        suspended: the moment, with time zone, from which versioning is suspended; None where it never is. Such a bucket
            has no Object Lock, so no version can be held.

    Returns:
        Everything that happens, in order.

    Raises:
        ValueError: a version is held where versioning is suspended.
    """
    written = sorted(versions, key=lambda v: v.born)
    if suspended and any(v.held_until for v in written):
        raise ValueError("held_until is set: a bucket with Object Lock can't suspend versioning")
    state = _Key(configuration, key, versioned=versioned, suspended=suspended)
    return tuple(state.run(written))


def gone(events: Iterable[Event]) -> date | None:
    """Returns the day at whose beginning the last bytes are deleted, or None where some stay for ever."""
    happened = tuple(events)
    ended = {e.version: e.day for e in happened if e.action is Action.DELETED}
    days = [ended.get(e.version) for e in happened if e.action is Action.CREATED]
    return None if None in days else max((d for d in days if d), default=None)


class _Key:
    """The state of one key, moved from one eventful midnight to the next."""

    def __init__(
        self, configuration: LifecycleConfiguration, key: str, *, versioned: bool, suspended: datetime | None
    ) -> None:
        self._configuration = configuration
        self._key = key
        self._versioned = versioned
        self._suspended = suspended
        self._living: list[_Living] = []
        self._count = 0

    def run(self, births: list[Version]) -> Iterator[Event]:
        """Yields what happens. `today` is the last midnight that was dealt with."""
        today = date.min
        while True:
            deeds = self._next_deeds(today)
            first = deeds[0].day if deeds else NEVER
            if births and (not deeds or day_of(births[0].born) < first):
                new = births.pop(0)
                yield from self._push(new, day_of(new.born), "")
                today = max(today, day_of(new.born))
            elif deeds:
                today = first
                yield from self._apply(deeds)
            else:
                return

    def _push(self, version: Version, day: date, rule: str) -> Iterator[Event]:
        """Puts a version on top; one with the null version id takes the place of the one that had it."""
        null = version.null or not self._versioned or (self._suspended is not None and version.born >= self._suspended)
        if null:
            for living in [v for v in self._living if v.null]:
                self._living.remove(living)
                yield Event(day, living.number, Action.DELETED, rule=rule)
        if self._living and self._living[-1].superseded is None:
            self._living[-1].superseded = version.born
        self._living.append(_Living(self._count, version, null=null))
        self._count += 1
        action = Action.MARKED if version.marker else Action.CREATED
        yield Event(day, self._count - 1, action, "" if version.marker else version.storage_class, rule)

    def _next_deeds(self, today: date) -> list[_Deed]:
        """Returns the most urgent deed for each version that has one on the next eventful midnight after today."""
        deeds = [replace(d, day=max(d.day, _after(today))) for living in self._living for d in self._deeds(living)]
        first = min((d.day for d in deeds), default=NEVER)
        chosen: dict[int, _Deed] = {}
        for deed in sorted((d for d in deeds if d.day == first < NEVER), key=lambda d: (d.rank, d.rule)):
            chosen.setdefault(deed.living.number, deed)
        return sorted(chosen.values(), key=lambda d: d.living.number)

    def _apply(self, deeds: list[_Deed]) -> Iterator[Event]:
        for deed in deeds:
            if deed.action is Action.MOVED:
                deed.living.version = replace(deed.living.version, storage_class=deed.storage_class)
                yield Event(deed.day, deed.living.number, Action.MOVED, deed.storage_class, deed.rule)
            elif deed.action is Action.DELETED:
                self._living.remove(deed.living)
                yield Event(deed.day, deed.living.number, Action.DELETED, rule=deed.rule)
            else:
                now = datetime.combine(deed.day, datetime.min.time(), UTC)
                yield from self._push(Version(now, 0, marker=True), deed.day, deed.rule)

    def _deeds(self, living: _Living) -> Iterator[_Deed]:
        """Yields what rules do to a version as things stand, each with the day from which they do it."""
        for rule in self._configuration.enabled:
            if living.version.marker:
                yield from self._marker_deeds(living, rule)
            elif rule.filter.admits(self._key, living.version.size, living.version.tags):
                yield from self._transitions(living, rule)
                yield from self._expirations(living, rule)
        # A noncurrent marker is a noncurrent version like any other; it has neither size nor tags to filter by.

    def _marker_deeds(self, living: _Living, rule: LifecycleRule) -> Iterator[_Deed]:
        if not self._key.startswith(rule.filter.prefix) or rule.filter.tags or rule.filter.by_size:
            return
        if living.superseded is not None:
            yield from self._noncurrent_expiration(living, rule, living.superseded)
        elif len(self._living) == 1 and rule.expiration:
            if rule.expiration.delete_marker:
                yield _Deed(date.min, 0, living, Action.DELETED, "", rule.id)
            elif (day := _day(living.version.born, rule.expiration.days, rule.expiration.date)) is not None:
                yield _Deed(day, 0, living, Action.DELETED, "", rule.id)

    def _transitions(self, living: _Living, rule: LifecycleRule) -> Iterator[_Deed]:
        if living.superseded is None:
            moves = [(t.storage_class, _day(living.version.born, t.days, t.date)) for t in rule.transitions]
        else:
            moves = [
                (t.storage_class, _day(living.superseded, t.days))
                for t in rule.noncurrent_transitions
                if self._spared(living) >= (t.newer_versions or 0)
            ]
        for name, day in moves:
            reachable = name in REACHABLE.get(living.version.storage_class, ())
            if day and reachable and self._configuration.moves(rule, name, living.version.size):
                yield _Deed(day, 1 + PREFERENCE.index(StorageClass(name)), living, Action.MOVED, name, rule.id)

    def _expirations(self, living: _Living, rule: LifecycleRule) -> Iterator[_Deed]:
        if living.superseded is not None:
            yield from self._noncurrent_expiration(living, rule, living.superseded)
        elif rule.expiration and (day := _day(living.version.born, rule.expiration.days, rule.expiration.date)):
            if self._versioned:
                yield _Deed(day, 1 + len(PREFERENCE), living, Action.MARKED, "", rule.id)
            else:
                yield _Deed(_held(living, day), 0, living, Action.DELETED, "", rule.id)

    def _noncurrent_expiration(self, living: _Living, rule: LifecycleRule, since: datetime) -> Iterator[_Deed]:
        end = rule.noncurrent_expiration
        if end and end.days is not None and self._spared(living) >= (end.newer_versions or 0):
            yield _Deed(_held(living, due(since, end.days)), 0, living, Action.DELETED, "", rule.id)

    def _spared(self, living: _Living) -> int:
        """Counts the noncurrent versions newer than this one; delete markers among them are none of those spared."""
        newer = self._living[self._living.index(living) + 1 : -1]
        return sum(not other.version.marker for other in newer)


def _after(day: date) -> date:
    return date.min if day == date.min else later(day, 1)


def _day(since: datetime, days: int | None, at: str | None = None) -> date | None:
    """Returns the day of a timed action: by age, or at a date for what existed by then and for what came later."""
    if days is not None:
        return due(since, days)
    day = midnight(at)
    return day and max(day, due(since, 0))


def _held(living: _Living, day: date) -> date:
    """Puts a permanent deletion off until the hold is lifted; delete markers cannot be held."""
    if living.version.marker:
        return day
    return max(day, living.version.held_until or date.min)
