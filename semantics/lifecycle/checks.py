"""What is wrong with a lifecycle rule taken by itself, as what S3 refuses.

Each function yields a `Defect` for each place; `semantics.lifecycle.constraints` lists them with page and date.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from semantics.lifecycle.model import (
    ALL_CLASSES_128K,
    REACHABLE,
    VARIES_BY_CLASS,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentTransition,
    Transition,
)
from semantics.lifecycle.storage_classes import StorageClass
from semantics.words import ABSENT

DESTINATIONS = REACHABLE[StorageClass.STANDARD]
"""Classes that a transition may name."""

RULES_LIMIT, ID_LIMIT, PREFIX_LIMIT, NEWER_VERSIONS_LIMIT, GAP_DAYS = 1000, 255, 1024, 100, 30


@dataclass(frozen=True)
class Subject:
    """What is judged: a configuration, its bucket's versioning, and the smallest object (bytes) meant to move."""

    configuration: LifecycleConfiguration
    versioned: bool
    smallest: int


@dataclass(frozen=True)
class Defect:
    """Where a constraint is broken: dotted path, what it asks for, what stands there."""

    property: str
    expected: str
    found: str


Moves = Sequence[Transition | NoncurrentTransition]


def _chains(rule: LifecycleRule) -> Iterator[tuple[str, Moves]]:
    """Yields the moves of current and of noncurrent versions, each in the order they happen."""
    for name, moves in (
        ("transitions", rule.transitions),
        ("noncurrentVersionTransitions", rule.noncurrent_transitions),
    ):
        dated = [m for m in moves if m.days is not None]
        yield f"{rule.path}.{name}", sorted(dated, key=lambda m: (m.days or 0, DESTINATIONS.index(m.storage_class)))


def known(subject: Subject) -> Iterator[LifecycleRule]:
    """Yields the rules whose classes exist: of others there is nothing more to say."""
    for rule in subject.configuration.rules:
        if all(m.storage_class in DESTINATIONS for m in (*rule.transitions, *rule.noncurrent_transitions)):
            yield rule


def rule_count(subject: Subject) -> Iterator[Defect]:
    """Finds more than 1,000 rules."""
    if (count := len(subject.configuration.rules)) > RULES_LIMIT:
        yield Defect("rules", f"at most {RULES_LIMIT:,} rules", f"{count:,} rules")


def unique_ids(subject: Subject) -> Iterator[Defect]:
    """Finds ids that several rules share."""
    for identity, count in Counter(r.id for r in subject.configuration.rules).items():
        if count > 1:
            yield Defect(f"rules[{identity}].id", "an id of its own for each rule", f"{identity!r} on {count} rules")


def id_length(subject: Subject) -> Iterator[Defect]:
    """Finds ids that are empty or longer than 255 characters."""
    for rule in subject.configuration.rules:
        if not 1 <= len(rule.id) <= ID_LIMIT:
            yield Defect(f"{rule.path}.id", f"1 to {ID_LIMIT} characters", f"{len(rule.id)} characters")


def has_action(subject: Subject) -> Iterator[Defect]:
    """Finds rules without an action."""
    for rule in subject.configuration.rules:
        actions = (rule.transitions, rule.noncurrent_transitions, rule.expiration, rule.noncurrent_expiration)
        if not any(actions) and rule.abort_multipart_days is None:
            yield Defect(rule.path, "at least one action", "none")


def class_names(subject: Subject) -> Iterator[Defect]:
    """Finds transitions to a class that lifecycle can't move objects to."""
    for rule in subject.configuration.rules:
        for name, moves in (
            ("transitions", rule.transitions),
            ("noncurrentVersionTransitions", rule.noncurrent_transitions),
        ):
            for index, move in enumerate(moves):
                if move.storage_class not in DESTINATIONS:
                    path = f"{rule.path}.{name}[{index}].storageClass"
                    yield Defect(path, f"one of {', '.join(DESTINATIONS)}", repr(move.storage_class))


def minimum_size_name(subject: Subject) -> Iterator[Defect]:
    """Finds a default for small objects that is not one of S3's two."""
    if (found := subject.configuration.minimum_size) not in (ALL_CLASSES_128K, VARIES_BY_CLASS):
        yield Defect("transitionDefaultMinimumObjectSize", f"{ALL_CLASSES_128K} or {VARIES_BY_CLASS}", repr(found))


