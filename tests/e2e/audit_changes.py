"""One change an attribute of the audit's table, made behind the program's back with boto3, and how to undo it.

A change is `(client factory, physical name) → undo`. What no API can change stands in `FIXED` with the reason.
"""

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Aws = Callable[[str], Any]
Undo = Callable[[], object]
Change = Callable[[Aws, str], Undo]


@dataclass(frozen=True)
class Setting:
    """Something that is read and written whole: the usual shape of AWS's configuration operations."""

    read: Callable[[Aws, str], Any]
    write: Callable[[Aws, str, Any], object]

    def change(self, how: Callable[[Any], Any]) -> Change:
        """A change that writes back what `how` makes of what is there."""

        def apply(aws: Aws, physical: str) -> Undo:
            before = self.read(aws, physical)
            self.write(aws, physical, how(copy.deepcopy(before)))
            return lambda: self.write(aws, physical, before)

        return apply


def key(name: str, value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Sets one key of what is there."""
    return lambda before: {**before, name: value}


def answer(response: Mapping[str, Any], *drop: str) -> dict[str, Any]:
    """An answer without its envelope and what the writing operation refuses."""
    return {k: v for k, v in response.items() if k != "ResponseMetadata" and k not in drop}


# S3


def _s3(get: str, put: str, take: str, give: str) -> Setting:
    return Setting(
        lambda aws, b: getattr(aws("s3"), get)(Bucket=b)[take],
        lambda aws, b, v: getattr(aws("s3"), put)(**{"Bucket": b, give: v}),
    )


s3_tags = Setting(
    lambda aws, b: aws("s3").get_bucket_tagging(Bucket=b)["TagSet"],
    lambda aws, b, v: aws("s3").put_bucket_tagging(Bucket=b, Tagging={"TagSet": v}),
)
versioning = Setting(
    lambda aws, b: answer(aws("s3").get_bucket_versioning(Bucket=b)),
    lambda aws, b, v: aws("s3").put_bucket_versioning(Bucket=b, VersioningConfiguration=v),
)
lifecycle = Setting(
    lambda aws, b: aws("s3").get_bucket_lifecycle_configuration(Bucket=b)["Rules"],
    lambda aws, b, v: aws("s3").put_bucket_lifecycle_configuration(Bucket=b, LifecycleConfiguration={"Rules": v}),
)
encryption = _s3(
    "get_bucket_encryption",
    "put_bucket_encryption",
    "ServerSideEncryptionConfiguration",
    "ServerSideEncryptionConfiguration",
)
public = _s3(
    "get_public_access_block",
    "put_public_access_block",
    "PublicAccessBlockConfiguration",
    "PublicAccessBlockConfiguration",
)
ownership = _s3("get_bucket_ownership_controls", "put_bucket_ownership_controls", *["OwnershipControls"] * 2)
bucket_policy = _s3("get_bucket_policy", "put_bucket_policy", "Policy", "Policy")
bucket_logging = Setting(
    lambda aws, b: aws("s3").get_bucket_logging(Bucket=b)["LoggingEnabled"],
    lambda aws, b, v: aws("s3").put_bucket_logging(Bucket=b, BucketLoggingStatus={"LoggingEnabled": v}),
)
notification = Setting(
    lambda aws, b: answer(aws("s3").get_bucket_notification_configuration(Bucket=b)),
    lambda aws, b, v: aws("s3").put_bucket_notification_configuration(Bucket=b, NotificationConfiguration=v),
)
lock = Setting(
    lambda aws, b: _lock_in_force(aws("s3").get_object_lock_configuration(Bucket=b)["ObjectLockConfiguration"]),
    lambda aws, b, v: aws("s3").put_object_lock_configuration(Bucket=b, ObjectLockConfiguration=v),
)


def _lock_in_force(found: dict[str, Any]) -> dict[str, Any]:
    """The emulator answers with a zero for the unit that is not in use and refuses it when it is written back."""
    retention = found["Rule"]["DefaultRetention"]
    return {**found, "Rule": {"DefaultRetention": {k: v for k, v in retention.items() if v}}}


def _logs_elsewhere(aws: Aws, bucket: str) -> Undo:
    """Another target has to let the logging service write, or S3 refuses it."""
    target, service = "somebody-elses-logs", {"Service": "logging.s3.amazonaws.com"}
    allow = {"Effect": "Allow", "Principal": service, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{target}/*"}
    aws("s3").create_bucket(Bucket=target)
    aws("s3").put_bucket_policy(Bucket=target, Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    back = bucket_logging.change(key("TargetBucket", target))(aws, bucket)

    def undo() -> None:
        back()
        for delivered in aws("s3").list_objects_v2(Bucket=target).get("Contents", ()):
            aws("s3").delete_object(Bucket=target, Key=delivered["Key"])
        aws("s3").delete_bucket(Bucket=target)

    return undo


def _with_id(get: str, put: str, take: str) -> Setting:
    def split(physical: str) -> dict[str, str]:
        return dict(zip(("Bucket", "Id"), physical.split("/", 1), strict=True))

    return Setting(
        lambda aws, p: getattr(aws("s3"), get)(**split(p))[take],
        lambda aws, p, v: getattr(aws("s3"), put)(**split(p), **{take: v}),
    )


metrics = _with_id("get_bucket_metrics_configuration", "put_bucket_metrics_configuration", "MetricsConfiguration")
inventory = _with_id(
    "get_bucket_inventory_configuration", "put_bucket_inventory_configuration", "InventoryConfiguration"
)


def _object(physical: str) -> dict[str, str]:
    return dict(zip(("Bucket", "Key"), physical.split("/", 1), strict=True))


def _content_type(aws: Aws, physical: str) -> Undo:
    """An object's metadata changes only by writing it again.

    The bucket locks each version as evidence; the lock of the local stack ends soon enough for `make down`.
    """
    s3, named = aws("s3"), _object(physical)
    before = s3.get_object(**named)
    body = before["Body"].read()
    tags = urlencode({t["Key"]: t["Value"] for t in s3.get_object_tagging(**named)["TagSet"]})

    def write(kind: str) -> object:
        return s3.put_object(**named, Body=body, Tagging=tags, ContentType=kind, ChecksumAlgorithm="SHA256")

    write("text/html")
    return lambda: write(before["ContentType"])


object_tags = Setting(
    lambda aws, p: aws("s3").get_object_tagging(**_object(p))["TagSet"],
    lambda aws, p, v: aws("s3").put_object_tagging(**_object(p), Tagging={"TagSet": v}),
)


def statement_more(text: str) -> str:
    """A policy document with one statement more, `Extra`."""
    document = json.loads(text)
    extra: dict[str, Any] = {**document["Statement"][0], "Sid": "Extra", "Effect": "Deny", "Condition": {}}
    document["Statement"].append(extra)
    return json.dumps(document)


def _first(how: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[list[Any]], list[Any]]:
    return lambda members: [how(members[0]), *members[1:]]


def _tag_more(name: str = "Key", value: str = "Value") -> Callable[[list[Any]], list[Any]]:
    return lambda tags: [*tags, {name: "intruder", value: "x"}]


def _deep(path: tuple[str, ...], value: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def how(before: dict[str, Any]) -> dict[str, Any]:
        inner: Any = before
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value
        return before

    return how


S3: dict[tuple[str, str], Change] = {
    ("s3/bucket", "tags"): s3_tags.change(_tag_more()),
    ("s3/bucketVersioning", "versioningConfiguration"): versioning.change(key("Status", "Suspended")),
    ("s3/bucketLifecycleConfiguration", "rules"): lifecycle.change(_first(key("Status", "Disabled"))),
    ("s3/bucketServerSideEncryptionConfiguration", "rules"): encryption.change(
        lambda v: {"Rules": [{**v["Rules"][0], "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms:dsse"}}]}
    ),
    **{
        ("s3/bucketPublicAccessBlock", flag[0].lower() + flag[1:]): public.change(key(flag, value=False))
        for flag in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    },
    ("s3/bucketOwnershipControls", "rule"): ownership.change(
        lambda _: {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    ),
    ("s3/bucketPolicy", "policy"): bucket_policy.change(statement_more),
    ("s3/bucketLogging", "targetPrefix"): bucket_logging.change(
        lambda v: {**v, "TargetPrefix": f"{v['TargetPrefix']}x/"}
    ),
    ("s3/bucketLogging", "targetBucket"): _logs_elsewhere,
    ("s3/bucketNotification", "eventbridge"): notification.change(
        lambda before: {k: v for k, v in before.items() if k != "EventBridgeConfiguration"}
    ),
    **{
        ("s3/bucketNotification", path): notification.change(
            key(list_, [{arn: target, "Events": ["s3:ObjectRemoved:*"]}])
        )
        for path, list_, arn, target in (
            ("topics", "TopicConfigurations", "TopicArn", "arn:aws:sns:us-east-1:123456789012:author-api"),
            ("queues", "QueueConfigurations", "QueueArn", "arn:aws:sqs:us-east-1:123456789012:elsewhere"),
            (
                "lambdaFunctions",
                "LambdaFunctionConfigurations",
                "LambdaFunctionArn",
                "arn:aws:lambda:us-east-1:123456789012:function:elsewhere",
            ),
        )
    },
    ("s3/bucketObjectLockConfiguration", "rule"): lock.change(
        _deep(("Rule", "DefaultRetention"), {"Mode": "GOVERNANCE", "Days": 1})
    ),
    ("s3/bucketObjectv2", "contentType"): _content_type,
    ("s3/bucketObjectv2", "tags"): object_tags.change(_tag_more()),
    ("s3/bucketMetric", "filter"): metrics.change(key("Filter", {"Prefix": "only/"})),
    ("s3/inventory", "enabled"): inventory.change(key("IsEnabled", value=False)),
    ("s3/inventory", "includedObjectVersions"): inventory.change(
        lambda v: {**v, "IncludedObjectVersions": "Current" if v["IncludedObjectVersions"] == "All" else "All"}
    ),
    ("s3/inventory", "optionalFields"): inventory.change(key("OptionalFields", ["ETag"])),
    ("s3/inventory", "schedule"): inventory.change(key("Schedule", {"Frequency": "Daily"})),
    ("s3/inventory", "filter"): inventory.change(key("Filter", {"Prefix": "only/"})),
    ("s3/inventory", "destination"): inventory.change(_deep(("Destination", "S3BucketDestination", "Format"), "CSV")),
}

# IAM and KMS


def _trust_more(aws: Aws, role: str) -> Undo:
    before = aws("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    extra = {"Sid": "More", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "999999999999"}}
    after = {**before, "Statement": [*before["Statement"], extra]}
    aws("iam").update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(after))
    return lambda: aws("iam").update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(before))


def _role_setting(argument: str, value: Any) -> Change:
    def apply(aws: Aws, role: str) -> Undo:
        found = aws("iam").get_role(RoleName=role)["Role"]
        keep = {"Description": found.get("Description", ""), "MaxSessionDuration": found["MaxSessionDuration"]}
        aws("iam").update_role(RoleName=role, **{**keep, argument: value})
        return lambda: aws("iam").update_role(RoleName=role, **keep)

    return apply


def _boundary(aws: Aws, role: str) -> Undo:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    aws("iam").put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
    return lambda: aws("iam").delete_role_permissions_boundary(RoleName=role)


def _role_tag(aws: Aws, role: str) -> Undo:
    aws("iam").tag_role(RoleName=role, Tags=[{"Key": "intruder", "Value": "x"}])
    return lambda: aws("iam").untag_role(RoleName=role, TagKeys=["intruder"])


def _inline_more(aws: Aws, physical: str) -> Undo:
    role, name = physical.split("/", 1)
    before = aws("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    extra = {"Sid": "More", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}
    after = {**before, "Statement": [*before["Statement"], extra]}
    aws("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(after))
    return lambda: aws("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(before))


def key_id(aws: Aws, alias: str) -> str:
    """The id behind an alias."""
    return next(a["TargetKeyId"] for a in aws("kms").list_aliases()["Aliases"] if a["AliasName"] == alias)


def _key(do: Callable[[Any, str], object], undo: Callable[[Any, str], object]) -> Change:
    def apply(aws: Aws, alias: str) -> Undo:
        identity = key_id(aws, alias)
        do(aws("kms"), identity)
        return lambda: undo(aws("kms"), identity)

    return apply


def _key_description(aws: Aws, alias: str) -> Undo:
    identity = key_id(aws, alias)
    before = aws("kms").describe_key(KeyId=identity)["KeyMetadata"]["Description"]
    aws("kms").update_key_description(KeyId=identity, Description="other")
    return lambda: aws("kms").update_key_description(KeyId=identity, Description=before)


def _key_policy(aws: Aws, alias: str) -> Undo:
    identity = {"KeyId": key_id(aws, alias), "PolicyName": "default"}
    before = aws("kms").get_key_policy(**identity)["Policy"]
    aws("kms").put_key_policy(**identity, Policy=statement_more(before))
    return lambda: aws("kms").put_key_policy(**identity, Policy=before)


def _alias(aws: Aws, alias: str) -> Undo:
    before = key_id(aws, alias)
    other = next(
        a["TargetKeyId"]
        for a in aws("kms").list_aliases()["Aliases"]
        if a["AliasName"].startswith("alias/author-") and a["TargetKeyId"] != before
    )
    aws("kms").update_alias(AliasName=alias, TargetKeyId=other)
    return lambda: aws("kms").update_alias(AliasName=alias, TargetKeyId=before)


IDENTITIES: dict[tuple[str, str], Change] = {
    ("iam/role", "assumeRolePolicy"): _trust_more,
    ("iam/role", "description"): _role_setting("Description", "other"),
    ("iam/role", "maxSessionDuration"): _role_setting("MaxSessionDuration", 7200),
    ("iam/role", "permissionsBoundary"): _boundary,
    ("iam/role", "tags"): _role_tag,
    ("iam/rolePolicy", "policy"): _inline_more,
    ("kms/key", "description"): _key_description,
    ("kms/key", "isEnabled"): _key(lambda c, k: c.disable_key(KeyId=k), lambda c, k: c.enable_key(KeyId=k)),
    ("kms/key", "enableKeyRotation"): _key(
        lambda c, k: c.disable_key_rotation(KeyId=k), lambda c, k: c.enable_key_rotation(KeyId=k)
    ),
    ("kms/key", "policy"): _key_policy,
    ("kms/key", "tags"): _key(
        lambda c, k: c.tag_resource(KeyId=k, Tags=[{"TagKey": "intruder", "TagValue": "x"}]),
        lambda c, k: c.untag_resource(KeyId=k, TagKeys=["intruder"]),
    ),
    ("kms/alias", "targetKeyId"): _alias,
}
