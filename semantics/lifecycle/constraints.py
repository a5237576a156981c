"""What S3 refuses in a lifecycle configuration, and what it accepts though it does not do what it seems to.

Nothing else checks this before S3 does: emulators accept every one of these mistakes, and S3 answers `silent` ones with
success. The table is data; each row has the source it was read from.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from semantics.lifecycle import checks as rules
from semantics.lifecycle import effects
from semantics.lifecycle.checks import Defect, Subject
from semantics.lifecycle.model import MINIMUM_SIZE, LifecycleConfiguration
from semantics.source import Source

_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
READ = "2026-11-24"
ELEMENTS = Source(_GUIDE + "intro-lifecycle-rules.html", READ)
TRANSITIONS = Source(_GUIDE + "lifecycle-transition-general-considerations.html", READ)
CONFLICTS = Source(_GUIDE + "lifecycle-conflicts.html", READ)
VERSIONS = Source(_GUIDE + "lifecycle-configuration-examples.html", READ)


class Kind(StrEnum):
    """Whether S3 answers with an error, or accepts and does something else."""

    REFUSED = "refused"
    SILENT = "silent"


@dataclass(frozen=True)
class Constraint:
    """One row.

    Attributes:
        id: short and stable.
        kind: what S3 does about it.
        title: what must hold.
        why: what happens otherwise.
        source: the page it was read from, and when.
        check: yields the places where it does not hold.
    """

    id: str
    kind: Kind
    title: str
    why: str
    source: Source
    check: Callable[[Subject], Iterable[Defect]]


@dataclass(frozen=True)
class Problem:
    """One constraint broken in one place.

    Attributes:
        constraint: its row.
        property: dotted path, as `rules[archive].expiration.days`.
        expected: what the constraint asks for.
        found: what stands there.
    """

    constraint: Constraint
    property: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.constraint.id}: {self.property} is {self.found}, expected {self.expected}. {self.constraint.why}"


def problems(
    configuration: LifecycleConfiguration, *, versioned: bool, smallest: int = MINIMUM_SIZE
) -> Iterator[Problem]:
    """Judges a bucket's lifecycle configuration.

    Args:
        configuration: all its rules.
        versioned: whether the bucket is or ever was versioned (suspended counts: old versions stay).
        smallest: bytes of the smallest object that is meant to change class; S3's own default if nothing is said.
    """
    subject = Subject(configuration, versioned, smallest)
    for constraint in CONSTRAINTS:
        for defect in constraint.check(subject):
            yield Problem(constraint, defect.property, defect.expected, defect.found)


def _refused(
    identity: str, title: str, why: str, source: Source, check: Callable[[Subject], Iterable[Defect]]
) -> Constraint:
    return Constraint(identity, Kind.REFUSED, title, why, source, check)


def _silent(
    identity: str, title: str, why: str, source: Source, check: Callable[[Subject], Iterable[Defect]]
) -> Constraint:
    return Constraint(identity, Kind.SILENT, title, why, source, check)


CONSTRAINTS = (
    _refused(
        "rule-count",
        "A bucket holds at most 1,000 lifecycle rules.",
        "S3 refuses the whole configuration.",
        ELEMENTS,
        rules.rule_count,
    ),
    _refused(
        "unique-ids",
        "No two rules of a bucket share an id.",
        "S3 refuses the whole configuration.",
        ELEMENTS,
        rules.unique_ids,
    ),
    _refused(
        "id-length",
        "An id has 1 to 255 characters.",
        "S3 refuses it, and makes one up where there is none.",
        Source(_API + "API_LifecycleRule.html", READ),
        rules.id_length,
    ),
    _refused("has-action", "A rule has an action.", "S3 refuses a rule that does nothing.", ELEMENTS, rules.has_action),
    _refused(
        "storage-class",
        "A transition names a class that lifecycle can move objects to.",
        "S3 refuses other names, console names among them.",
        Source(_API + "API_Transition.html", READ),
        rules.class_names,
    ),
    _refused(
        "minimum-size-name",
        "The default for small objects is one of S3's two.",
        "S3 refuses other words.",
        Source(_API + "API_PutBucketLifecycleConfiguration.html", READ),
        rules.minimum_size_name,
    ),
    _refused(
        "class-once",
        "A rule moves objects to a class once.",
        "S3 refuses two transitions of a rule to one class.",
        TRANSITIONS,
        rules.each_class_once,
    ),
    _refused(
        "positive-days",
        "Transitions count from day 0, deletions from day 1.",
        "S3 refuses smaller numbers.",
        Source(_API + "API_LifecycleExpiration.html", READ),
        rules.positive_days,
    ),
    _refused(
        "order",
        "Objects only move down: each class is reachable from the one before.",
        "S3 refuses a rule that would move objects back up.",
        TRANSITIONS,
        rules.order,
    ),
    _refused(
        "spacing",
        "Within one rule, 30 days lie between an infrequent-access class and the next.",
        "The spacing is documented per rule, so an earlier second move needs a rule of its own.",
        TRANSITIONS,
        rules.spacing,
    ),
    _refused(
        "expiration-last",
        "A rule deletes later than it moves.",
        "S3 refuses an expiration that is not after the transitions.",
        ELEMENTS,
        rules.expiration_last,
    ),
    _refused(
        "days-or-date",
        "Each action has days or a date, and a rule uses one of them throughout.",
        "S3 refuses both, neither, and a mixture.",
        VERSIONS,
        rules.days_or_date,
    ),
    _refused(
        "midnight-dates",
        "A date is at midnight UTC.",
        "S3 refuses any other time of day.",
        Source(_API + "API_LifecycleExpiration.html", READ),
        rules.midnight_dates,
    ),
    _refused(
        "marker-alone",
        "Removing expired delete markers stands beside neither days nor a date.",
        "S3 refuses the two together.",
        Source(_API + "API_LifecycleExpiration.html", READ),
        rules.marker_alone,
    ),
    _refused(
        "marker-unfiltered",
        "Removing expired delete markers is filtered by prefix only.",
        "A delete marker has no tags and no size.",
        ELEMENTS,
        rules.marker_unfiltered,
    ),
    _refused(
        "abort-unfiltered",
        "Aborting multipart uploads is filtered by prefix only.",
        "An unfinished upload has no tags and no size.",
        ELEMENTS,
        rules.abort_unfiltered,
    ),
    _refused(
        "newer-versions",
        "1 to 100 newer noncurrent versions can be spared.",
        "S3 refuses other numbers.",
        Source(_API + "API_NoncurrentVersionExpiration.html", READ),
        rules.newer_versions,
    ),
    _refused(
        "filter-shape",
        "A filter admits some object, and the prefix stands in it.",
        "S3 refuses it, or the rule applies to nothing.",
        Source(_API + "API_LifecycleRuleFilter.html", READ),
        rules.filter_shape,
    ),
    _silent(
        "enabled", "Every rule is enabled.", "S3 keeps a disabled rule and ignores it.", ELEMENTS, effects.disabled
    ),
    _silent(
        "noncurrent-expire",
        "In a versioned bucket, what expires is also deleted as a noncurrent version.",
        "The expiration only adds a delete marker; the bytes stay, and are billed, for ever.",
        VERSIONS,
        effects.noncurrent_expire,
    ),
    _silent(
        "markers-removed",
        "In a versioned bucket, a rule removes expired delete markers.",
        "Markers with nothing behind them stay for another window and slow every listing.",
        VERSIONS,
        effects.markers_removed,
    ),
    _silent(
        "versions-exist",
        "Rules for noncurrent versions and delete markers stand in versioned buckets only.",
        "The action can never act.",
        ELEMENTS,
        effects.versions_exist,
    ),
    _silent(
        "small-objects-stay",
        "Objects under 128 KB that are meant to move have a size filter.",
        "By default they stay in their class until they expire.",
        TRANSITIONS,
        effects.small_objects_stay,
    ),
    _silent(
        "small-objects-move",
        "Objects too small to be worth it do not move.",
        "Each is billed as 128 KB in the infrequent-access classes, or with 40 KB of overhead in the archive classes.",
        TRANSITIONS,
        effects.small_objects_move,
    ),
    _silent(
        "outrun",
        "Every transition can still happen on its day.",
        "Another rule has ended the objects or put them in a colder class by then, so the transition can never act.",
        CONFLICTS,
        effects.outrun_transitions,
    ),
    _silent(
        "overlap",
        "Where rules overlap, the narrower is the earlier.",
        "S3 follows the earlier and cheaper one; the later rule reads as if it held, and does not.",
        CONFLICTS,
        effects.overlaps,
    ),
)
"""Standard to Standard-IA before day 30 is missing on purpose: S3 refused it until July 2026 and accepts it since.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_Transition.html: "0 or any positive integer", read 2026-11-24.
"""
