"""By what identity the account knows a resource: what Terraform's `import` of its type takes.

Most identities follow from what is declared. Where AWS chooses one, the account has to be searched
(`recovery/searches.py`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where a resource stands.

    Attributes:
        region: the region.
        account_id: twelve digits.
    """

    region: str = ""
    account_id: str = ""


Identify = Callable[[Inputs, Place], str | None]


def collide(kind: str, one: Inputs, other: Inputs) -> bool:
    """Tell whether two declarations of a type can't stand side by side, as both would bear one identity or name."""
    identify = DECLARED.get(kind, NAME)
    found = identify(one, Place())
    return found is not None and found == identify(other, Place())


def _of(template: str, **defaults: str) -> Identify:
    """Fill a template from inputs, and `{account}` and `{region}`; a missing input makes no identity."""

    def identify(inputs: Inputs, place: Place) -> str | None:
        values = {**defaults, **inputs, "account": place.account_id, "region": place.region}
        names = re.findall(r"{(\w+)}", template)
        if any(not isinstance(values.get(name), str) for name in names):
            return None
        return template.format(**values)

    return identify


def _event_rule(inputs: Inputs, place: Place) -> str | None:
    """On the default bus, its name alone: only so is the state the same as after a creation."""
    return _of("{eventBusName}/{name}" if "eventBusName" in inputs else "{name}")(inputs, place)


def _oidc_provider(inputs: Inputs, place: Place) -> str | None:
    url = inputs.get("url")
    return f"arn:aws:iam::{place.account_id}:oidc-provider/{url.removeprefix('https://')}" if url else None


BUCKET = _of("{bucket}")
NAME = _of("{name}")

DECLARED: Mapping[str, Identify] = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _of("{alarmName}"),
    "aws:cloudwatch/dashboard:Dashboard": _of("{dashboardName}"),
    "aws:cloudwatch/eventRule:EventRule": _event_rule,
    "aws:cloudwatch/eventTarget:EventTarget": _of("{eventBusName}/{rule}/{targetId}", eventBusName="default"),
    "aws:cloudwatch/logGroup:LogGroup": NAME,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _of("{logGroupName}:{name}"),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _of("{policyName}"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": NAME,
    "aws:ecs/cluster:Cluster": NAME,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": _of("{clusterName}"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _oidc_provider,
    "aws:iam/policy:Policy": _of("arn:aws:iam::{account}:policy{path}{name}", path="/"),
    "aws:iam/role:Role": NAME,
    "aws:iam/rolePolicy:RolePolicy": _of("{role}:{name}"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _of("{role}/{policyArn}"),
    "aws:kms/alias:Alias": NAME,
    "aws:kms/keyPolicy:KeyPolicy": _of("{keyId}"),
    "aws:lambda/function:Function": NAME,
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": _of("{functionName}"),
    "aws:lambda/permission:Permission": _of("{function}/{statementId}"),
    "aws:s3/bucket:Bucket": BUCKET,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": BUCKET,
    "aws:s3/bucketLogging:BucketLogging": BUCKET,
    "aws:s3/bucketMetric:BucketMetric": _of("{bucket}:{name}"),
    "aws:s3/bucketNotification:BucketNotification": BUCKET,
    "aws:s3/bucketObject:BucketObject": _of("{bucket}/{key}"),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": BUCKET,
    "aws:s3/bucketObjectv2:BucketObjectv2": _of("{bucket}/{key}"),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": BUCKET,
    "aws:s3/bucketPolicy:BucketPolicy": BUCKET,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": BUCKET,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": BUCKET,
    "aws:s3/bucketVersioning:BucketVersioning": BUCKET,
    "aws:s3/inventory:Inventory": _of("{bucket}:{name}"),
    "aws:scheduler/schedule:Schedule": _of("{groupName}/{name}", groupName="default"),
    "aws:scheduler/scheduleGroup:ScheduleGroup": NAME,
    "aws:sns/topic:Topic": _of("arn:aws:sns:{region}:{account}:{name}"),
    "aws:sns/topicPolicy:TopicPolicy": _of("{arn}"),
    "aws:sqs/queuePolicy:QueuePolicy": _of("{queueUrl}"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _of("{queueUrl}"),
    "aws:ssm/document:Document": NAME,
    "aws:ssm/parameter:Parameter": NAME,
}
