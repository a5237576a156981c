"""The declared estate as a CloudFormation template, for a linter that knows CloudFormation's schemas."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from estate.model import Estate, Resource
from tests.policies.words.calls import Properties, kind_of, text

RAW = frozenset({"policy", "policyDocument", "assumeRolePolicy", "eventPattern", "content", "variables", "options"})
"""Properties below which names are data, not CloudFormation's."""

PAIRS = {"tags": ("Key", "Value"), "dimensions": ("Name", "Value")}
"""Mappings that CloudFormation takes as lists of pairs."""


def spelled(value: Any, name: str = "") -> Any:
    """Writes a value in CloudFormation's spelling."""
    if name in RAW:
        return value
    if name in PAIRS and isinstance(value, Mapping):
        key, val = PAIRS[name]
        return [{key: k, val: v} for k, v in sorted(cast("Mapping[str, Any]", value).items())]
    if isinstance(value, Mapping):
        return {_pascal(k): spelled(v, k) for k, v in cast("Mapping[str, Any]", value).items() if v is not None}
    return [spelled(v) for v in cast("list[Any]", value)] if isinstance(value, list) else value


def _pascal(name: str) -> str:
    return NAMES.get(name, name[:1].upper() + name[1:])


NAMES = {"kmsMasterKeyId": "KMSMasterKeyID", "sseAlgorithm": "SSEAlgorithm", "okActions": "OKActions"}

Make = Callable[[Properties], tuple[str, dict[str, Any]]]


def _as(kind: str, *without: str, **names: str) -> Make:
    """Makes a resource of a type: these properties renamed, those left out, the rest spelled."""

    def make(p: Properties) -> tuple[str, dict[str, Any]]:
        taken = {key: value for key, value in p.items() if value is not None and key not in without}
        return kind, {names.get(key) or _pascal(key): spelled(value, key) for key, value in taken.items()}

    return make


def _target(p: Properties) -> dict[str, Any]:
    return {"Arn": p["arn"], "Id": p["targetId"]}


def _rule(p: Properties) -> tuple[str, dict[str, Any]]:
    return _as("AWS::Events::Rule")({**p, "tags": None})


def _filter(p: Properties) -> tuple[str, dict[str, Any]]:
    counted = dict(p["metricTransformation"])
    dimensions = [{"Key": k, "Value": v} for k, v in counted.pop("dimensions", {}).items()]
    names = {"name": "MetricName", "namespace": "MetricNamespace", "value": "MetricValue"}
    one = {names.get(k, _pascal(k)): v for k, v in counted.items()} | ({"Dimensions": dimensions} if dimensions else {})
    named = {"FilterName": p["name"], "FilterPattern": p["pattern"], "LogGroupName": p["logGroupName"]}
    return "AWS::Logs::MetricFilter", {**named, "MetricTransformations": [one]}


def _alarm(p: Properties) -> tuple[str, dict[str, Any]]:
    _, made = _as("", "metricQueries", name="AlarmName")(p)
    queries = [_query(query) for query in p.get("metricQueries", ())]
    return "AWS::CloudWatch::Alarm", made | ({"Metrics": queries} if queries else {})


def _query(query: Properties) -> dict[str, Any]:
    made = spelled({k: v for k, v in query.items() if k != "metric"})
    if inner := query.get("metric"):
        metric = {k: inner[k] for k in ("namespace", "metricName", "dimensions") if k in inner}
        made["MetricStat"] = {"Metric": spelled(metric), **spelled({k: v for k, v in inner.items() if k not in metric})}
    return made


def _function(p: Properties) -> tuple[str, dict[str, Any]]:
    kind, made = _as("AWS::Lambda::Function", "code", name="FunctionName")(p)
    return kind, made | {"Code": {"S3Bucket": "a-bucket", "S3Key": "a-key"}}


