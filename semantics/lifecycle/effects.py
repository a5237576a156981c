"""What lifecycle rules silently do or never do, seen together with each other and with the bucket.

S3 accepts all of it. Each function yields a `Defect` for each place; `semantics.lifecycle.constraints` lists them with
page and date.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations

from semantics.lifecycle.checks import Defect, Subject, known
from semantics.lifecycle.model import (
    MINIMUM_SIZE,
    PREFERENCE,
    REACHABLE,
    LifecycleRule,
    NoncurrentTransition,
    Transition,
)
from semantics.lifecycle.storage_classes import StorageClass
from semantics.words import ABSENT


def disabled(subject: Subject) -> Iterator[Defect]:
    """Finds disabled rules, which do nothing."""
    for rule in subject.configuration.rules:
        if not rule.enabled:
            yield Defect(f"{rule.path}.status", "Enabled", "Disabled")


def idle(subject: Subject) -> Iterator[Defect]:
    """Finds rules whose only action is to leave delete markers alone."""
    for rule in subject.configuration.rules:
        others = (rule.transitions, rule.noncurrent_transitions, rule.noncurrent_expiration, rule.abort_multipart_days)
        if rule.expiration and rule.expiration.delete_marker is False and not any(others):
            path = f"{rule.path}.expiration.expiredObjectDeleteMarker"
            yield Defect(path, "true, or another action", "false")


def noncurrent_expire(subject: Subject) -> Iterator[Defect]:
    """Finds what expires in a versioned bucket and is never deleted."""
    if subject.versioned:
        for rule in _expiring(subject):
            if not any(
                _deletes_all(other) and other.filter.covers(rule.filter) for other in subject.configuration.enabled
            ):
                partial = [o for o in subject.configuration.enabled if o.noncurrent_expiration]
                found = f"only {', '.join(f'{o.id} for {o.filter}' for o in partial)}" if partial else ABSENT
                path = f"{rule.path}.noncurrentVersionExpiration"
                yield Defect(path, f"every noncurrent version deleted, for {rule.filter}", found)


def _expiring(subject: Subject) -> Iterator[LifecycleRule]:
    for rule in subject.configuration.enabled:
        if rule.expiration and (rule.expiration.days is not None or rule.expiration.date is not None):
            yield rule


def _deletes_all(rule: LifecycleRule) -> bool:
    """Says whether no version is spared: an expired one is the newest noncurrent, so sparing any spares it for good."""
    return rule.noncurrent_expiration is not None and rule.noncurrent_expiration.newer_versions is None


def markers_removed(subject: Subject) -> Iterator[Defect]:
    """Finds expirations in a versioned bucket whose delete markers nothing removes."""
    removing = [r for r in subject.configuration.enabled if r.expiration and r.expiration.delete_marker]
    if subject.versioned:
        for rule in _expiring(subject):
            if not any(rule.filter.prefix.startswith(other.filter.prefix) for other in removing):
                path = f"{rule.path}.expiration.expiredObjectDeleteMarker"
                yield Defect(path, "a further rule that removes expired delete markers", ABSENT)


def versions_exist(subject: Subject) -> Iterator[Defect]:
    """Finds actions on noncurrent versions and delete markers in a bucket that has none."""
    for rule in subject.configuration.enabled if not subject.versioned else ():
        for name, present in (
            ("noncurrentVersionTransitions", bool(rule.noncurrent_transitions)),
            ("noncurrentVersionExpiration", rule.noncurrent_expiration is not None),
            ("expiration.expiredObjectDeleteMarker", bool(rule.expiration and rule.expiration.delete_marker)),
        ):
            if present:
                yield Defect(f"{rule.path}.{name}", "absent in a bucket without versioning", "present")


def small_objects_stay(subject: Subject) -> Iterator[Defect]:
    """Finds transitions that leave behind objects meant to move, for being under 128 KB."""
    for rule in subject.configuration.enabled:
        for path, name in _moves(rule):
            if subject.smallest < MINIMUM_SIZE and not subject.configuration.moves(rule, name, subject.smallest):
                expected = f"a size filter, for objects of {subject.smallest:,} bytes to move to {name}"
                yield Defect(f"{rule.path}.filter", expected, f"{rule.filter}, at {path}")


def small_objects_move(subject: Subject) -> Iterator[Defect]:
    """Finds transitions that move objects smaller than meant."""
    for rule in subject.configuration.enabled:
        smallest = max(rule.filter.sizes[0], 0)
        for path, name in _moves(rule):
            if smallest < subject.smallest and subject.configuration.moves(rule, name, smallest):
                expected = f"objects under {subject.smallest:,} bytes left where they are"
                yield Defect(f"{rule.path}.{path}", expected, f"moved to {name} from {smallest:,} bytes on")


def _moves(rule: LifecycleRule) -> Iterator[tuple[str, str]]:
    for index, move in enumerate(rule.transitions):
        yield f"transitions[{index}]", move.storage_class
    for index, move in enumerate(rule.noncurrent_transitions):
        yield f"noncurrentVersionTransitions[{index}]", move.storage_class


def outrun_transitions(subject: Subject) -> Iterator[Defect]:
    """Finds transitions after another rule has ended the same objects or put them in a colder class."""
    rules = [r for r in known(subject) if r.enabled]
    for rule, other in permutations(rules, 2):
        if other.filter.covers(rule.filter):
            end = other.expiration.days if other.expiration else None
            if end is not None and subject.versioned:
                end = 1 + _marked(end, [t for r in rules if r.filter.overlaps(rule.filter) for t in r.transitions])
            yield from _outrun(subject, rule, other, end, noncurrent=False)
            gone = other.noncurrent_expiration.days if other.noncurrent_expiration and _deletes_all(other) else None
            yield from _outrun(subject, rule, other, gone, noncurrent=True)


def _marked(end: int, moves: Iterable[Transition]) -> int:
    """Returns the last day on which an expired object may get its marker: each move goes first, one a midnight.

    A move at a date is taken for one that comes in between.
    """
    moved = -1
    for day in sorted(end if move.days is None else move.days for move in moves):
        moved = max(day, moved + 1)
        end += moved == end
    return end


def _outrun(
    subject: Subject, rule: LifecycleRule, other: LifecycleRule, end: int | None, *, noncurrent: bool
) -> Iterator[Defect]:
    """Compares the moves of one rule with those of another that covers it; at day `end` the other ends the objects."""
    name = "noncurrentVersionTransitions" if noncurrent else "transitions"
    chain, theirs = (
        (rule.noncurrent_transitions, other.noncurrent_transitions)
        if noncurrent
        else (rule.transitions, other.transitions)
    )
    smallest = max(rule.filter.sizes[0], 0)
    for index, move in enumerate(chain):
        path, day = f"{rule.path}.{name}[{index}]", move.days
        if day is not None and end is not None and end <= day:
            yield Defect(path, f"before {other.id} ends the same objects", f"day {day}")
        moved_too = not subject.configuration.moves(rule, move.storage_class, smallest)
        for before in theirs:
            covered = moved_too or subject.configuration.moves(other, before.storage_class, smallest)
            first = day is not None and before.days is not None and covered and _earlier(before, move)
            reachable = move.storage_class in (before.storage_class, *REACHABLE[before.storage_class])
            if first and not reachable:
                found = f"{move.storage_class} on day {day}, {before.storage_class} by {other.id} on day {before.days}"
                yield Defect(path, f"a class that {before.storage_class} can move to", found)


def _earlier(before: Transition | NoncurrentTransition, move: Transition | NoncurrentTransition) -> bool:
    """Says whether one transition comes before another; of two on one day S3 does only the preferred."""
    days, other = before.days or 0, move.days or 0
    preferred = PREFERENCE.index(StorageClass(before.storage_class)) < PREFERENCE.index(
        StorageClass(move.storage_class)
    )
    return days < other or (days == other and preferred)


def overlaps(subject: Subject) -> Iterator[Defect]:
    """Finds two rules that do the same to an object, unless the narrower wins because it is the earlier."""
    for rule, other in permutations(subject.configuration.enabled, 2):
        if not rule.filter.overlaps(other.filter):
            continue
        narrower = rule.filter.covers(other.filter) and not other.filter.covers(rule.filter)
        for path, read in _timed(rule):
            late, early = read(rule), read(other)
            if late is not None and early is not None and early < late and not narrower:
                found = (
                    f"{late} days; {other.id} does the same to {other.filter} after {early} days, and the earlier wins"
                )
                yield Defect(f"{rule.path}.{path}", "one day for each object, or the narrower rule the earlier", found)


_Days = Callable[[LifecycleRule], int | None]


def _timed(rule: LifecycleRule) -> Iterator[tuple[str, _Days]]:
    """Yields the timed actions of a rule, each with a function that reads the same action's days in any rule."""
    yield "expiration.days", lambda r: r.expiration.days if r.expiration else None
    yield (
        "noncurrentVersionExpiration.noncurrentDays",
        lambda r: r.noncurrent_expiration.days if r.noncurrent_expiration and _deletes_all(r) else None,
    )
    yield "abortIncompleteMultipartUpload.daysAfterInitiation", lambda r: r.abort_multipart_days
    for index, move in enumerate(rule.transitions):
        yield f"transitions[{index}].days", _reader(move.storage_class)


def _reader(storage_class: str) -> _Days:
    return lambda rule: next((t.days for t in rule.transitions if t.storage_class == storage_class), None)
