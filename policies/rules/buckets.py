"""How every bucket is kept: versions, holds, keys, logs, measures, and the guards that hold for all of them."""

from collections.abc import Callable, Iterator, Mapping

from estate.model import Estate
from estate.views import Bucket, at, buckets, named, own_key
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule, show
from policies.runbook.claims import BucketClaim, Cipher, Guard, GuardClaim, InventoryClaim, Lock
from policies.runbook.reader import Runbook
from policies.runbook.tables import GUARD_SETTINGS
from semantics.iam.statements import ANYONE, Statement, UnreadablePolicyError, read_policy

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

SEVEN_YEARS = {"mode": "COMPLIANCE", "years": 7}


def _matching(estate: Estate, pattern: str) -> list[Bucket]:
    return [b for b in buckets(estate) if b.matches(pattern)]


def _facet(bucket: Bucket, facet: str, claim: BucketClaim | GuardClaim, *, wanted: bool) -> Iterator[Comparison]:
    """Compares whether a facet stands at all; yields nothing where it stands and is wanted."""
    found = bucket.facet(facet)
    if wanted and found is None:
        yield absent(named(bucket.resource), facet, f"declared for {bucket.name}", claim)
    if found is not None and not wanted:
        yield Comparison(named(found), "bucket", "(absent)", bucket.name, holds=False, claim=claim)


