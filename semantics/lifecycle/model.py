"""A bucket's lifecycle configuration as S3 understands it.

`reader` reads it. Values are kept as they were written, wrong ones too: `constraints` says what is wrong with them,
`simulation` what they do. Days are whole, sizes in bytes. Read 2026-11-24:
https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from semantics.lifecycle.storage_classes import StorageClass

ALL_CLASSES_128K = "all_storage_classes_128K"
VARIES_BY_CLASS = "varies_by_storage_class"

MINIMUM_SIZE = 128 * 1024
"""Bytes below which no transition happens by default."""

SMALL_OBJECTS_MAY_ENTER = (StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE)
"""Classes that smaller objects move to where the configuration says `varies_by_storage_class`."""

PREFERENCE = (
    StorageClass.DEEP_ARCHIVE,
    StorageClass.GLACIER,
    StorageClass.INTELLIGENT_TIERING,
    StorageClass.GLACIER_IR,
    StorageClass.ONEZONE_IA,
    StorageClass.STANDARD_IA,
)
"""Which transition wins where several are due on one day, the first first."""

REACHABLE: Mapping[str, tuple[str, ...]] = {
    StorageClass.STANDARD: (
        StorageClass.STANDARD_IA,
        StorageClass.INTELLIGENT_TIERING,
        StorageClass.ONEZONE_IA,
        StorageClass.GLACIER_IR,
        StorageClass.GLACIER,
        StorageClass.DEEP_ARCHIVE,
    ),
    StorageClass.STANDARD_IA: (
        StorageClass.INTELLIGENT_TIERING,
        StorageClass.ONEZONE_IA,
        StorageClass.GLACIER_IR,
        StorageClass.GLACIER,
        StorageClass.DEEP_ARCHIVE,
    ),
    StorageClass.INTELLIGENT_TIERING: (
        StorageClass.ONEZONE_IA,
        StorageClass.GLACIER_IR,
        StorageClass.GLACIER,
        StorageClass.DEEP_ARCHIVE,
    ),
    StorageClass.ONEZONE_IA: (StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE),
    StorageClass.GLACIER_IR: (StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE),
    StorageClass.GLACIER: (StorageClass.DEEP_ARCHIVE,),
    StorageClass.DEEP_ARCHIVE: (),
}
"""Class → classes that lifecycle can move an object to: a waterfall, never back up.

One Zone-IA to Glacier Instant Retrieval: the user guide lists it as unsupported, a post of AWS's storage blog draws it
as possible. The guide counts here.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html, read 2026-11-28
"""

MINIMUM_STAY: Mapping[str, int] = {
    StorageClass.STANDARD_IA: 30,
    StorageClass.ONEZONE_IA: 30,
    StorageClass.INTELLIGENT_TIERING: 1,
    StorageClass.GLACIER_IR: 90,
    StorageClass.GLACIER: 90,
}
"""Class → days that S3 wants between a move into it and the next move of the same rule, days and dates alike.

