"""Which calls of AWS's API a declared resource becomes: its properties as the parameters of operations.

Names within a property are found by AWS's own models (`models.fitted`); here stand only the top-level ones, and where
AWS wants another shape.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from estate.model import Resource

Properties = Mapping[str, Any]


@dataclass(frozen=True)
class Calling:
    """One call: boto's name of the service, the operation, and parameters in Pulumi's spelling."""

    service: str
    operation: str
    parameters: Properties


Make = Callable[[Properties], Properties]


def renamed(**names: str) -> Make:
    """Takes these properties, each under a member's name; a dot leads into a structure or map."""

    def make(properties: Properties) -> Properties:
        found: dict[str, Any] = {}
        for key, path in names.items():
            if properties.get(key) is None:
                continue
            *outer, last = path.split(".")
            inner = found
            for step in outer:
                inner = inner.setdefault(step, {})
            inner[last] = properties[key]
        return found

    return make


def same(*keys: str, **names: str) -> Make:
    """Takes properties that AWS calls alike, and renamed ones."""
    return renamed(**{key: key for key in keys}, **names)


def _targets(p: Properties) -> Properties:
    return {"rule": p.get("rule"), "targets": [{"id": p.get("targetId"), "arn": p.get("arn")}]}


def _filter(p: Properties) -> Properties:
    counted = p.get("metricTransformation", {})
    names = {"name": "metricName", "namespace": "metricNamespace", "value": "metricValue"}
    transformation = {names.get(key, key): value for key, value in counted.items()}
    named = same("logGroupName", name="filterName", pattern="filterPattern")(p)
    return {**named, "metricTransformations": [transformation]}


def _alarm(p: Properties) -> Properties:
    queries = [_query(query) for query in p.get("metricQueries", ())]
    kept = {key: value for key, value in p.items() if key not in ("name", "metricQueries")}
    return {**kept, "alarmName": p.get("name"), **({"metrics": queries} if queries else {})}


def _query(query: Properties) -> Properties:
    """A metric's dimensions and period stand a level apart in Pulumi's and AWS's words."""
    if not (inner := query.get("metric")):
        return query
    metric = {key: value for key, value in inner.items() if key in ("namespace", "metricName", "dimensions")}
    stat = {key: value for key, value in inner.items() if key not in metric}
    return {**query, "metric": None, "metricStat": {"metric": metric, **stat}}


def _schedule(p: Properties) -> Properties:
    target = dict(p.get("target", {}))
    if parameters := target.get("ecsParameters"):
        network = dict(parameters["networkConfiguration"])
        network["assignPublicIp"] = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
        target["ecsParameters"] = {**parameters, "networkConfiguration": {"awsvpcConfiguration": network}}
    return {**p, "target": target}


def _notification(p: Properties) -> Properties:
    events: dict[str, Any] = {"eventBridgeConfiguration": {}} if p.get("eventbridge") else {}
    return {"bucket": p.get("bucket"), "notificationConfiguration": events}


def _ownership(p: Properties) -> Properties:
    return {"bucket": p.get("bucket"), "ownershipControls": {"rules": [p.get("rule")]}}


def _lock(p: Properties) -> Properties:
    configuration = {"objectLockEnabled": "Enabled", "rule": p.get("rule")}
    return {"bucket": p.get("bucket"), "objectLockConfiguration": configuration}


def _metrics(p: Properties) -> Properties:
    return {"bucket": p.get("bucket"), "id": p.get("name"), "metricsConfiguration": {"id": p.get("name")}}


def _inventory(p: Properties) -> Properties:
    where = dict(p.get("destination", {}).get("bucket", {}))
    where["bucket"] = where.pop("bucketArn", None)
    configuration = {
        "destination": {"s3BucketDestination": where},
        "isEnabled": p.get("enabled"),
        "id": p.get("name"),
        **{key: p.get(key) for key in ("includedObjectVersions", "optionalFields", "schedule")},
    }
    return {"bucket": p.get("bucket"), "id": p.get("name"), "inventoryConfiguration": configuration}


def _topic_attribute(p: Properties) -> Properties:
    return {"topicArn": p.get("arn"), "attributeName": "Policy", "attributeValue": p.get("policy")}


def _location(p: Properties) -> Properties:
    return {"bucket": p.get("bucket"), "objectLockEnabledForBucket": p.get("objectLockEnabled")}


def _bucket_tags(p: Properties) -> Properties:
    return {"bucket": p.get("bucket"), "tagging": {"tagSet": p.get("tags")}}


def _code(p: Properties) -> Properties:
    return {**{k: v for k, v in p.items() if k not in ("name", "code")}, "functionName": p.get("name"), "code": {}}