def _kept(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    for claim in runbook.of(BucketClaim):
        matching, name = _matching(estate, claim.buckets), _name(claim.buckets, estate.environment)
        if not matching:
            yield absent(f"s3/bucket {name}", "bucket", "a bucket of that name", claim)
        for bucket in matching:
            yield equal(bucket.resource, "bucket", name, bucket.name, claim, scope="bucket")
            yield from _versions(bucket, claim)
            yield from _lock(bucket, claim)
            yield from _encryption(estate, bucket, claim)
            yield from _logging(estate, bucket, claim)
            yield from _measures(bucket, claim)


def _name(pattern: str, environment: str) -> str:
    """What a pattern's `*` stands for: the environment; where no dash stands before it, nothing in production."""
    suffix = "" if environment == "prod" else f"-{environment}"
    return pattern.replace("-*", f"-{environment}") if "-*" in pattern else pattern.replace("*", suffix)


def _versions(bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "versioning", claim, wanted=claim.versioned)
    if claim.versioned and (facet := bucket.facet("versioning")):
        status = at(facet.properties, "versioningConfiguration", "status")
        yield equal(facet, "versioningConfiguration.status", "Enabled", status, claim)


def _lock(bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    enabled = bucket.resource.properties.get("objectLockEnabled") or False
    scope = "objectLockEnabled"
    yield equal(bucket.resource, "objectLockEnabled", claim.lock is not Lock.NONE, enabled, claim, scope=scope)
    yield from _facet(bucket, "lock", claim, wanted=claim.lock is Lock.SEVEN_YEARS)
    if claim.lock is Lock.SEVEN_YEARS and (facet := bucket.facet("lock")):
        for key, value in SEVEN_YEARS.items():
            found = at(facet.properties, "rule", "defaultRetention", key)
            yield equal(facet, f"rule.defaultRetention.{key}", value, found, claim)
        days = at(facet.properties, "rule", "defaultRetention", "days")
        yield equal(facet, "rule.defaultRetention.days", None, days, claim)


def _encryption(estate: Estate, bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "encryption", claim, wanted=True)
    if facet := bucket.facet("encryption"):
        kms = claim.cipher is Cipher.KMS
        default = at(facet.properties, "rules", 0, "applyServerSideEncryptionByDefault")
        path = "rules[0].applyServerSideEncryptionByDefault"
        yield equal(facet, f"{path}.sseAlgorithm", "aws:kms" if kms else "AES256", at(default, "sseAlgorithm"), claim)
        key = at(default, "kmsMasterKeyId")
        ours = "a key of this account" if own_key(key, estate) else show(key)
        yield equal(facet, f"{path}.kmsMasterKeyId", "a key of this account" if kms else show(None), ours, claim)
        bucket_key = at(facet.properties, "rules", 0, "bucketKeyEnabled") or False
        yield equal(facet, "rules[0].bucketKeyEnabled", kms, bucket_key, claim)


def _logging(estate: Estate, bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "logging", claim, wanted=claim.logged)
    if claim.logged and (facet := bucket.facet("logging")):
        target = f"author-access-logs-{estate.environment}"
        yield equal(facet, "targetBucket", target, facet.properties.get("targetBucket"), claim)
        prefix = facet.properties.get("targetPrefix")
        yield equal(facet, "targetPrefix", f"{bucket.name}/", prefix, claim)


def _measures(bucket: Bucket, claim: BucketClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "metrics", claim, wanted=claim.measured)
    if claim.measured and (facet := bucket.facet("metrics")):
        yield equal(facet, "filter", None, facet.properties.get("filter"), claim)
        yield equal(facet, "name", WHOLE_BUCKET, facet.properties.get("name"), claim)
    yield from _facet(bucket, "events", claim, wanted=claim.measured)
    if claim.measured and (facet := bucket.facet("events")):
        yield equal(facet, "eventbridge", True, facet.properties.get("eventbridge"), claim)  # noqa: FBT003


def _guards(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    checks: dict[Guard, Callable[[Estate, Bucket, GuardClaim], Iterator[Comparison]]] = {
        Guard.PUBLIC_ACCESS: _public_access,
        Guard.HTTP: _transport,
        Guard.TLS: _transport,
        Guard.OWNERSHIP: _ownership,
    }
    for claim in runbook.of(GuardClaim):
        setting = GUARD_SETTINGS[claim.guard]
        for bucket in buckets(estate):
            if claim.setting == setting:
                yield from checks[claim.guard](estate, bucket, claim)
            else:
                yield Comparison(
                    named(bucket.resource), str(claim.guard), claim.setting, setting, holds=False, claim=claim
                )


def _public_access(estate: Estate, bucket: Bucket, claim: GuardClaim) -> Iterator[Comparison]:  # noqa: ARG001
    yield from _facet(bucket, "public_access", claim, wanted=True)
    if facet := bucket.facet("public_access"):
        for key in PUBLIC_ACCESS:
            yield equal(facet, key, True, facet.properties.get(key), claim)  # noqa: FBT003


def _ownership(estate: Estate, bucket: Bucket, claim: GuardClaim) -> Iterator[Comparison]:  # noqa: ARG001
    yield from _facet(bucket, "ownership", claim, wanted=True)
    if facet := bucket.facet("ownership"):
        found = at(facet.properties, "rule", "objectOwnership")
        yield equal(facet, "rule.objectOwnership", "BucketOwnerEnforced", found, claim)


def _transport(estate: Estate, bucket: Bucket, claim: GuardClaim) -> Iterator[Comparison]:
    yield from _facet(bucket, "policy", claim, wanted=True)
    if facet := bucket.facet("policy"):
        condition = TRANSPORT[claim.guard]
        try:
            statements = read_policy(facet.properties.get("policy"), "", estate.account)
        except UnreadablePolicyError as error:
            yield Comparison(named(facet), "policy", f"Deny where {condition}", str(error), holds=False, claim=claim)
            return
        index = next((i for i, s in enumerate(statements) if _denies(s, bucket, condition)), None)
        path = "policy" if index is None else f"policy.Statement[{index}]"
        found = "no such statement" if index is None else "a Deny for everybody, everywhere in the bucket"
        expected = f"a Deny of s3:* for everybody on {bucket.name} and its objects where {condition}"
        yield Comparison(named(facet), path, expected, found, index is not None, claim, path)


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


def _inventories(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    for claim in runbook.of(InventoryClaim):
        matching = _matching(estate, claim.buckets)
        if not matching:
            yield absent(f"s3/bucket {claim.buckets}", "bucket", "a bucket of that name", claim)
        for bucket in matching:
            facet = bucket.facet("inventory")
            if facet is None:
                yield absent(named(bucket.resource), "inventory", f"an inventory of {bucket.name}", claim)
                continue
            p = facet.properties
            target = f"arn:aws:s3:::author-inventory-{estate.environment}"
            yield equal(facet, "enabled", True, p.get("enabled", True), claim)  # noqa: FBT003
            yield equal(facet, "schedule.frequency", claim.frequency, at(p, "schedule", "frequency"), claim)
            destination = at(p, "destination", "bucket")
            yield equal(facet, "destination.bucket.format", claim.format, at(destination, "format"), claim)
            yield equal(facet, "destination.bucket.bucketArn", target, at(destination, "bucketArn"), claim)
            yield equal(facet, "destination.bucket.accountId", estate.account, at(destination, "accountId"), claim)
            yield equal(facet, "includedObjectVersions", "All", p.get("includedObjectVersions"), claim)
            yield equal(facet, "filter", None, p.get("filter"), claim)
            for field in INVENTORY_FIELDS:
                listed = field if field in (p.get("optionalFields") or ()) else None
                yield equal(facet, "optionalFields", field, listed, claim)


RULES = (
    rule(
        "bucket",
        "Buckets are versioned, locked, encrypted, logged and measured as their row says.",
        Severity.CRITICAL,
        (BucketClaim.kind,),
        why="Data could be lost, read or changed without anybody noticing.",
        compare=_kept,
    ),
    rule(
        "guard",
        "No bucket can be reached from outside or without modern TLS.",
        Severity.CRITICAL,
        (GuardClaim.kind,),
        why="Somebody outside could read or listen.",
        compare=_guards,
    ),
    rule(
        "inventory",
        "Data buckets are listed once a week.",
        Severity.MEDIUM,
        (InventoryClaim.kind,),
        why="Orphans and overdue objects could not be counted.",
        compare=_inventories,
    ),
)
