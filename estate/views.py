"""Typed views of an estate: what belongs together, found by the names that tie it together.

An attribute that nothing declares is None; one that a preview cannot know is `UNKNOWN` and equals nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from estate.memo import once_per_estate
from estate.model import UNKNOWN, Estate, Resource
from estate.names import Names
from estate.paths import at
from semantics.lifecycle.model import LifecycleConfiguration
from semantics.lifecycle.reader import from_properties

LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
VERSIONING = "s3/bucketVersioning:BucketVersioning"

FACETS = {
    "lifecycle": LIFECYCLE,
    "versioning": VERSIONING,
    "encryption": "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "public_access": "s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "ownership": "s3/bucketOwnershipControls:BucketOwnershipControls",
    "policy": "s3/bucketPolicy:BucketPolicy",
    "logging": "s3/bucketLogging:BucketLogging",
    "metrics": "s3/bucketMetric:BucketMetric",
    "events": "s3/bucketNotification:BucketNotification",
    "inventory": "s3/inventory:Inventory",
    "lock": "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
}
"""What a bucket consists of besides itself: facet → type. Each names the bucket in its property `bucket`."""


def named(resource: Resource) -> str:
    """Names a resource as findings do, `s3/bucketLifecycleConfiguration author-exports-lifecycle`."""
    return f"{resource.type.split(':')[1]} {resource.name}"


@dataclass(frozen=True)
class Bucket:
    """A bucket with its facets."""

    name: str
    resource: Resource
    facets: Mapping[str, Sequence[Resource]]

    def facet(self, name: str) -> Resource | None:
        """Returns the first facet of a kind, or None."""
        return next(iter(self.facets.get(name, ())), None)

    def matches(self, pattern: str) -> bool:
        """Says whether the runbook's name pattern is about this bucket."""
        return fnmatchcase(self.name, pattern)


@once_per_estate
def buckets(estate: Estate) -> list[Bucket]:
    """Lists the estate's buckets."""
    parts = {
        facet: [(str(r.properties.get("bucket")), r) for r in estate.of_type(type_)] for facet, type_ in FACETS.items()
    }
    return [
        Bucket(name, r, {facet: [p for owner, p in found if owner == name] for facet, found in parts.items()})
        for r in estate.of_type("s3/bucket:Bucket")
        if (name := str(r.properties.get("bucket")))
    ]


def matching(estate: Estate, pattern: str) -> list[Bucket]:
    """Lists the buckets that the runbook's name pattern is about."""
    return [b for b in buckets(estate) if b.matches(pattern)]


def data_buckets(estate: Estate) -> list[Bucket]:
    """Lists those of the estate's buckets that hold users' data."""
    names = Names(estate.environment, estate.account, estate.region)
    return [b for b in buckets(estate) if b.name in names.data_buckets]


def lifecycle_of(resource: Resource) -> LifecycleConfiguration:
    """Reads a bucket's lifecycle configuration.

    Raises:
        LifecycleError: it is not one, or a part of it is not known yet.
    """
    keys = ("rules", "transitionDefaultMinimumObjectSize")
    return from_properties({k: resource.properties[k] for k in keys if k in resource.properties})


def versioned_buckets(estate: Estate) -> frozenset[str]:
    """Returns the names of the buckets that are versioned, suspended ones too: their old versions stay."""
    status = ("versioningConfiguration", "status")
    kept = (r.properties for r in estate.of_type(VERSIONING) if at(r.properties, *status) != "Disabled")
    return frozenset(str(properties.get("bucket")) for properties in kept)


def value_of(estate: Estate, type_: str, key: str) -> set[str]:
    """Collects one property of all resources of a type."""
    return {str(r.properties.get(key)) for r in estate.of_type(type_)}


@dataclass(frozen=True)
class Topic:
    """A notification topic, and the documents that say who may publish to it."""

    name: str
    arn: str
    resource: Resource
    policy: Resource | None


def topics(estate: Estate) -> list[Topic]:
    """Lists the topics."""
    policies = {str(r.properties.get("arn")): r for r in estate.of_type("sns/topicPolicy:TopicPolicy")}
    found: list[Topic] = []
    for r in estate.of_type("sns/topic:Topic"):
        name = str(r.properties.get("name"))
        arn = f"arn:aws:sns:{estate.region}:{estate.account}:{name}"
        found.append(Topic(name, arn, r, policies.get(arn) or (r if "policy" in r.properties else None)))
    return found


def own_key(key_id: object, estate: Estate) -> bool:
    """Says whether this is a customer-managed key of the account; in a first preview its id is not known yet."""
    return key_id is UNKNOWN or str(key_id).startswith(f"arn:aws:kms:{estate.region}:{estate.account}:key/")