CALLS: Mapping[str, tuple[tuple[str, str, Make], ...]] = {
    "cloudwatch/dashboard": (("cloudwatch", "PutDashboard", same("dashboardName", "dashboardBody")),),
    "cloudwatch/eventRule": (
        ("events", "PutRule", same("name", "description", "eventPattern", "scheduleExpression", "state", "tags")),
    ),
    "cloudwatch/eventTarget": (("events", "PutTargets", _targets),),
    "cloudwatch/logGroup": (
        ("logs", "CreateLogGroup", same("tags", name="logGroupName")),
        ("logs", "PutRetentionPolicy", same("retentionInDays", name="logGroupName")),
    ),
    "cloudwatch/logMetricFilter": (("logs", "PutMetricFilter", _filter),),
    "cloudwatch/logResourcePolicy": (("logs", "PutResourcePolicy", same("policyName", "policyDocument")),),
    "cloudwatch/metricAlarm": (("cloudwatch", "PutMetricAlarm", _alarm),),
    "ecs/cluster": (("ecs", "CreateCluster", same("settings", "tags", name="clusterName")),),
    "ecs/taskDefinition": (("ecs", "RegisterTaskDefinition", dict),),
    "iam/role": (
        (
            "iam",
            "CreateRole",
            same("description", "tags", name="roleName", assumeRolePolicy="assumeRolePolicyDocument"),
        ),
    ),
    "iam/rolePolicy": (("iam", "PutRolePolicy", renamed(name="policyName", role="roleName", policy="policyDocument")),),
    "kms/alias": (("kms", "CreateAlias", same("targetKeyId", name="aliasName")),),
    "kms/key": (
        ("kms", "CreateKey", same("description", "policy", "tags")),
        (
            "kms",
            "ScheduleKeyDeletion",
            lambda p: {"keyId": "unknown", "pendingWindowInDays": p.get("deletionWindowInDays")},
        ),
    ),
    "lambda/function": (("lambda", "CreateFunction", _code),),
    "lambda/functionEventInvokeConfig": (("lambda", "PutFunctionEventInvokeConfig", dict),),
    "s3/bucket": (("s3", "CreateBucket", _location), ("s3", "PutBucketTagging", _bucket_tags)),
    "s3/bucketLifecycleConfiguration": (
        ("s3", "PutBucketLifecycleConfiguration", same("bucket", rules="lifecycleConfiguration.rules")),
    ),
    "s3/bucketLogging": (
        (
            "s3",
            "PutBucketLogging",
            same(
                "bucket",
                targetBucket="bucketLoggingStatus.loggingEnabled.targetBucket",
                targetPrefix="bucketLoggingStatus.loggingEnabled.targetPrefix",
            ),
        ),
    ),
    "s3/bucketMetric": (("s3", "PutBucketMetricsConfiguration", _metrics),),
    "s3/bucketNotification": (("s3", "PutBucketNotificationConfiguration", _notification),),
    "s3/bucketObjectLockConfiguration": (("s3", "PutObjectLockConfiguration", _lock),),
    "s3/bucketObjectv2": (("s3", "PutObject", same("bucket", "key", "contentType", "checksumAlgorithm")),),
    "s3/bucketOwnershipControls": (("s3", "PutBucketOwnershipControls", _ownership),),
    "s3/bucketPolicy": (("s3", "PutBucketPolicy", same("bucket", "policy")),),
    "s3/bucketPublicAccessBlock": (
        (
            "s3",
            "PutPublicAccessBlock",
            same(
                "bucket",
                **{
                    key: f"publicAccessBlockConfiguration.{key}"
                    for key in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
                },
            ),
        ),
    ),
    "s3/bucketServerSideEncryptionConfiguration": (
        ("s3", "PutBucketEncryption", same("bucket", rules="serverSideEncryptionConfiguration.rules")),
    ),
    "s3/bucketVersioning": (("s3", "PutBucketVersioning", same("bucket", "versioningConfiguration")),),
    "s3/inventory": (("s3", "PutBucketInventoryConfiguration", _inventory),),
    "scheduler/schedule": (("scheduler", "CreateSchedule", _schedule),),
    "scheduler/scheduleGroup": (("scheduler", "CreateScheduleGroup", same("name", "tags")),),
    "sns/topic": (("sns", "CreateTopic", same("name", "tags", kmsMasterKeyId="attributes.KmsMasterKeyId")),),
    "sns/topicPolicy": (("sns", "SetTopicAttributes", _topic_attribute),),
    "sqs/queue": (
        (
            "sqs",
            "CreateQueue",
            same(
                "tags",
                name="queueName",
                messageRetentionSeconds="attributes.MessageRetentionPeriod",
                policy="attributes.Policy",
                sqsManagedSseEnabled="attributes.SqsManagedSseEnabled",
            ),
        ),
    ),
    "ssm/document": (("ssm", "CreateDocument", same("name", "content", "documentType", "documentFormat", "tags")),),
    "ssm/parameter": (("ssm", "PutParameter", same("name", "description", "type", "value", "tags")),),
}
"""Type → its calls; a type that no call stands for is an error of the test."""

NO_PARAMETER: Mapping[str, str] = {
    "kms/key.enableKeyRotation": "a call without parameters, EnableKeyRotation",
    "lambda/function.code": "bytes of the zip",
    "s3/bucket.forceDestroy": "a setting of the engine",
    "s3/bucketObjectv2.source": "bytes of the file",
    "s3/bucketObjectv2.tags": "a header that PutObject takes as one text",
    "s3/bucketNotification.eventbridge": "an empty element",
}
"""Properties whose values no model has a limit for."""


def kind_of(resource: Resource) -> str:
    """Returns a type's short name, as `s3/bucket`."""
    return resource.type.split(":")[1]


def calls(resource: Resource) -> Iterator[Calling]:
    """Yields the calls that deploy a resource."""
    for service, operation, make in CALLS[kind_of(resource)]:
        yield Calling(service, operation, make(resource.properties))


def text(value: Any) -> str:
    """Writes a value as a parameter that takes text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), default=str)
