"""S3 buckets, sub-resource by sub-resource.

Operations and permissions: https://docs.aws.amazon.com/AmazonS3/latest/API/ and
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from audit.api import AbsentError, Account
from audit.table import Attribute, Call, Kind, Ours, at, camel, rows, tags_at
from estate.names import PREFIX

BUCKETS = "aws:s3/bucket:Bucket"
OWNED = f"arn:aws:s3:::{PREFIX}-*"


def _call(operation: str, permission: str) -> Call:
    return Call("s3", operation, f"s3:{permission}", OWNED)


ALL_BUCKETS = Call("s3", "list_buckets", "s3:ListAllMyBuckets", "*")
ALL_METRICS = _call("list_bucket_metrics_configurations", "GetMetricsConfiguration")
ALL_INVENTORIES = _call("list_bucket_inventory_configurations", "GetInventoryConfiguration")


def _bucket(physical: str, _: Account) -> dict[str, Any]:
    return {"Bucket": physical}


def _bucket_and_id(physical: str, _: Account) -> dict[str, Any]:
    return dict(zip(("Bucket", "Id"), physical.split("/", 1), strict=True))


def _object(physical: str, _: Account) -> dict[str, Any]:
    return dict(zip(("Bucket", "Key"), physical.split("/", 1), strict=True))


def _named_ours(account: Account, _: Ours) -> Iterator[str]:
    for bucket in account.ask("s3", "list_buckets")["Buckets"]:
        if bucket["Name"].startswith(f"{PREFIX}-"):
            yield bucket["Name"]


def _every_bucket(_: Account, ours: Ours) -> Iterator[str]:
    yield from ours.declared[BUCKETS]


def _every_id(call: Call, key: str) -> Any:
    def discover(account: Account, ours: Ours) -> Iterator[str]:
        def ids(bucket: str) -> list[str]:
            try:
                answer = account.ask(call.service, call.operation, Bucket=bucket)
            except AbsentError:
                return []
            return [f"{bucket}/{found['Id']}" for found in answer.get(key, ())]

        for found in account.concurrently(ids, ours.declared[BUCKETS]):
            yield from found

    return discover


def _sub_resource(type_: str, call: Call, extracts: Mapping[str, Any], remove: str) -> Kind:
    """A configuration that each bucket has or has not; asked of every bucket, so that an undeclared one is seen."""
    command = f"aws s3api {remove} --bucket {{physical}}"
    return Kind(type_, ("bucket",), rows(call, _bucket, extracts), command, discover=_every_bucket)


def _encryption(answer: Any) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = at("ServerSideEncryptionConfiguration", "Rules")(answer)
    # Since April 2026 the answer also names blocked encryption types; nothing declares them.
    return [{k: v for k, v in rule.items() if k != "blockedEncryptionTypes"} for rule in rules]


def _lifecycle(answer: Any) -> list[Any]:
    return [{"filter": {}, **rule} for rule in camel(answer.get("Rules", []))]


def _versioning(answer: Any) -> dict[str, Any] | None:
    return {"status": answer["Status"], **camel(_some(answer, "MFADelete"))} if "Status" in answer else None


def _some(answer: Any, *keys: str) -> dict[str, Any]:
    return {k: answer[k] for k in keys if k in answer}


def _locked(answer: Any) -> bool:
    return answer["ObjectLockConfiguration"]["ObjectLockEnabled"] == "Enabled"


def _default_retention(answer: Any) -> Any:
    """The default retention; the emulator adds a zero for the unit that is not in use."""
    retention = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention")
    return {"defaultRetention": camel({k: v for k, v in retention.items() if v})} if retention else None


def _ownership(answer: Any) -> dict[str, Any]:
    return camel(answer["OwnershipControls"]["Rules"][0])


def _events(answer: Any) -> bool | None:
    return True if "EventBridgeConfiguration" in answer else None


def _foreign_grants(answer: Any) -> list[Any] | None:
    """Grants to anybody but the owner; the owner's own full control is what every bucket has."""
    owner = answer["Owner"]["ID"]
    grants = [g for g in cast("Sequence[Any]", answer["Grants"]) if g["Grantee"].get("ID") != owner]
    return camel(grants) or None


def _inventory_destination(answer: Any) -> dict[str, Any]:
    bucket = camel(answer["InventoryConfiguration"]["Destination"]["S3BucketDestination"])
    return {"bucket": {"bucketArn": bucket.pop("bucket"), **bucket}}


LOCK = _call("get_object_lock_configuration", "GetBucketObjectLockConfiguration")
PUBLIC = _call("get_public_access_block", "GetBucketPublicAccessBlock")
LOGGING = _call("get_bucket_logging", "GetBucketLogging")
LIFECYCLE = _call("get_bucket_lifecycle_configuration", "GetLifecycleConfiguration")
METRICS = _call("get_bucket_metrics_configuration", "GetMetricsConfiguration")
INVENTORY = _call("get_bucket_inventory_configuration", "GetInventoryConfiguration")
REPLICATION = _call("get_bucket_replication", "GetReplicationConfiguration")
WEBSITE = _call("get_bucket_website", "GetBucketWebsite")
PUBLIC_FLAGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")

BUCKET = Kind(
    BUCKETS,
    ("bucket",),
    (
        Attribute("bucket", _call("head_bucket", "ListBucket"), _bucket, lambda _: True),
        Attribute(
            "objectLockEnabled",
            LOCK,
            _bucket,
            _locked,
            default=False,
            absent=False,
        ),
        Attribute("tags", _call("get_bucket_tagging", "GetBucketTagging"), _bucket, tags_at("TagSet"), absent=None),
    ),
    "aws s3api delete-bucket --bucket {physical}",
    exempt={"forceDestroy": "a setting of the engine; S3 does not know it"},
    discover=_named_ours,
    discovered_by=(ALL_BUCKETS,),
)

