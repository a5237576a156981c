"""What S3 refuses in a lifecycle configuration, and what it accepts though it does not do what it seems to.

Nothing else checks this before S3 does: emulators accept every one of these mistakes, and S3 answers `silent` ones with
success. The table is data; each row has the source it was read from.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from semantics.lifecycle import checks, effects, order, scopes
from semantics.lifecycle.checks import Defect, Subject
from semantics.lifecycle.model import MINIMUM_SIZE, LifecycleConfiguration
from semantics.source import Source

_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
_API = "https://docs.aws.amazon.com/AmazonS3/latest/API/"
READ, AGAIN = "2026-11-24", "2026-11-28"
ELEMENTS = Source(_GUIDE + "intro-lifecycle-rules.html", READ)
FILTERS = Source(_GUIDE + "intro-lifecycle-filters.html", AGAIN)
TRANSITIONS = Source(_GUIDE + "lifecycle-transition-general-considerations.html", AGAIN)
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
        code: S3's error code, where it refuses; empty where it accepts.
    """

    id: str
    kind: Kind
    title: str
    why: str
    source: Source
    check: Callable[[Subject], Iterable[Defect]]
    code: str = ""


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


Check = Callable[[Subject], Iterable[Defect]]


def _answered(code: str) -> Callable[[str, str, str, Source, Check], Constraint]:
    """Returns what makes rows that S3 answers with an error code, or, without one, accepts."""

    def row(identity: str, title: str, why: str, source: Source, check: Check) -> Constraint:
        return Constraint(identity, Kind.REFUSED if code else Kind.SILENT, title, why, source, check, code)

    return row


_malformed, _argument, _request, _silent = map(_answered, ("MalformedXML", "InvalidArgument", "InvalidRequest", ""))