def _schedule(p: Properties) -> tuple[str, dict[str, Any]]:
    kind, made = _as("AWS::Scheduler::Schedule")(p)
    target = made["Target"]
    target["Input"] = text(p["target"]["input"]) if "input" in p["target"] else None
    if parameters := target.get("EcsParameters"):
        network = parameters["NetworkConfiguration"]
        network["AssignPublicIp"] = "ENABLED" if network.get("AssignPublicIp") else "DISABLED"
        parameters["NetworkConfiguration"] = {"AwsvpcConfiguration": network}
    return kind, made | {"Target": {k: v for k, v in target.items() if v is not None}}


RESOURCES: Mapping[str, Make] = {
    "cloudwatch/dashboard": lambda p: (
        "AWS::CloudWatch::Dashboard",
        {"DashboardName": p["dashboardName"], "DashboardBody": text(p["dashboardBody"])},
    ),
    "cloudwatch/eventRule": _rule,
    "cloudwatch/logGroup": _as("AWS::Logs::LogGroup", name="LogGroupName"),
    "cloudwatch/logMetricFilter": _filter,
    "cloudwatch/logResourcePolicy": lambda p: (
        "AWS::Logs::ResourcePolicy",
        {"PolicyName": p["policyName"], "PolicyDocument": text(p["policyDocument"])},
    ),
    "cloudwatch/metricAlarm": _alarm,
    "ecs/cluster": _as("AWS::ECS::Cluster", name="ClusterName", settings="ClusterSettings"),
    "ecs/taskDefinition": _as("AWS::ECS::TaskDefinition"),
    "iam/role": _as("AWS::IAM::Role", name="RoleName", assumeRolePolicy="AssumeRolePolicyDocument"),
    "iam/rolePolicy": _as("AWS::IAM::RolePolicy", name="PolicyName", role="RoleName", policy="PolicyDocument"),
    "kms/alias": _as("AWS::KMS::Alias", name="AliasName"),
    "kms/key": _as("AWS::KMS::Key", deletionWindowInDays="PendingWindowInDays", policy="KeyPolicy"),
    "lambda/function": _function,
    "lambda/functionEventInvokeConfig": lambda p: _as("AWS::Lambda::EventInvokeConfig")({**p, "qualifier": "$LATEST"}),
    "s3/bucketPolicy": _as("AWS::S3::BucketPolicy", policy="PolicyDocument"),
    "scheduler/schedule": _schedule,
    "scheduler/scheduleGroup": _as("AWS::Scheduler::ScheduleGroup"),
    "sns/topic": _as("AWS::SNS::Topic", name="TopicName", kmsMasterKeyId="KmsMasterKeyId"),
    "sns/topicPolicy": lambda p: ("AWS::SNS::TopicPolicy", {"Topics": [p["arn"]], "PolicyDocument": p["policy"]}),
    "sqs/queue": _as("AWS::SQS::Queue", "policy", name="QueueName", messageRetentionSeconds="MessageRetentionPeriod"),
    "ssm/document": _as("AWS::SSM::Document"),
    "ssm/parameter": lambda p: ("AWS::SSM::Parameter", {**_as("", "tags")(p)[1], "Tags": p.get("tags", {})}),
}
"""Type → the CloudFormation resource that it is; a bucket's parts go into the bucket."""


def _lifecycle(rules: Iterable[Properties]) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in rules]}


def _lifecycle_rule(rule: Properties) -> dict[str, Any]:
    end: Properties = rule.get("expiration") or {}
    where: Properties = rule.get("filter") or {}
    old = rule.get("noncurrentVersionExpiration")
    made: dict[str, Any] = {
        "Id": rule.get("id"),
        "Status": rule["status"],
        "Prefix": where.get("prefix"),
        "ExpirationInDays": end.get("days"),
        "ExpirationDate": end.get("date"),
        "ExpiredObjectDeleteMarker": end.get("expiredObjectDeleteMarker"),
        "NoncurrentVersionExpiration": old and spelled(old),
        "AbortIncompleteMultipartUpload": spelled(rule.get("abortIncompleteMultipartUpload")),
        "Transitions": [
            {"StorageClass": move["storageClass"], "TransitionInDays": move.get("days")}
            for move in rule.get("transitions") or ()
        ],
    }
    return {key: value for key, value in made.items() if value not in (None, [])}