def each_class_once(subject: Subject) -> Iterator[Defect]:
    """Finds two transitions of a rule to one class."""
    for rule in known(subject):
        for path, moves in _chains(rule):
            for name, count in Counter(m.storage_class for m in moves).items():
                if count > 1:
                    yield Defect(path, f"one transition to {name}", f"{count}")


def positive_days(subject: Subject) -> Iterator[Defect]:
    """Finds transitions before day 0, and deletions before day 1."""
    for rule in subject.configuration.rules:
        yield from _days_below(rule, 0, "transitions", [m.days for m in rule.transitions])
        yield from _days_below(rule, 0, "noncurrentVersionTransitions", [m.days for m in rule.noncurrent_transitions])
        for name, least in (
            ("expiration.days", rule.expiration and rule.expiration.days),
            (
                "noncurrentVersionExpiration.noncurrentDays",
                rule.noncurrent_expiration and rule.noncurrent_expiration.days,
            ),
            ("abortIncompleteMultipartUpload.daysAfterInitiation", rule.abort_multipart_days),
        ):
            if least is not None and least < 1:
                yield Defect(f"{rule.path}.{name}", "1 day or more", str(least))


def _days_below(rule: LifecycleRule, least: int, name: str, days: Sequence[int | None]) -> Iterator[Defect]:
    for index, found in enumerate(days):
        if found is not None and found < least:
            key = "days" if name == "transitions" else "noncurrentDays"
            yield Defect(f"{rule.path}.{name}[{index}].{key}", f"{least} days or more", str(found))


def order(subject: Subject) -> Iterator[Defect]:
    """Finds transitions of a rule to a class that the one before can't move to."""
    for rule in known(subject):
        for path, moves in _chains(rule):
            for before, after in pairwise(moves):
                if (
                    before.storage_class != after.storage_class
                    and after.storage_class not in REACHABLE[before.storage_class]
                ):
                    expected = f"a class that {before.storage_class} (day {before.days}) can move to"
                    yield Defect(path, expected, f"{after.storage_class} on day {after.days}")


def spacing(subject: Subject) -> Iterator[Defect]:
    """Finds transitions of a rule that leave an infrequent-access class before 30 days."""
    for rule in known(subject):
        for path, moves in _chains(rule):
            for before, after in pairwise(moves):
                gap = (after.days or 0) - (before.days or 0)
                infrequent = before.storage_class in (StorageClass.STANDARD_IA, StorageClass.ONEZONE_IA)
                if infrequent and after.storage_class in REACHABLE[before.storage_class] and gap < GAP_DAYS:
                    earliest = (before.days or 0) + GAP_DAYS
                    expected = f"{after.storage_class} on day {earliest} or later, or in a rule of its own"
                    yield Defect(path, expected, f"day {after.days}, {gap} days after {before.storage_class}")


def expiration_last(subject: Subject) -> Iterator[Defect]:
    """Finds deletions that are not later than every transition of their rule."""
    for rule in subject.configuration.rules:
        end = rule.expiration.days if rule.expiration else None
        gone = rule.noncurrent_expiration.days if rule.noncurrent_expiration else None
        for name, last, moves in (
            ("expiration.days", end, rule.transitions),
            ("noncurrentVersionExpiration.noncurrentDays", gone, rule.noncurrent_transitions),
        ):
            latest = max((m.days for m in moves if m.days is not None), default=None)
            if last is not None and latest is not None and last <= latest:
                yield Defect(f"{rule.path}.{name}", f"more than {latest} days, the last transition's", str(last))