SUB_RESOURCES = (
    _sub_resource(
        "aws:s3/bucketVersioning:BucketVersioning",
        _call("get_bucket_versioning", "GetBucketVersioning"),
        {"versioningConfiguration": _versioning},
        "put-bucket-versioning --versioning-configuration Status=Suspended",
    ),
    _sub_resource(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        LIFECYCLE,
        {"rules": _lifecycle},
        "delete-bucket-lifecycle",
    ),
    _sub_resource(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        _call("get_bucket_encryption", "GetEncryptionConfiguration"),
        {"rules": _encryption},
        "delete-bucket-encryption",
    ),
    _sub_resource(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        PUBLIC,
        {flag[0].lower() + flag[1:]: at("PublicAccessBlockConfiguration", flag) for flag in PUBLIC_FLAGS},
        "delete-public-access-block",
    ),
    _sub_resource(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        _call("get_bucket_ownership_controls", "GetBucketOwnershipControls"),
        {"rule": _ownership},
        "delete-bucket-ownership-controls",
    ),
    _sub_resource(
        "aws:s3/bucketPolicy:BucketPolicy",
        _call("get_bucket_policy", "GetBucketPolicy"),
        {"policy": at("Policy")},
        "delete-bucket-policy",
    ),
    _sub_resource(
        "aws:s3/bucketLogging:BucketLogging",
        LOGGING,
        {
            "targetBucket": at("LoggingEnabled", "TargetBucket"),
            "targetPrefix": at("LoggingEnabled", "TargetPrefix"),
            "targetGrants": at("LoggingEnabled", "TargetGrants"),
            "targetObjectKeyFormat": at("LoggingEnabled", "TargetObjectKeyFormat"),
        },
        "put-bucket-logging --bucket-logging-status {{}}",
    ),
    _sub_resource(
        "aws:s3/bucketNotification:BucketNotification",
        _call("get_bucket_notification_configuration", "GetBucketNotification"),
        {
            "eventbridge": _events,
            "topics": at("TopicConfigurations"),
            "queues": at("QueueConfigurations"),
            "lambdaFunctions": at("LambdaFunctionConfigurations"),
        },
        "put-bucket-notification-configuration --notification-configuration {{}}",
    ),
    _sub_resource(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        LOCK,
        {"rule": _default_retention},
        "put-object-lock-configuration --object-lock-configuration ObjectLockEnabled=Enabled",
    ),
    _sub_resource(
        "aws:s3/bucketAcl:BucketAcl",
        _call("get_bucket_acl", "GetBucketAcl"),
        {"grants": _foreign_grants},
        "put-bucket-acl --acl private",
    ),
    _sub_resource(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        REPLICATION,
        {"role": at("ReplicationConfiguration", "Role"), "rules": at("ReplicationConfiguration", "Rules")},
        "delete-bucket-replication",
    ),
    _sub_resource(
        "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
        WEBSITE,
        {"indexDocument": at("IndexDocument"), "redirectAllRequestsTo": at("RedirectAllRequestsTo")},
        "delete-bucket-website",
    ),
)

WITH_IDS = (
    Kind(
        "aws:s3/bucketMetric:BucketMetric",
        ("bucket", "name"),
        rows(METRICS, _bucket_and_id, {"name": lambda _: True, "filter": at("MetricsConfiguration", "Filter")}),
        "aws s3api delete-bucket-metrics-configuration --bucket {0} --id {1}",
        discover=_every_id(ALL_METRICS, "MetricsConfigurationList"),
        discovered_by=(ALL_METRICS,),
    ),
    Kind(
        "aws:s3/inventory:Inventory",
        ("bucket", "name"),
        rows(
            INVENTORY,
            _bucket_and_id,
            {
                "enabled": at("InventoryConfiguration", "IsEnabled"),
                "includedObjectVersions": at("InventoryConfiguration", "IncludedObjectVersions"),
                "optionalFields": at("InventoryConfiguration", "OptionalFields"),
                "schedule": at("InventoryConfiguration", "Schedule"),
                "filter": at("InventoryConfiguration", "Filter"),
                "destination": _inventory_destination,
            },
        ),
        "aws s3api delete-bucket-inventory-configuration --bucket {0} --id {1}",
        discover=_every_id(ALL_INVENTORIES, "InventoryConfigurationList"),
        discovered_by=(ALL_INVENTORIES,),
    ),
)

STORED_ESTATE = f"arn:aws:s3:::{PREFIX}-evidence-{{environment}}/estates/*"
HEAD = Call("s3", "head_object", "s3:GetObject", STORED_ESTATE, (("s3:ListBucket", OWNED),))  # else absent is 403
OBJECT_TAGS = Call("s3", "get_object_tagging", "s3:GetObjectTagging", STORED_ESTATE)

OBJECT = Kind(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    ("bucket", "key"),
    (
        *rows(HEAD, _object, {"contentType": at("ContentType")}),
        *rows(OBJECT_TAGS, _object, {"tags": tags_at("TagSet")}),
    ),
    "aws s3api delete-object --bucket {0} --key {1}",
    exempt={
        "source": "the file is named by its hash; the function checks it before each use",
        "checksumAlgorithm": "how it was uploaded; the hash in its name says more",
    },
)

KINDS = (BUCKET, *SUB_RESOURCES, *WITH_IDS, OBJECT)
