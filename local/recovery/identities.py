"""By what identity the account knows a resource: what Terraform's `import` of the type takes.

Used for resources whose creation was begun and not recorded. Most identities follow from the resource's declared
inputs; where AWS chooses one, the account is searched.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from local.recovery import searches
from local.recovery.searches import Clients

Inputs = Mapping[str, Any]
Identify = Callable[[Inputs, Clients], str | None]


def identity(kind: str, inputs: Inputs, clients: Clients) -> str | None:
    """Return the identity of a resource, or None if the account is seen not to have it.

    An identity does not say that the resource exists: only reading it does.

    Raises:
        KeyError: the type is not in the table.
    """
    return IDENTITIES[kind](inputs, clients)


def _of(template: str, **defaults: str) -> Identify:
    """Fill a template from inputs, and `{account}` and `{region}`; a missing input makes no identity."""

    def identify(inputs: Inputs, clients: Clients) -> str | None:
        values = {**defaults, **inputs, "account": clients.account_id, "region": clients.region}
        names = re.findall(r"{(\w+)}", template)
        if any(not isinstance(values.get(name), str) for name in names):
            return None
        return template.format(**values)

    return identify


def _event_rule(inputs: Inputs, clients: Clients) -> str | None:
    """On the default bus, its name alone: only so is the state the same as after a creation."""
    return _of("{eventBusName}/{name}" if "eventBusName" in inputs else "{name}")(inputs, clients)


def _oidc_provider(inputs: Inputs, clients: Clients) -> str | None:
    url = inputs.get("url")
    return f"arn:aws:iam::{clients.account_id}:oidc-provider/{url.removeprefix('https://')}" if url else None


BUCKET = _of("{bucket}")
NAME = _of("{name}")

IDENTITIES: Mapping[str, Identify] = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _of("{alarmName}"),
    "aws:cloudwatch/dashboard:Dashboard": _of("{dashboardName}"),
    "aws:cloudwatch/eventRule:EventRule": _event_rule,
    "aws:cloudwatch/eventTarget:EventTarget": _of("{eventBusName}/{rule}/{targetId}", eventBusName="default"),
    "aws:cloudwatch/logGroup:LogGroup": NAME,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _of("{logGroupName}:{name}"),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": _of("{policyName}"),
    "aws:cloudwatch/metricAlarm:MetricAlarm": NAME,
    "aws:ec2/securityGroup:SecurityGroup": searches.security_group,
    "aws:ecs/cluster:Cluster": NAME,
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": _of("{clusterName}"),
    "aws:ecs/taskDefinition:TaskDefinition": searches.task_definition,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _oidc_provider,
    "aws:iam/policy:Policy": _of("arn:aws:iam::{account}:policy{path}{name}", path="/"),
    "aws:iam/role:Role": NAME,
    "aws:iam/rolePolicy:RolePolicy": _of("{role}:{name}"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _of("{role}/{policyArn}"),
    "aws:kms/alias:Alias": NAME,
    "aws:kms/key:Key": searches.key,
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
    "aws:secretsmanager/secret:Secret": searches.secret,
    "aws:sns/topic:Topic": _of("arn:aws:sns:{region}:{account}:{name}"),
    "aws:sns/topicPolicy:TopicPolicy": _of("{arn}"),
    "aws:sns/topicSubscription:TopicSubscription": searches.subscription,
    "aws:sqs/queue:Queue": searches.queue,
    "aws:sqs/queuePolicy:QueuePolicy": _of("{queueUrl}"),
    "aws:sqs/redrivePolicy:RedrivePolicy": _of("{queueUrl}"),
    "aws:ssm/document:Document": NAME,
    "aws:ssm/parameter:Parameter": NAME,
}
