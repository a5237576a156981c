"""How every bucket is kept: versions, holds, keys, logs, measures, and the guards that hold for all of them."""

from collections.abc import Callable, Iterator, Mapping

from estate.model import Estate, Resource
from estate.names import PREFIX
from estate.paths import Path, at, find
from estate.views import Bucket, buckets, data_buckets, matching, own_key
from policies.comparison import Comparison, absent, equal, expect, no_bucket, show
from policies.finding import Severity
from policies.rule import rule
from policies.rules.rows import without_row
from policies.runbook.claims import BucketClaim, GuardClaim, InventoryClaim
from policies.runbook.reader import Runbook
from policies.runbook.values import GUARD_SETTINGS, Cipher, Guard, Lock
from semantics.iam.statements import ANYONE, Statement, UnreadablePolicyError, read_policy
from semantics.words import ABSENT

PUBLIC_ACCESS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

TRANSPORT: Mapping[Guard, str] = {
    Guard.HTTP: "Bool aws:securetransport = false",
    Guard.TLS: "NumericLessThan s3:tlsversion = 1.2",
}
"""Guard → the condition of the Deny that enforces it, as `semantics.iam.statements` writes conditions."""

INVENTORY_FIELDS = (
    "Size",
    "LastModifiedDate",
    "StorageClass",
    "ETag",
    "IsMultipartUploaded",
    "ObjectLockLegalHoldStatus",
)
"""What overdue objects, orphans and holds are told by."""

WHOLE_BUCKET = "EntireBucket"
"""Filter id of request metrics, as the console calls it; alarms name it."""

SPIKES = ("4xxErrors", "5xxErrors")
"""Metrics of requests that need follow-up at once."""

ALARM = "cloudwatch/metricAlarm:MetricAlarm"

SEVEN_YEARS = {"mode": "COMPLIANCE", "years": 7, "days": None}
"""The default retention of the bucket that keeps evidence."""

OWN_KEY = "a key of this account"


def _facet(bucket: Bucket, facet: str, claim: BucketClaim | GuardClaim, *, wanted: bool) -> Iterator[Comparison]:
    """Compares whether a facet stands at all; yields nothing where it stands and is wanted."""
    found = bucket.facet(facet)
    if wanted and found is None:
        yield absent(bucket.resource, (facet,), f"declared for {bucket.name}", claim)
    if found is not None and not wanted:
        yield Comparison(found, ("bucket",), ABSENT, bucket.name, holds=False, claim=claim)


