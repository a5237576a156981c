"""Every bucket's lifecycle is the one that the runbook draws with arrows."""

from collections.abc import Callable, Iterator
from typing import Any

from estate.model import Estate
from estate.paths import Member, Path
from estate.views import Bucket, buckets, lifecycle_of, matching
from policies.comparison import Comparison, absent, no_bucket, show
from policies.finding import Severity
from policies.rule import rule
from policies.rules.rows import without_row
from policies.runbook.claims import LeftoverClaim, LifecycleClaim
from policies.runbook.reader import Runbook
from policies.runbook.values import OnRetentionExpiry
from semantics.lifecycle.model import Filter, LifecycleConfiguration, LifecycleRule
from semantics.lifecycle.reader import LifecycleError
from semantics.lifecycle.storage_classes import StorageClass
from semantics.words import ABSENT

RULES_PATH: Path = ("rules",)
_Compare = Callable[[Path, Any, Any], Comparison]


def _configuration(bucket: Bucket) -> LifecycleConfiguration | str | None:
    """Returns what is declared: the configuration, why it can't be read, or None where there is none."""
    resource = bucket.facet("lifecycle")
    try:
        return lifecycle_of(resource) if resource else None
    except LifecycleError as error:
        return str(error)


def _comparing(bucket: Bucket, claim: LifecycleClaim | LeftoverClaim) -> _Compare:
    """Returns what compares parts of a bucket's lifecycle with a claim."""
    resource = bucket.facet("lifecycle") or bucket.resource

    def compare(path: Path, expected: object, found: object) -> Comparison:
        return Comparison(resource, path, show(expected), show(found), expected == found, claim)

    return compare


def _path(r: LifecycleRule) -> Path:
    return (*RULES_PATH, Member(r.id) if r.id else r.position)


def _chain(configuration: LifecycleConfiguration, claim: LifecycleClaim, compare: _Compare) -> Iterator[Comparison]:
    yield compare(RULES_PATH, f"objects begin in {claim.start}", f"objects begin in {StorageClass.STANDARD}")
    for r in configuration.rules:
        yield compare((*_path(r), "status"), "Enabled", "Enabled" if r.enabled else "Disabled")
        yield compare((*_path(r), "filter"), str(Filter()), str(r.filter))
    yield from _moves(configuration, claim, compare)
    yield from _ends(configuration, claim, compare)


def _moves(configuration: LifecycleConfiguration, claim: LifecycleClaim, compare: _Compare) -> Iterator[Comparison]:
    expected = {str(m.storage_class): m.days for m in claim.moves}
    seen: set[str] = set()
    for r in configuration.rules:
        for index, move in enumerate(r.transitions):
            path = (*_path(r), "transitions", index)
            days = expected.get(move.storage_class)
            if days is None or move.storage_class in seen:
                yield compare((*path, "storageClass"), ABSENT, move.storage_class)
            yield compare((*path, "days"), days, move.days)
            yield compare((*path, "date"), None, move.date)
            seen.add(move.storage_class)
    for storage_class, days in expected.items():
        if storage_class not in seen:
            yield compare(RULES_PATH, f"a move to {storage_class} after {days} days", None)


def _ends(configuration: LifecycleConfiguration, claim: LifecycleClaim, compare: _Compare) -> Iterator[Comparison]:
    expirations = 0
    for r in configuration.rules:
        if r.expiration and not r.expiration.delete_marker:
            expirations += 1
            path = (*_path(r), "expiration")
            yield compare((*path, "date"), None, r.expiration.date)
            if isinstance(claim.end, OnRetentionExpiry):
                window = "the retention window"
                yield compare((*path, "days"), window, window if r.expiration.days is not None else None)
            else:
                yield compare((*path, "days"), claim.end.days if claim.end else None, r.expiration.days)
    yield compare(RULES_PATH, f"{int(claim.end is not None)} expiration", f"{expirations} expiration")


@rule(
    "lifecycle",
    "Objects live as the arrows say.",
    Severity.CRITICAL,
    (LifecycleClaim,),
    why="Data would go too early, stay too long, or cost more than planned.",
)
def lifecycle(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares the life of objects in each bucket with its arrows."""
    for claim in runbook.of(LifecycleClaim):
        found = matching(estate, claim.buckets)
        if not found:
            yield no_bucket(claim.buckets, claim)
        for bucket in found:
            configuration, compare = _configuration(bucket), _comparing(bucket, claim)
            if isinstance(configuration, LifecycleConfiguration):
                yield from _chain(configuration, claim, compare)
            elif configuration:
                yield compare(RULES_PATH, "a configuration that can be read", configuration)
            else:
                wanted = f"a lifecycle configuration of {bucket.name}"
                yield absent(bucket.resource, ("lifecycle",), wanted, claim)
    yield from without_row(buckets(estate), LifecycleClaim, runbook)


@rule(
    "leftovers",
    "What is left behind goes after so many days.",
    Severity.HIGH,
    (LeftoverClaim,),
    why="Deleted bytes would live on, or go before anybody can undo a mistake.",
)
def leftovers(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares how long noncurrent versions and unfinished uploads stay with the days of their row."""
    for claim in runbook.of(LeftoverClaim):
        found = matching(estate, claim.buckets)
        if not found:
            yield no_bucket(claim.buckets, claim)
        for bucket in found:
            configuration = _configuration(bucket)
            if isinstance(configuration, LifecycleConfiguration):
                yield from _left_behind(configuration, claim, _comparing(bucket, claim))
    yield from without_row(buckets(estate), LeftoverClaim, runbook)


def _left_behind(
    configuration: LifecycleConfiguration, claim: LeftoverClaim, compare: _Compare
) -> Iterator[Comparison]:
    noncurrent = [(r, r.noncurrent_expiration) for r in configuration.rules if r.noncurrent_expiration]
    for r, ends in noncurrent:
        path = (*_path(r), "noncurrentVersionExpiration")
        yield compare((*path, "noncurrentDays"), claim.noncurrent_days, ends.days)
        yield compare((*path, "newerNoncurrentVersions"), None, ends.newer_versions)
    wanted = int(claim.noncurrent_days is not None)
    yield compare(RULES_PATH, f"{wanted} end of noncurrent versions", f"{len(noncurrent)} end of noncurrent versions")
    aborting = [r for r in configuration.rules if r.abort_multipart_days is not None]
    for r in aborting:
        path = (*_path(r), "abortIncompleteMultipartUpload", "daysAfterInitiation")
        yield compare(path, claim.upload_days, r.abort_multipart_days)
    yield compare(RULES_PATH, "1 end of unfinished uploads", f"{len(aborting)} end of unfinished uploads")
    for r in configuration.rules:
        yield compare((*_path(r), "noncurrentVersionTransitions"), 0, len(r.noncurrent_transitions))


RULES = (lifecycle, leftovers)