def days_or_date(subject: Subject) -> Iterator[Defect]:
    """Finds actions with days and a date, or neither, and rules that mix the two."""
    for rule in subject.configuration.rules:
        timed = [(f"transitions[{i}]", t.days, t.date) for i, t in enumerate(rule.transitions)]
        if rule.expiration and not rule.expiration.delete_marker:
            timed.append(("expiration", rule.expiration.days, rule.expiration.date))
        for name, days, date in timed:
            if (days is None) == (date is None):
                found = "neither" if days is None else f"{days} days and {date}"
                yield Defect(f"{rule.path}.{name}", "either days or a date", found)
        if {days is None for _, days, date in timed if (days is None) != (date is None)} == {True, False}:
            yield Defect(rule.path, "days throughout, or dates throughout", "both")
        for index, move in enumerate(rule.noncurrent_transitions):
            if move.days is None:
                yield Defect(f"{rule.path}.noncurrentVersionTransitions[{index}].noncurrentDays", "days", ABSENT)
        if rule.noncurrent_expiration and rule.noncurrent_expiration.days is None:
            yield Defect(f"{rule.path}.noncurrentVersionExpiration.noncurrentDays", "days", ABSENT)


def midnight_dates(subject: Subject) -> Iterator[Defect]:
    """Finds dates that are not ISO 8601 at midnight UTC."""
    for rule in subject.configuration.rules:
        dates = [(f"transitions[{i}].date", t.date) for i, t in enumerate(rule.transitions)]
        dates.append(("expiration.date", rule.expiration.date if rule.expiration else None))
        for name, text in dates:
            if text is not None and not _midnight(text):
                yield Defect(f"{rule.path}.{name}", "a date at midnight UTC, as 2027-01-31T00:00:00Z", repr(text))


def _midnight(text: str) -> bool:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return False
    offset = moment.utcoffset()
    return (moment.hour, moment.minute, moment.second, moment.microsecond) == (0, 0, 0, 0) and not offset


def marker_alone(subject: Subject) -> Iterator[Defect]:
    """Finds the removal of delete markers beside days or a date."""
    for rule in subject.configuration.rules:
        end = rule.expiration
        if end and end.delete_marker and (end.days is not None or end.date is not None):
            found = f"beside {end.date if end.days is None else f'{end.days} days'}"
            yield Defect(f"{rule.path}.expiration.expiredObjectDeleteMarker", "alone, in a rule of its own", found)


def marker_unfiltered(subject: Subject) -> Iterator[Defect]:
    """Finds the removal of delete markers under a filter by tag or size, which markers have not."""
    for rule in subject.configuration.rules:
        if rule.expiration and rule.expiration.delete_marker and (rule.filter.tags or rule.filter.by_size):
            yield Defect(f"{rule.path}.filter", "a prefix only, beside expiredObjectDeleteMarker", str(rule.filter))


def abort_unfiltered(subject: Subject) -> Iterator[Defect]:
    """Finds the end of multipart uploads under a filter by tag or size, which uploads have not."""
    for rule in subject.configuration.rules:
        if rule.abort_multipart_days is not None and (rule.filter.tags or rule.filter.by_size):
            yield Defect(
                f"{rule.path}.filter", "a prefix only, beside abortIncompleteMultipartUpload", str(rule.filter)
            )


def newer_versions(subject: Subject) -> Iterator[Defect]:
    """Finds a number of spared noncurrent versions outside of 1 to 100."""
    for rule in subject.configuration.rules:
        counts = [
            (f"noncurrentVersionTransitions[{i}]", t.newer_versions) for i, t in enumerate(rule.noncurrent_transitions)
        ]
        if rule.noncurrent_expiration:
            counts.append(("noncurrentVersionExpiration", rule.noncurrent_expiration.newer_versions))
        for name, count in counts:
            if count is not None and not 1 <= count <= NEWER_VERSIONS_LIMIT:
                path = f"{rule.path}.{name}.newerNoncurrentVersions"
                yield Defect(path, f"1 to {NEWER_VERSIONS_LIMIT} versions", str(count))


def filter_shape(subject: Subject) -> Iterator[Defect]:
    """Finds filters that admit nothing, prefixes too long, and prefixes beside the filter."""
    for rule in subject.configuration.rules:
        smallest, largest = rule.filter.sizes
        if smallest > largest or smallest < 0:
            yield Defect(f"{rule.path}.filter", "a size that an object can have", str(rule.filter))
        if (length := len(rule.filter.prefix.encode())) > PREFIX_LIMIT:
            yield Defect(f"{rule.path}.filter.prefix", f"at most {PREFIX_LIMIT} bytes", f"{length} bytes")
        if rule.legacy_prefix:
            yield Defect(f"{rule.path}.prefix", "inside filter", "beside it")
