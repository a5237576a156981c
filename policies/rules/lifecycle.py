"""Every bucket's lifecycle is the one that the runbook draws with arrows."""

from collections.abc import Iterator

from estate.model import Estate
from estate.views import Bucket, buckets, named
from policies.finding import Severity
from policies.rules.comparison import ABSENT, Comparison, absent, rule, show
from policies.runbook.claims import LeftoverClaim, LifecycleClaim, OnRetentionExpiry
from policies.runbook.reader import Runbook
from semantics.lifecycle.model import Filter, LifecycleConfiguration
from semantics.lifecycle.reader import LifecycleError, from_properties
from semantics.lifecycle.storage_classes import StorageClass


def _configuration(bucket: Bucket) -> LifecycleConfiguration | str | None:
    """What is declared: the configuration, why it can't be read, or None where there is none."""
    resource = bucket.facet("lifecycle")
    keys = ("rules", "transitionDefaultMinimumObjectSize")
    try:
        return (
            from_properties({k: resource.properties[k] for k in keys if k in resource.properties}) if resource else None
        )
    except LifecycleError as error:
        return str(error)


class _Writer:
    """Writes comparisons of one bucket's lifecycle with one claim."""

    def __init__(self, bucket: Bucket, claim: LifecycleClaim | LeftoverClaim) -> None:
        lifecycle = bucket.facet("lifecycle")
        self.resource = named(lifecycle) if lifecycle else f"s3/bucketLifecycleConfiguration of {bucket.name}"
        self.claim = claim

    def __call__(self, path: str, expected: object, found: object) -> Comparison:
        return Comparison(self.resource, path, show(expected), show(found), expected == found, self.claim)


def _chain(bucket: Bucket, configuration: LifecycleConfiguration, claim: LifecycleClaim) -> Iterator[Comparison]:
    compare = _Writer(bucket, claim)
    yield compare("rules", f"objects begin in {claim.start}", f"objects begin in {StorageClass.STANDARD}")
    expected = {t.storage_class: t.days for t in claim.transitions}
    seen: set[str] = set()
    expirations = 0
    for r in configuration.rules:
        yield compare(f"{r.path}.status", "Enabled", "Enabled" if r.enabled else "Disabled")
        yield compare(f"{r.path}.filter", str(Filter()), str(r.filter))
        for index, move in enumerate(r.transitions):
            path = f"{r.path}.transitions[{index}]"
            days = expected.get(StorageClass(move.storage_class)) if move.storage_class in expected else None
            if days is None or move.storage_class in seen:
                yield compare(f"{path}.storageClass", ABSENT, move.storage_class)
            yield compare(f"{path}.days", days, move.days)
            yield compare(f"{path}.date", None, move.date)
            seen.add(move.storage_class)
        if r.expiration and not r.expiration.delete_marker:
            expirations += 1
            path = f"{r.path}.expiration"
            yield compare(f"{path}.date", None, r.expiration.date)
            if isinstance(claim.end, OnRetentionExpiry):
                window = "the retention window"
                yield compare(f"{path}.days", window, window if r.expiration.days is not None else None)
            else:
                yield compare(f"{path}.days", claim.end.days if claim.end else None, r.expiration.days)
    for storage_class in expected.keys() - seen:
        yield compare("rules", f"a move to {storage_class} after {expected[storage_class]} days", None)
    yield compare("rules", f"{int(claim.end is not None)} expiration", f"{expirations} expiration")


def _lifecycles(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = buckets(estate)
    for claim in runbook.of(LifecycleClaim):
        matching = [b for b in declared if b.matches(claim.buckets)]
        if not matching:
            yield absent(f"s3/bucket {claim.buckets}", "bucket", "a bucket of that name", claim)
        for bucket in matching:
            configuration = _configuration(bucket)
            if isinstance(configuration, LifecycleConfiguration):
                yield from _chain(bucket, configuration, claim)
            elif configuration:
                yield _Writer(bucket, claim)("rules", "a configuration that can be read", configuration)
            else:
                yield absent(named(bucket.resource), "lifecycle", f"a lifecycle configuration of {bucket.name}", claim)
    for bucket in declared:
        if not any(bucket.matches(c.buckets) for c in runbook.of(LifecycleClaim)):
            yield Comparison(named(bucket.resource), "bucket", "a line with arrows in the runbook", ABSENT, holds=False)


def _leftovers(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    for claim in runbook.of(LeftoverClaim):
        matching = [b for b in buckets(estate) if b.matches(claim.buckets)]
        if not matching:
            yield absent(f"s3/bucket {claim.buckets}", "bucket", "a bucket of that name", claim)
        for bucket in matching:
            configuration = _configuration(bucket)
            if isinstance(configuration, LifecycleConfiguration):
                yield from _left_behind(bucket, configuration, claim)


def _left_behind(bucket: Bucket, configuration: LifecycleConfiguration, claim: LeftoverClaim) -> Iterator[Comparison]:
    compare = _Writer(bucket, claim)
    noncurrent = [r for r in configuration.rules if r.noncurrent_expiration]
    for r in noncurrent:
        path = f"{r.path}.noncurrentVersionExpiration"
        ends = r.noncurrent_expiration
        yield compare(f"{path}.noncurrentDays", claim.noncurrent_days, ends.days if ends else None)
        yield compare(f"{path}.newerNoncurrentVersions", None, ends.newer_versions if ends else None)
    yield compare(
        "rules",
        f"{int(claim.noncurrent_days is not None)} end of noncurrent versions",
        f"{len(noncurrent)} end of noncurrent versions",
    )
    aborting = [r for r in configuration.rules if r.abort_multipart_days is not None]
    for r in aborting:
        path = f"{r.path}.abortIncompleteMultipartUpload.daysAfterInitiation"
        yield compare(path, claim.upload_days, r.abort_multipart_days)
    yield compare("rules", "1 end of unfinished uploads", f"{len(aborting)} end of unfinished uploads")
    for r in configuration.rules:
        yield compare(f"{r.path}.noncurrentVersionTransitions", 0, len(r.noncurrent_transitions))


RULES = (
    rule(
        "lifecycle",
        "Objects live as the arrows say.",
        Severity.CRITICAL,
        (LifecycleClaim.kind,),
        why="Data would go too early, stay too long, or cost more than planned.",
        compare=_lifecycles,
    ),
    rule(
        "leftovers",
        "What is left behind goes after so many days.",
        Severity.HIGH,
        (LeftoverClaim.kind,),
        why="Deleted bytes would live on, or go before anybody can undo a mistake.",
        compare=_leftovers,
    ),
)