CONSTRAINTS = (
    _malformed(
        "rule-count",
        "A lifecycle configuration holds 1 to 1,000 rules.",
        "S3 refuses the whole configuration; a bucket without rules has none.",
        ELEMENTS,
        checks.rule_count,
    ),
    _argument(
        "unique-ids",
        "No two rules of a bucket share an id.",
        "S3 refuses the whole configuration.",
        ELEMENTS,
        checks.unique_ids,
    ),
    _argument(
        "id-length",
        "An id has at most 255 characters.",
        "S3 refuses it, and makes one up where there is none.",
        Source(_API + "API_LifecycleRule.html", READ),
        checks.id_length,
    ),
    _request(
        "has-action",
        "A rule has an action.",
        "S3 refuses a rule that does nothing.",
        ELEMENTS,
        checks.has_action,
    ),
    _malformed(
        "storage-class",
        "A transition names a class that lifecycle can move objects to.",
        "S3 refuses other names, console names among them.",
        Source(_API + "API_Transition.html", READ),
        checks.class_names,
    ),
    _malformed(
        "minimum-size-name",
        "The default for small objects is one of S3's two.",
        "S3 refuses other words.",
        Source(_API + "API_PutBucketLifecycleConfiguration.html", READ),
        checks.minimum_size_name,
    ),
    _request(
        "class-once",
        "A rule moves objects to a class once.",
        "S3 refuses two transitions of a rule to one class.",
        TRANSITIONS,
        order.each_class_once,
    ),
    _argument(
        "positive-days",
        "Transitions count from day 0, deletions from day 1.",
        "S3 refuses smaller numbers.",
        Source(_API + "API_LifecycleExpiration.html", READ),
        checks.positive_days,
    ),
    _malformed(
        "days-fit",
        "Days are 32-bit numbers.",
        "S3 refuses what its schema can't hold.",
        Source(_API + "API_Transition.html", AGAIN, "Days, an Integer"),
        checks.days_fit,
    ),
    _argument(
        "order",
        "Objects only move down: each class is reachable from the one before.",
        "S3 refuses a rule that would move objects back up, or aside.",
        TRANSITIONS,
        order.order,
    ),
    _argument(
        "spacing",
        "Within one rule, objects stay 30 days in an infrequent-access class and 90 in Glacier before they move on.",
        "The spacing is documented per rule, so an earlier second move needs a rule of its own.",
        TRANSITIONS,
        order.spacing,
    ),
    _argument(
        "expiration-last",
        "A rule deletes later than it moves.",
        "S3 refuses an expiration that is not after the transitions.",
        ELEMENTS,
        order.expiration_last,
    ),
    _malformed(
        "days-or-date",
        "Each action has days or a date.",
        "S3 refuses both, and neither.",
        VERSIONS,
        order.days_or_date,
    ),
    _request(
        "one-clock",
        "A rule counts days throughout, or has dates throughout.",
        "S3 refuses a mixture.",
        VERSIONS,
        order.one_clock,
    ),
    _argument(
        "midnight-dates",
        "A date is at midnight UTC.",
        "S3 refuses any other time of day: 'Date' must be at midnight GMT.",
        Source(_API + "API_LifecycleExpiration.html", AGAIN, "S3's error: aws/aws-sdk #478"),
        order.midnight_dates,
    ),
    _malformed(
        "marker-alone",
        "What becomes of expired delete markers stands beside neither days nor a date.",
        "S3 refuses the two together.",
        Source(_API + "API_LifecycleExpiration.html", READ),
        checks.marker_alone,
    ),
    _request(
        "marker-unfiltered",
        "Removing expired delete markers is filtered by prefix only.",
        "A delete marker has no tags and no size.",
        ELEMENTS,
        scopes.marker_unfiltered,
    ),
    _request(
        "abort-unfiltered",
        "Aborting multipart uploads is filtered by prefix only.",
        "An unfinished upload has no tags and no size.",
        Source(_GUIDE + "intro-lifecycle-rules.html", AGAIN, "S3's error: noobaa/noobaa-core #8870"),
        scopes.abort_unfiltered,
    ),
    _argument(
        "newer-versions",
        "1 to 100 newer noncurrent versions can be spared.",
        "S3 refuses other numbers.",
        Source(_API + "API_NoncurrentVersionExpiration.html", READ),
        checks.newer_versions,
    ),
    _request(
        "newer-filtered",
        "A rule that spares newer noncurrent versions has a filter.",
        "S3 refuses the number beside a prefix of the old kind.",
        ELEMENTS,
        scopes.newer_filtered,
    ),
    _malformed(
        "one-scope",
        "A rule has a filter, or a prefix of the old kind.",
        "S3 refuses both, and neither.",
        Source(_API + "API_LifecycleRule.html", AGAIN, "Filter and Prefix"),
        scopes.one_scope,
    ),
    _malformed(
        "one-predicate",
        "A filter holds one predicate, and its `and` two or more.",
        "S3 refuses anything else.",
        Source(
            _API + "API_LifecycleRuleFilter.html",
            AGAIN,
            "S3's errors: hashicorp/terraform-provider-aws #42373, two without `and`; #23882, `and` with one",
        ),
        scopes.one_predicate,
    ),
    _request(
        "sizes-possible",
        "A filter by size admits some object, and names no size above 5 TB.",
        "S3 refuses it. A newer copy of the page says 50 TB, as large as objects may be since December 2025; 5 TB is "
        "right by both.",
        FILTERS,
        scopes.sizes_possible,
    ),
    _argument(
        "names-fit",
        "A filter's prefix and tags are no longer than an object's.",
        "S3 refuses them.",
        FILTERS,
        scopes.names_fit,
    ),
    _silent(
        "enabled", "Every rule is enabled.", "S3 keeps a disabled rule and ignores it.", ELEMENTS, effects.disabled
    ),
    _silent(
        "acts",
        "A rule does something.",
        "S3 keeps a rule whose only action is expiredObjectDeleteMarker: false, and it never acts.",
        Source(_API + "API_LifecycleExpiration.html", AGAIN),
        effects.idle,
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