The user guide's page above, and S3's own error: "'Days' in the Transition action for StorageClass 'DEEP_ARCHIVE' …
must be 90 days more than 'Days' in the Transition action for StorageClass 'GLACIER'", read 2026-11-28.
"""


@dataclass(frozen=True)
class Filter:
    """Which objects a rule is about: those that meet every part.

    Attributes:
        prefix: what the key begins with.
        tags: the tags the object must carry, sorted.
        larger_than: bytes, exclusive, or None.
        smaller_than: bytes, exclusive, or None.
        written: what the filter holds as it was written, as `("prefix",)` or `("and",)`; S3 wants one thing.
        joined: the same within its `and`, a tag each counted; S3 wants two or more.
    """

    prefix: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    larger_than: int | None = None
    smaller_than: int | None = None
    written: tuple[str, ...] = field(default=(), compare=False)
    joined: tuple[str, ...] = field(default=(), compare=False)

    @property
    def by_size(self) -> bool:
        """Whether it looks at the size, which also lifts the 128 KB minimum."""
        return self.larger_than is not None or self.smaller_than is not None

    @property
    def sizes(self) -> tuple[int, float]:
        """The smallest and the largest size it admits, in bytes; the first is above the second where none is."""
        smallest = -1 if self.larger_than is None else self.larger_than
        return smallest + 1, float("inf") if self.smaller_than is None else self.smaller_than - 1

    def admits(self, key: str, size: int, tags: Mapping[str, str]) -> bool:
        """Says whether an object passes."""
        smallest, largest = self.sizes
        carried = all(tags.get(k) == v for k, v in self.tags)
        return key.startswith(self.prefix) and carried and smallest <= size <= largest

    def covers(self, other: "Filter") -> bool:
        """Says whether every object that passes the other passes this one."""
        smallest, largest = self.sizes
        inside = smallest <= other.sizes[0] and other.sizes[1] <= largest
        return other.prefix.startswith(self.prefix) and set(self.tags) <= set(other.tags) and inside

    def overlaps(self, other: "Filter") -> bool:
        """Says whether one object can pass both."""
        prefixes = self.prefix.startswith(other.prefix) or other.prefix.startswith(self.prefix)
        theirs = dict(other.tags)
        tags = all(theirs.get(k, v) == v for k, v in self.tags)
        sizes = max(self.sizes[0], other.sizes[0]) <= min(self.sizes[1], other.sizes[1])
        return prefixes and tags and sizes

    def __str__(self) -> str:
        parts = [f"prefix {self.prefix!r}" if self.prefix else "", *(f"tag {k}={v}" for k, v in self.tags)]
        parts.append("" if self.larger_than is None else f"over {self.larger_than} bytes")
        parts.append("" if self.smaller_than is None else f"under {self.smaller_than} bytes")
        return ", ".join(p for p in parts if p) or "every object"


@dataclass(frozen=True)
class Transition:
    """A move of current versions: so many days after creation, or at a date (ISO 8601)."""

    storage_class: str
    days: int | None = None
    date: str | None = None


@dataclass(frozen=True)
class NoncurrentTransition:
    """A move of noncurrent versions, counted from the day their successor was created.

    `newer_versions` is how many newer noncurrent versions are spared, or None.
    """

    storage_class: str
    days: int | None = None
    newer_versions: int | None = None


@dataclass(frozen=True)
class Expiration:
    """The end of current versions, by days or date.

    `delete_marker` removes markers that have nothing behind them; False does nothing, None where it is not written.
    """

    days: int | None = None
    date: str | None = None
    delete_marker: bool | None = None


@dataclass(frozen=True)
class NoncurrentExpiration:
    """The permanent deletion of noncurrent versions; see `NoncurrentTransition` for the attributes."""

    days: int | None = None
    newer_versions: int | None = None


@dataclass(frozen=True)
class LifecycleRule:
    """One rule.

    Attributes:
        id: its name in the bucket; empty where S3 is to make one up.
        enabled: whether S3 applies it.
        filter: whom it applies to.
        transitions: in the order written.
        noncurrent_transitions: in the order written.
        expiration: or None.
        noncurrent_expiration: or None.
        abort_multipart_days: days after which an incomplete multipart upload is aborted, or None.
        scopes: which of `filter` and `prefix` (as before 2016) are written; S3 wants one of them.
        position: its place among the rules, from 0.
    """

    id: str
    enabled: bool = True
    filter: Filter = field(default_factory=Filter)
    transitions: tuple[Transition, ...] = ()
    noncurrent_transitions: tuple[NoncurrentTransition, ...] = ()
    expiration: Expiration | None = None
    noncurrent_expiration: NoncurrentExpiration | None = None
    abort_multipart_days: int | None = None
    scopes: tuple[str, ...] = ("filter",)
    position: int = field(default=0, compare=False)

    @property
    def path(self) -> str:
        """Where it stands, as `rules[archive]`, or `rules[0]` where it has no id."""
        return f"rules[{self.id or self.position}]"


@dataclass(frozen=True)
class LifecycleConfiguration:
    """All rules of one bucket, which S3 replaces as a whole, and its default for small objects."""

    rules: tuple[LifecycleRule, ...] = ()
    minimum_size: str = ALL_CLASSES_128K

    @property
    def enabled(self) -> tuple[LifecycleRule, ...]:
        """The rules that S3 applies."""
        return tuple(r for r in self.rules if r.enabled)

    def moves(self, rule: LifecycleRule, storage_class: str, size: int) -> bool:
        """Says whether a transition of a rule moves an object of a size; a size filter lifts the 128 KB minimum."""
        small_moves = self.minimum_size == VARIES_BY_CLASS and storage_class in SMALL_OBJECTS_MAY_ENTER
        return rule.filter.by_size or small_moves or size >= MINIMUM_SIZE