def _encryption(rules: Iterable[Properties]) -> dict[str, Any]:
    made = [spelled({k: v for k, v in r.items() if k != "applyServerSideEncryptionByDefault"}) for r in rules]
    by_default = [spelled(r["applyServerSideEncryptionByDefault"]) for r in rules]
    both = zip(made, by_default, strict=True)
    return {
        "ServerSideEncryptionConfiguration": [{**m, "ServerSideEncryptionByDefault": d} for m, d in both],
    }


def _inventory(p: Properties) -> dict[str, Any]:
    where = p["destination"]["bucket"]
    return {
        "Id": p["name"],
        "Enabled": p["enabled"],
        "IncludedObjectVersions": p["includedObjectVersions"],
        "ScheduleFrequency": p["schedule"]["frequency"],
        "OptionalFields": p["optionalFields"],
        "Destination": {
            "BucketAccountId": where["accountId"],
            "BucketArn": where["bucketArn"],
            "Format": where["format"],
        },
    }


PARTS: Mapping[str, Callable[[Properties], dict[str, Any]]] = {
    "s3/bucketLifecycleConfiguration": lambda p: {"LifecycleConfiguration": _lifecycle(p["rules"])},
    "s3/bucketLogging": lambda p: {
        "LoggingConfiguration": {"DestinationBucketName": p["targetBucket"], "LogFilePrefix": p["targetPrefix"]}
    },
    "s3/bucketMetric": lambda p: {"MetricsConfigurations": [{"Id": p["name"]}]},
    "s3/bucketNotification": lambda p: {
        "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": p["eventbridge"]}}
    },
    "s3/bucketObjectLockConfiguration": lambda p: {
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": spelled(p["rule"])}
    },
    "s3/bucketOwnershipControls": lambda p: {"OwnershipControls": {"Rules": [spelled(p["rule"])]}},
    "s3/bucketPublicAccessBlock": lambda p: {
        "PublicAccessBlockConfiguration": spelled({k: v for k, v in p.items() if k != "bucket"})
    },
    "s3/bucketServerSideEncryptionConfiguration": lambda p: {"BucketEncryption": _encryption(p["rules"])},
    "s3/bucketVersioning": lambda p: {"VersioningConfiguration": spelled(p["versioningConfiguration"])},
    "s3/inventory": lambda p: {"InventoryConfigurations": [_inventory(p)]},
}
"""Type → the properties of its bucket that it sets."""

NO_TEMPLATE = frozenset({"s3/bucket", "cloudwatch/eventTarget", "s3/bucketObjectv2"})
"""A bucket and a rule take their parts in; no template uploads an object."""


def template(estate: Estate) -> dict[str, Any]:
    """Writes an estate as a template."""
    resources: dict[str, Any] = {}
    for resource in estate.resources:
        if make := RESOURCES.get(kind_of(resource)):
            kind, properties = make(resource.properties)
            resources[name_of(resource)] = {"Type": kind, "Properties": properties}
    for bucket in estate.of_type("s3/bucket:Bucket"):
        resources[name_of(bucket)] = {"Type": "AWS::S3::Bucket", "Properties": _bucket(estate, bucket)}
    for target in estate.of_type("cloudwatch/eventTarget:EventTarget"):
        rule = next(
            r
            for r in estate.of_type("cloudwatch/eventRule:EventRule")
            if r.properties["name"] == target.properties["rule"]
        )
        resources[name_of(rule)]["Properties"].setdefault("Targets", []).append(_target(target.properties))
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def _bucket(estate: Estate, bucket: Resource) -> dict[str, Any]:
    _, made = _as("", "forceDestroy", bucket="BucketName")(bucket.properties)
    for resource in estate.resources:
        part = PARTS.get(kind_of(resource))
        if part and resource.properties.get("bucket") == bucket.properties["bucket"]:
            made |= part(resource.properties)
    return made


def name_of(resource: Resource) -> str:
    """Returns what a resource is called in the template."""
    words = "".join(c if c.isalnum() else " " for c in f"{kind_of(resource)} {resource.name}").split()
    return "".join(word.capitalize() for word in words)