@rule(
    "bucket",
    "Buckets are versioned, locked, encrypted, logged and measured as their row says.",
    Severity.CRITICAL,
    (BucketClaim,),
    why="Data could be lost, read or changed without anybody noticing.",
)
def bucket(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares how each bucket is kept with its row."""
    for claim in runbook.of(BucketClaim):
        found, name = matching(estate, claim.buckets), _name(claim.buckets, estate.environment)
        if not found:
            yield no_bucket(name, claim)
        for one in found:
            yield expect(one.resource, ("bucket",), name, claim, scope=("bucket",))
            yield from _versions(one, claim)
            yield from _lock(one, claim)
            yield from _encryption(estate, one, claim)
            yield from _logging(estate, one, claim)
            yield from _measures(one, claim)
            yield from _alarms(estate, one, claim)
    yield from without_row(buckets(estate), BucketClaim, runbook)


def _name(pattern: str, environment: str) -> str:
    """Puts the environment in a pattern's `*`; where no dash stands before it, nothing in production."""
    suffix = "" if environment == "prod" else f"-{environment}"
    return pattern.replace("-*", f"-{environment}") if "-*" in pattern else pattern.replace("*", suffix)


def _versions(bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "versioning", claim, wanted=claim.versioned)
    if claim.versioned and (facet := bucket.facet("versioning")):
        yield expect(facet, ("versioningConfiguration", "status"), "Enabled", claim)


def _lock(bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    path = ("objectLockEnabled",)
    yield expect(bucket.resource, path, claim.lock is not Lock.NONE, claim, default=False, scope=path)
    yield from _facet(bucket, "lock", claim, wanted=claim.lock is Lock.SEVEN_YEARS)
    if claim.lock is Lock.SEVEN_YEARS and (facet := bucket.facet("lock")):
        for key, value in SEVEN_YEARS.items():
            yield expect(facet, ("rule", "defaultRetention", key), value, claim)


def _encryption(estate: Estate, bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "encryption", claim, wanted=True)
    if facet := bucket.facet("encryption"):
        kms = claim.cipher is Cipher.KMS
        path: Path = ("rules", 0, "applyServerSideEncryptionByDefault")
        yield expect(facet, (*path, "sseAlgorithm"), "aws:kms" if kms else "AES256", claim)
        key = at(facet.properties, *path, "kmsMasterKeyId")
        ours = OWN_KEY if own_key(key, estate) else show(key)
        yield equal(facet, (*path, "kmsMasterKeyId"), OWN_KEY if kms else show(None), ours, claim)
        yield expect(facet, ("rules", 0, "bucketKeyEnabled"), kms, claim, default=False)


def _logging(estate: Estate, bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "logging", claim, wanted=claim.logged)
    if claim.logged and (facet := bucket.facet("logging")):
        yield expect(facet, ("targetBucket",), f"{PREFIX}-access-logs-{estate.environment}", claim)
        yield expect(facet, ("targetPrefix",), f"{bucket.name}/", claim)


def _measures(bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "metrics", claim, wanted=claim.measured)
    if claim.measured and (facet := bucket.facet("metrics")):
        yield expect(facet, ("filter",), None, claim)
        yield expect(facet, ("name",), WHOLE_BUCKET, claim)
    yield from _facet(bucket, "events", claim, wanted=claim.measured)
    if claim.measured and (facet := bucket.facet("events")):
        yield expect(facet, ("eventbridge",), True, claim)  # noqa: FBT003


def _alarms(estate: Estate, bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    """Reports a bucket whose requests are measured and whose errors wake nobody."""
    watched = {
        (at(m, "metricName"), at(m, "dimensions", "BucketName"))
        for alarm in estate.of_type(ALARM)
        for m in (alarm.properties, *(m for _, m in find(alarm.properties, "metricQueries.*.metric")))
    }
    for metric in SPIKES if claim.measured else ():
        if (metric, bucket.name) not in watched:
            expected = f"an alarm on {metric} of {bucket.name}; components/alarm_table.py has one for each data bucket"
            yield absent(bucket.resource, ("alarms", metric), expected, claim)


@rule(
    "guard",
    "No bucket can be reached from outside or without modern TLS.",
    Severity.CRITICAL,
    (GuardClaim,),
    why="Somebody outside could read or listen.",
)
def guard(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares the guards of every bucket with their rows."""
    checks: dict[Guard, Callable[[Estate, Bucket, GuardClaim], Iterator[Comparison]]] = {
        Guard.PUBLIC_ACCESS: _public_access,
        Guard.HTTP: _transport,
        Guard.TLS: _transport,
        Guard.OWNERSHIP: _ownership,
    }
    for claim in runbook.of(GuardClaim):
        setting = GUARD_SETTINGS[claim.guard]
        for one in buckets(estate):
            if claim.setting == setting:
                yield from checks[claim.guard](estate, one, claim)
            else:
                path = (str(claim.guard),)
                yield Comparison(one.resource, path, claim.setting, setting, holds=False, claim=claim)


def _public_access(estate: Estate, bucket: Bucket, claim: GuardClaim) -> Iterator[Comparison]:  # noqa: ARG001
    yield from _facet(bucket, "public_access", claim, wanted=True)
    if facet := bucket.facet("public_access"):
        for key in PUBLIC_ACCESS:
            yield expect(facet, (key,), True, claim)  # noqa: FBT003


def _ownership(estate: Estate, bucket: Bucket, claim: GuardClaim) -> Iterator[Comparison]:  # noqa: ARG001
    yield from _facet(bucket, "ownership", claim, wanted=True)
    if facet := bucket.facet("ownership"):
        yield expect(facet, ("rule", "objectOwnership"), "BucketOwnerEnforced", claim)


def _transport(estate: Estate, bucket: Bucket, claim: GuardClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "policy", claim, wanted=True)
    if facet := bucket.facet("policy"):
        condition = TRANSPORT[claim.guard]
        try:
            statements = read_policy(facet.properties.get("policy"), "", estate.account)
        except UnreadablePolicyError as error:
            wanted = f"Deny where {condition}"
            yield Comparison(facet, ("policy",), wanted, str(error), holds=False, claim=claim)
            return
        index = next((i for i, s in enumerate(statements) if _denies(s, bucket, condition)), None)
        path: Path = ("policy",) if index is None else ("policy", "Statement", index)
        found = "no such statement" if index is None else "a Deny for everybody, everywhere in the bucket"
        expected = f"a Deny of s3:* for everybody on {bucket.name} and its objects where {condition}"
        yield Comparison(facet, path, expected, found, index is not None, claim, path)


def _denies(statement: Statement, bucket: Bucket, condition: str) -> bool:
    arn = f"arn:aws:s3:::{bucket.name}"
    plain = not (statement.allow or statement.not_actions or statement.not_resources)
    everything = set(statement.actions) & {"s3:*", "*"} and set(statement.resources) >= {arn, f"{arn}/*"}
    return (
        plain
        and bool(everything)
        and statement.principals == (ANYONE,)
        and statement.conditions == frozenset({condition})
    )


@rule(
    "inventory",
    "Data buckets are listed once a week.",
    Severity.MEDIUM,
    (InventoryClaim,),
    why="Orphans and overdue objects could not be counted.",
)
def inventory(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each bucket's inventory with its row."""
    for claim in runbook.of(InventoryClaim):
        found = matching(estate, claim.buckets)
        if not found:
            yield no_bucket(claim.buckets, claim)
        for one in found:
            facet = one.facet("inventory")
            if facet is None:
                wanted = f"an inventory of {one.name}; __main__.py says what is listed"
                yield absent(one.resource, ("inventory",), wanted, claim)
            else:
                yield from _listed(estate, facet, claim)
    yield from without_row(data_buckets(estate), InventoryClaim, runbook)


def _listed(estate: Estate, facet: Resource, claim: InventoryClaim) -> Iterator[Comparison]:
    destination: Path = ("destination", "bucket")
    yield expect(facet, ("enabled",), True, claim, default=True)  # noqa: FBT003
    yield expect(facet, ("schedule", "frequency"), claim.frequency, claim)
    yield expect(facet, (*destination, "format"), claim.format, claim)
    target = f"arn:aws:s3:::{PREFIX}-inventory-{estate.environment}"
    yield expect(facet, (*destination, "bucketArn"), target, claim)
    yield expect(facet, (*destination, "accountId"), estate.account, claim)
    yield expect(facet, ("includedObjectVersions",), "All", claim)
    yield expect(facet, ("filter",), None, claim)
    for field in INVENTORY_FIELDS:
        listed = field if field in (facet.properties.get("optionalFields") or ()) else None
        yield equal(facet, ("optionalFields",), field, listed, claim)


RULES = (bucket, guard, inventory)
