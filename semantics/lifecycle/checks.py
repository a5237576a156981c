"""What S3 refuses in the plain parts of a lifecycle rule: how many there are, their ids, actions, classes and numbers.

Each function yields a `Defect` for each place; `semantics.lifecycle.constraints` lists them with page and date. What a
rule's filter may hold is in `scopes`, what must come before what in `order`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from semantics.lifecycle.model import (
    ALL_CLASSES_128K,
    REACHABLE,
    VARIES_BY_CLASS,
    LifecycleConfiguration,
    LifecycleRule,
)
from semantics.lifecycle.storage_classes import StorageClass

DESTINATIONS = REACHABLE[StorageClass.STANDARD]
"""Classes that a transition may name."""

RULES_LIMIT, ID_LIMIT, NEWER_VERSIONS_LIMIT, DAYS_LIMIT = 1000, 255, 100, 2**31 - 1


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


def known(subject: Subject) -> Iterator[LifecycleRule]:
    """Yields the rules whose classes exist: of others there is nothing more to say."""
    for rule in subject.configuration.rules:
        if all(m.storage_class in DESTINATIONS for m in (*rule.transitions, *rule.noncurrent_transitions)):
            yield rule


def rule_count(subject: Subject) -> Iterator[Defect]:
    """Finds no rule, and more than 1,000 of them."""
    if not 1 <= (count := len(subject.configuration.rules)) <= RULES_LIMIT:
        yield Defect("rules", f"1 to {RULES_LIMIT:,} rules", f"{count:,} rules")


def unique_ids(subject: Subject) -> Iterator[Defect]:
    """Finds ids that several rules share."""
    for identity, count in Counter(r.id for r in subject.configuration.rules if r.id).items():
        if count > 1:
            yield Defect(f"rules[{identity}].id", "an id of its own for each rule", f"{identity!r} on {count} rules")


def id_length(subject: Subject) -> Iterator[Defect]:
    """Finds ids longer than 255 characters."""
    for rule in subject.configuration.rules:
        if len(rule.id) > ID_LIMIT:
            yield Defect(f"{rule.path}.id", f"at most {ID_LIMIT} characters", f"{len(rule.id)} characters")


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


def _numbers(rule: LifecycleRule) -> Iterator[tuple[str, int | None, int]]:
    """Yields path, days and the least that S3 takes, of every action that counts days."""
    for index, move in enumerate(rule.transitions):
        yield f"{rule.path}.transitions[{index}].days", move.days, 0
    for index, move in enumerate(rule.noncurrent_transitions):
        yield f"{rule.path}.noncurrentVersionTransitions[{index}].noncurrentDays", move.days, 0
    if rule.expiration:
        yield f"{rule.path}.expiration.days", rule.expiration.days, 1
    if rule.noncurrent_expiration:
        path = f"{rule.path}.noncurrentVersionExpiration.noncurrentDays"
        yield path, rule.noncurrent_expiration.days, 1
    yield f"{rule.path}.abortIncompleteMultipartUpload.daysAfterInitiation", rule.abort_multipart_days, 1


def positive_days(subject: Subject) -> Iterator[Defect]:
    """Finds transitions before day 0, and deletions before day 1."""
    for rule in subject.configuration.rules:
        for path, found, least in _numbers(rule):
            if found is not None and found < least:
                yield Defect(path, "1 day or more" if least else "0 days or more", str(found))


def days_fit(subject: Subject) -> Iterator[Defect]:
    """Finds days that no 32-bit number holds."""
    for rule in subject.configuration.rules:
        for path, found, _ in _numbers(rule):
            if found is not None and found > DAYS_LIMIT:
                yield Defect(path, f"at most {DAYS_LIMIT} days", str(found))


def marker_alone(subject: Subject) -> Iterator[Defect]:
    """Finds the removal of delete markers beside days or a date."""
    for rule in subject.configuration.rules:
        end = rule.expiration
        if end and end.delete_marker is not None and (end.days is not None or end.date is not None):
            found = f"beside {end.date if end.days is None else f'{end.days} days'}"
            yield Defect(f"{rule.path}.expiration.expiredObjectDeleteMarker", "alone, in a rule of its own", found)


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
