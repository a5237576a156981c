"""Objects that a lifecycle rule left behind: two days past a transition, or past their window.

S3 has no metric for a rule that does not act. The only proof is the objects themselves: a bounded listing of each data
bucket is held against the declared rules. Rules with a tag filter are left out, as a listing shows no tags.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from audit.api import AbsentError, Account, UnreadableError
from audit.model import PROGRAM, Drift, Overdue, Status, Subject
from audit.reports.words import overdue_sentence
from audit.table import Call
from estate.model import Estate
from estate.names import PREFIX, Names
from estate.views import LIFECYCLE, lifecycle_of, versioned_buckets
from policies.finding import Severity
from runtime.objects.holds import is_held
from semantics.lifecycle.dates import due
from semantics.lifecycle.model import REACHABLE, LifecycleConfiguration, LifecycleRule

GRACE_DAYS = 2
"""S3 acts asynchronously; after two days nobody waits any longer."""

MOST_OBJECTS = 50_000
"""Versions listed of a bucket, 50 pages: an unbounded listing of recordings would take hours and cost money."""

MOST_HOLDS = 1_000
"""Overdue versions of a bucket whose legal hold is asked for."""

ANY = "(any)"
"""Stands for the rules of a bucket that was not listed to its end."""

OBJECTS = f"arn:aws:s3:::{PREFIX}-*/*"
VERSIONS = Call("s3", "list_object_versions", "s3:ListBucketVersions", f"arn:aws:s3:::{PREFIX}-*")
HOLD = Call("s3", "get_object_legal_hold", "s3:GetObjectLegalHold", OBJECTS)
CALLS = (VERSIONS, HOLD)


@dataclass(frozen=True)
class Version:
    """A version of an object, as a listing shows it; `superseded` is when a newer one came, None for the current."""

    key: str
    id: str
    born: datetime
    superseded: datetime | None
    size: int
    storage_class: str


@dataclass
class _Count:
    objects: int = 0
    bytes: int = 0
    oldest: datetime | None = None

    def add(self, version: Version) -> None:
        self.objects += 1
        self.bytes += version.size
        self.oldest = min(self.oldest or version.born, version.born)


@dataclass(frozen=True)
class Backlog:
    """What was found.

    Attributes:
        overdue: one entry a bucket and rule; one of no objects, rule `(any)`, where a cut listing showed none.
        unreadable: bucket → what the account answered instead; its counts are then not known.
    """

    overdue: tuple[Overdue, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict[str, str])


def find_overdue(account: Account, declared: Estate, buckets: Sequence[str], today: date) -> Backlog:
    """Lists data buckets and counts what is overdue.

    Args:
        account: where the objects are.
        declared: whose lifecycle rules should have acted.
        buckets: which of its data buckets to look into.
        today: a rule that was due `GRACE_DAYS` before it, or earlier, is overdue.
    """
    unreadable: dict[str, str] = {}
    overdue: list[Overdue] = []
    lifecycles = {str(r.properties.get("bucket")): r for r in declared.of_type(LIFECYCLE)}
    locked = {r.properties.get("bucket") for r in declared.of_type("s3/bucket:Bucket") if _locks(r.properties)}
    for bucket in buckets:
        rules = lifecycle_of(lifecycles[bucket])
        look = _Look(account, bucket, rules, today, bucket in versioned_buckets(declared))
        try:
            overdue += look.count(holds=bucket in locked)
        except UnreadableError as error:
            unreadable[bucket] = str(error)
        except AbsentError:
            continue  # the missing bucket is a finding of its own
    return Backlog(tuple(overdue), unreadable)


def data_buckets(declared: Estate) -> list[str]:
    """Lists the data buckets of an estate that have lifecycle rules."""
    names = Names(declared.environment, declared.account, declared.region)
    with_rules = {r.properties.get("bucket") for r in declared.of_type(LIFECYCLE)}
    return [bucket for bucket in names.data_buckets if bucket in with_rules]


def _locks(properties: Mapping[str, Any]) -> bool:
    return bool(properties.get("objectLockEnabled"))


@dataclass(frozen=True)
class _Look:
    account: Account
    bucket: str
    rules: LifecycleConfiguration
    today: date
    versioned: bool

    def count(self, *, holds: bool) -> Iterator[Overdue]:
        """Yields the counts.

        Raises:
            UnreadableError: the listing or a hold could not be read: unknown counts as held, and is told.
        """
        answer = self.account.ask(
            VERSIONS.service, VERSIONS.operation, Bucket=self.bucket, PaginationConfig={"MaxItems": MOST_OBJECTS}
        )
        whole = "NextToken" not in answer
        counts: dict[str, _Count] = {}
        asked = 0
        for version in versions(answer):
            if (found := overdue_by(version, self.rules, self.today, versioned=self.versioned)) is None:
                continue
            rule, ends = found
            if ends and holds:
                asked += 1
                if asked > MOST_HOLDS:
                    whole = False
                    continue
                if self._held(version):
                    continue
            counts.setdefault(rule, _Count()).add(version)
        if not whole:
            counts.setdefault(ANY, _Count())
        for rule, n in sorted(counts.items()):
            yield Overdue(self.bucket, rule, n.objects, n.bytes, _day(n.oldest), whole)

    def _held(self, version: Version) -> bool:
        try:
            answer = self.account.ask(
                HOLD.service, HOLD.operation, Bucket=self.bucket, Key=version.key, VersionId=version.id
            )
        except AbsentError:
            answer = None  # no hold was ever put, or the version has gone meanwhile
        return is_held(answer)


def findings(backlog: Backlog, declared: Estate) -> Iterator[Drift]:
    """Yields a finding for each rule that is behind, and for each bucket that could not be looked into."""
    for one in backlog.overdue:
        if one.objects:
            yield _finding(declared, one.bucket, f"rules[{one.rule}]", Status.CHANGED, overdue_sentence(one))
    for bucket, answer in backlog.unreadable.items():
        yield _finding(declared, bucket, "rules", Status.UNREADABLE, answer)


def _finding(declared: Estate, bucket: str, path: str, status: Status, found: str) -> Drift:
    resource = next(r for r in declared.of_type(LIFECYCLE) if r.properties.get("bucket") == bucket)
    return Drift(
        subject=Subject(resource.type, resource.name, bucket, path),
        status=status,
        severity=Severity.HIGH,
        expected=f"no object {GRACE_DAYS} days past what the rules promise",
        found=found,
        why="A rule that stands there does not act: bytes stay longer, or cost more, than the runbook says.",
        claim=None,
        rule="overdue-objects",
        source=resource.source or PROGRAM,
        put_back="look at the rule's status and filter, wait a day, audit again; then ask AWS Support",
        accept=f"change the days of the rule, in {resource.source or PROGRAM}, and what the runbook says",
    )


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def versions(answer: Mapping[str, Any]) -> Iterator[Version]:
    """Reads a listing of versions: each with the moment at which a newer version or marker replaced it."""
    listed = [*answer.get("Versions", ()), *answer.get("DeleteMarkers", ())]
    # Newest first within a key; the current one first where two have the same second.
    listed.sort(key=lambda v: (v["Key"], -v["LastModified"].timestamp(), not v["IsLatest"]))
    newer: Any = None
    for one in listed:
        superseded = None if one["IsLatest"] or newer is None or newer["Key"] != one["Key"] else newer["LastModified"]
        newer = one
        if "Size" in one:
            yield Version(
                one["Key"],
                one["VersionId"],
                one["LastModified"],
                superseded,
                one["Size"],
                one.get("StorageClass", "STANDARD"),
            )


def overdue_by(
    version: Version, rules: LifecycleConfiguration, today: date, *, versioned: bool
) -> tuple[str, bool] | None:
    """Finds the rule that a version waits for.

    Returns:
        The rule's id and whether it would end the version rather than move it: an end before a move, of moves the one
        that was due first. None where no rule is overdue.
    """
    limit = today - timedelta(days=GRACE_DAYS)
    ends: list[tuple[date, str]] = []
    moves: list[tuple[date, str]] = []
    for rule in rules.enabled:
        if rule.filter.tags or not rule.filter.admits(version.key, version.size, {}):
            continue
        if (end := _end(version, rule, versioned=versioned)) is not None and end <= limit:
            ends.append((end, rule.id))
        moves += [(day, rule.id) for day in _moves(version, rule, rules) if day <= limit]
    if ends:
        return min(ends)[1], True
    return (min(moves)[1], False) if moves else None


def _end(version: Version, rule: LifecycleRule, *, versioned: bool) -> date | None:
    if version.superseded is None:
        expiration = rule.expiration
        return due(version.born, expiration.days) if expiration and expiration.days is not None else None
    gone = rule.noncurrent_expiration
    if not versioned or gone is None or gone.days is None or gone.newer_versions:
        return None
    return due(version.superseded, gone.days)


def _moves(version: Version, rule: LifecycleRule, rules: LifecycleConfiguration) -> Iterator[date]:
    if version.superseded is None:
        for move in rule.transitions:
            reachable = move.storage_class in REACHABLE.get(version.storage_class, ())
            if move.days is not None and reachable and rules.moves(rule, move.storage_class, version.size):
                yield due(version.born, move.days)
