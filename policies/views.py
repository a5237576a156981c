"""Typed views of an estate: what belongs together, found by the names that tie it together.

An attribute that nothing declares is None; one that a preview cannot know is `UNKNOWN` and equals nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, cast

from policies.alarms import AlarmDefinition
from policies.estate import Estate, Resource
from policies.statements import Statement, read_policy

FACETS = {
    "lifecycle": "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "versioning": "s3/bucketVersioning:BucketVersioning",
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


def at(value: Any, *path: str | int) -> Any:
    """Follows keys and indexes into nested properties; None where there is nothing."""
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str):
            value = cast("Mapping[str, Any]", value).get(step)
        elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(step, int):
            items = cast("Sequence[Any]", value)
            value = items[step] if step < len(items) else None
        else:
            return None
    return value


@dataclass(frozen=True)
class Bucket:
    """A bucket with its facets."""

    name: str
    resource: Resource
    facets: Mapping[str, Sequence[Resource]]

    def facet(self, name: str) -> Resource | None:
        """The first facet of a kind, or None."""
        return next(iter(self.facets.get(name, ())), None)

    def matches(self, pattern: str) -> bool:
        """Says whether the runbook's name pattern is about this bucket."""
        return fnmatchcase(self.name, pattern)


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


@dataclass(frozen=True)
class Schedule:
    """A schedule of EventBridge Scheduler."""

    name: str
    resource: Resource
    expression: str
    time_zone: str


def schedules(estate: Estate) -> Iterator[Schedule]:
    """Yields the schedules."""
    for r in estate.of_type("scheduler/schedule:Schedule"):
        p = r.properties
        zone = str(p.get("scheduleExpressionTimezone") or "UTC")
        yield Schedule(str(p.get("name")), r, str(p.get("scheduleExpression")), zone)


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


@dataclass(frozen=True)
class Alarm:
    """A metric alarm: what it watches and whom it tells."""

    definition: AlarmDefinition
    resource: Resource
    actions: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its physical name."""
        return self.definition.name


def alarms(estate: Estate) -> Iterator[Alarm]:
    """Yields the metric alarms.

    Raises:
        ValueError: an alarm can't be read.
    """
    for r in estate.of_type("cloudwatch/metricAlarm:MetricAlarm"):
        actions = tuple(map(str, r.properties.get("alarmActions") or ()))
        yield Alarm(AlarmDefinition.from_properties(r.properties), r, actions)


@dataclass(frozen=True)
class RolePolicy:
    """A policy of a role, and its statements."""

    role: str
    resource: Resource
    statements: Sequence[Statement]


def role_policies(estate: Estate) -> Iterator[RolePolicy]:
    """Yields the inline policies of roles.

    Raises:
        UnreadablePolicyError: a document can't be understood.
    """
    for r in estate.of_type("iam/rolePolicy:RolePolicy"):
        yield RolePolicy(
            str(r.properties.get("role")), r, read_policy(r.properties.get("policy"), r.name, estate.account)
        )
