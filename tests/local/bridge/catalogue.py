"""One declaration of each resource type, and what each needs to stand on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.bridge.properties import Archive, Asset

Declare = Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class Example:
    """How one type is declared, given the properties of what it needs.

    Attributes:
        declare: makes the inputs of the resource's name and its needs' properties.
        change: inputs that differ after an update in place; empty where the type has none.
        needs: other examples that have to stand first, by token.
    """

    declare: Declare
    change: Mapping[str, Any] = field(default_factory=dict[str, Any])
    needs: tuple[str, ...] = ()


TAGS = {"tags": {"owner": "storage"}}
NEW_TAGS = {"tags": {"owner": "platform"}}


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str, resource: Any, principal: Any = None) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {"Version": "2012-10-17", "Statement": [{**statement, **({"Principal": principal} if principal else {})}]}


BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
KEY = "aws:kms/key:Key"
TOPIC = "aws:sns/topic:Topic"
QUEUE = "aws:sqs/queue:Queue"
RULE = "aws:cloudwatch/eventRule:EventRule"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FUNCTION = "aws:lambda/function:Function"
CLUSTER = "aws:ecs/cluster:Cluster"
GROUP = "aws:scheduler/scheduleGroup:ScheduleGroup"

_CODE = Archive(path=None, members={"handler.py": Asset(path=None, text="def handle(*_): ...", digest="")}, digest="")
_SSE = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
_TARGET = {"roleArn": "arn:aws:iam::123456789012:role/scheduler"}

EXAMPLES: Mapping[str, Example] = {
    BUCKET: Example(
        lambda of: {"bucket": of["name"], "objectLockEnabled": True, "forceDestroy": True, **TAGS}, NEW_TAGS
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Example(
        lambda of: {
            "bucket": of[BUCKET]["bucket"],
            "rules": [{"id": "all", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 14}}],
        },
        {"rules": [{"id": "all", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 15}}]},
        (BUCKET,),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "versioningConfiguration": {"status": "Enabled"}}, {}, (BUCKET,)
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "blockPublicAcls": True, "blockPublicPolicy": True},
        {"ignorePublicAcls": True},
        (BUCKET,),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        (BUCKET,),
    ),
    BUCKET_POLICY: Example(
        lambda of: {
            "bucket": of[BUCKET]["bucket"],
            "policy": allow("s3:PutObject", f"{of[BUCKET]['arn']}/*", {"Service": "logging.s3.amazonaws.com"}),
        },
        {},
        (BUCKET,),
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "rules": [_SSE]},
        {"rules": [{**_SSE, "bucketKeyEnabled": True}]},
        (BUCKET,),
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}},
        {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 2}}},
        (BUCKET,),
    ),
    "aws:s3/bucketNotification:BucketNotification": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "eventbridge": True}, {}, (BUCKET,)
    ),
    "aws:s3/bucketMetric:BucketMetric": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "name": "entire-bucket"}, {"filter": {"prefix": "a/"}}, (BUCKET,)
    ),
    "aws:s3/bucketLogging:BucketLogging": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "targetBucket": of[BUCKET]["bucket"], "targetPrefix": "logs/"},
        {"targetPrefix": "access/"},
        (BUCKET, BUCKET_POLICY),
    ),
    "aws:s3/inventory:Inventory": Example(
        lambda of: {
            "bucket": of[BUCKET]["bucket"],
            "name": "weekly",
            "includedObjectVersions": "All",
            "schedule": {"frequency": "Weekly"},
            "destination": {"bucket": {"bucketArn": of[BUCKET]["arn"], "format": "Parquet"}},
        },
        {"schedule": {"frequency": "Daily"}},
        (BUCKET,),
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "key": "a.json", "content": "{}"}, {"content": "[]"}, (BUCKET,)
    ),
    "aws:s3/bucketObject:BucketObject": Example(
        lambda of: {"bucket": of[BUCKET]["bucket"], "key": "b.json", "source": Asset(None, "one", "")},
        {"source": Asset(None, "two", "")},
        (BUCKET,),
    ),
    KEY: Example(
        lambda of: {"description": of["name"], "enableKeyRotation": True, "deletionWindowInDays": 7, **TAGS},
        {"description": "another"},
    ),
    "aws:kms/alias:Alias": Example(
        lambda of: {"name": f"alias/{of['name']}", "targetKeyId": of[KEY]["keyId"]}, {}, (KEY,)
    ),
    "aws:kms/keyPolicy:KeyPolicy": Example(
        lambda of: {
            "keyId": of[KEY]["keyId"],
            "policy": allow("kms:*", "*", {"AWS": "arn:aws:iam::123456789012:root"}),
        },
        {},
        (KEY,),
    ),
    ROLE: Example(
        lambda of: {"name": of["name"], "assumeRolePolicy": trust("lambda.amazonaws.com"), **TAGS},
        {"description": "new"},
    ),
    "aws:iam/rolePolicy:RolePolicy": Example(
        lambda of: {"name": "inline", "role": of[ROLE]["name"], "policy": allow("s3:GetObject", "arn:aws:s3:::a/*")},
        {"policy": allow("s3:GetObject", "arn:aws:s3:::b/*")},
        (ROLE,),
    ),
    POLICY: Example(
        lambda of: {"name": of["name"], "policy": allow("s3:GetObject", "arn:aws:s3:::a/*"), **TAGS},
        {"policy": allow("s3:GetObject", "arn:aws:s3:::b/*")},
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Example(
        lambda of: {"role": of[ROLE]["name"], "policyArn": of[POLICY]["arn"]}, {}, (ROLE, POLICY)
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Example(
        lambda of: {
            "url": f"https://{of['name']}.example.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["a" * 40],
            **TAGS,
        },
        NEW_TAGS,
    ),
    TOPIC: Example(lambda of: {"name": of["name"], **TAGS}, {"displayName": "Storage"}),
    "aws:sns/topicPolicy:TopicPolicy": Example(
        lambda of: {
            "arn": of[TOPIC]["arn"],
            "policy": allow("sns:Publish", of[TOPIC]["arn"], {"Service": "cloudwatch.amazonaws.com"}),
        },
        {},
        (TOPIC,),
    ),
    "aws:sns/topicSubscription:TopicSubscription": Example(
        lambda of: {"topic": of[TOPIC]["arn"], "protocol": "sqs", "endpoint": of[QUEUE]["arn"]},
        {"rawMessageDelivery": True},
        (TOPIC, QUEUE),
    ),
    QUEUE: Example(lambda of: {"name": of["name"], **TAGS}, {"visibilityTimeoutSeconds": 60}),
    "aws:sqs/queuePolicy:QueuePolicy": Example(
        lambda of: {
            "queueUrl": of[QUEUE]["url"],
            "policy": allow("sqs:SendMessage", of[QUEUE]["arn"], {"Service": "events.amazonaws.com"}),
        },
        {},
        (QUEUE,),
    ),
    "aws:sqs/redrivePolicy:RedrivePolicy": Example(
        lambda of: {
            "queueUrl": of[QUEUE]["url"],
            "redrivePolicy": {"deadLetterTargetArn": of[QUEUE]["arn"], "maxReceiveCount": 3},
        },
        {},
        (QUEUE,),
    ),
    LOGS: Example(lambda of: {"name": f"/test/{of['name']}", "retentionInDays": 30, **TAGS}, {"retentionInDays": 90}),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": Example(
        lambda of: {
            "name": of["name"],
            "logGroupName": of[LOGS]["name"],
            "pattern": "{ $.deleted_count > 0 }",
            "metricTransformation": {"name": "Deleted", "namespace": "Test", "value": "$.deleted_count"},
        },
        {"pattern": "{ $.deleted_count = * }"},
        (LOGS,),
    ),
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": Example(
        lambda of: {
            "policyName": of["name"],
            "policyDocument": json.dumps(allow("logs:PutLogEvents", "*", {"Service": "events.amazonaws.com"})),
        }
    ),
    ALARM: Example(
        lambda of: {
            "name": of["name"],
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "namespace": "Test",
            "metricName": "Backlog",
            "dimensions": {"Bucket": "a"},
            "period": 300,
            "statistic": "Maximum",
            "threshold": 10000,
            "treatMissingData": "breaching",
            **TAGS,
        },
        {"threshold": 20000},
    ),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": Example(
        lambda of: {"alarmName": f"{of['name']}-all", "alarmRule": f"ALARM({of[ALARM]['name']})"},
        {"alarmDescription": "any"},
        (ALARM,),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Example(
        lambda of: {"dashboardName": of["name"], "dashboardBody": json.dumps({"widgets": []})},
        {"dashboardBody": json.dumps({"widgets": [], "start": "-P1D"})},
    ),
    RULE: Example(
        lambda of: {"name": of["name"], "eventPattern": json.dumps({"source": ["aws.s3"]}), **TAGS},
        {"eventPattern": json.dumps({"source": ["aws.s3", "aws.ec2"]})},
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Example(
        lambda of: {"rule": of[RULE]["name"], "targetId": "queue", "arn": of[QUEUE]["arn"]}, {}, (RULE, QUEUE)
    ),
    GROUP: Example(lambda of: {"name": of["name"], **TAGS}, NEW_TAGS),
    "aws:scheduler/schedule:Schedule": Example(
        lambda of: {
            "name": of["name"],
            "groupName": of[GROUP]["name"],
            "scheduleExpression": "rate(1 hours)",
            "flexibleTimeWindow": {"mode": "OFF"},
            "state": "DISABLED",
            "target": {**_TARGET, "arn": of[QUEUE]["arn"], "retryPolicy": {"maximumRetryAttempts": 2}},
        },
        {"scheduleExpression": "rate(24 hours)"},
        (GROUP, QUEUE),
    ),
    FUNCTION: Example(
        lambda of: {
            "name": of["name"],
            "role": of[ROLE]["arn"],
            "runtime": "python3.12",
            "handler": "handler.handle",
            "code": _CODE,
            "environment": {"variables": {"BUCKET": "a"}},
            "deadLetterConfig": {"targetArn": of[QUEUE]["arn"]},
            **TAGS,
        },
        {"timeout": 60},
        (ROLE, QUEUE),
    ),
    "aws:lambda/permission:Permission": Example(
        lambda of: {
            "statementId": "schedule",
            "action": "lambda:InvokeFunction",
            "function": of[FUNCTION]["name"],
            "principal": "scheduler.amazonaws.com",
        },
        {},
        (FUNCTION,),
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": Example(
        lambda of: {"functionName": of[FUNCTION]["name"], "maximumRetryAttempts": 1},
        {"maximumRetryAttempts": 2},
        (FUNCTION,),
    ),
    CLUSTER: Example(lambda of: {"name": of["name"], **TAGS}, NEW_TAGS),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Example(
        lambda of: {"clusterName": of[CLUSTER]["name"], "capacityProviders": ["FARGATE"]}, {}, (CLUSTER,)
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Example(
        lambda of: {
            "family": of["name"],
            "cpu": "256",
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": json.dumps([{"name": "job", "image": "example/job@sha256:00", "essential": True}]),
            **TAGS,
        },
        NEW_TAGS,
    ),
    "aws:ssm/parameter:Parameter": Example(
        lambda of: {"name": f"/test/{of['name']}", "type": "String", "value": "45", **TAGS}, {"value": "35"}
    ),
    "aws:ssm/document:Document": Example(
        lambda of: {
            "name": of["name"],
            "documentType": "Automation",
            "content": json.dumps(
                {
                    "schemaVersion": "0.3",
                    "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
                }
            ),
            **TAGS,
        },
        NEW_TAGS,
    ),
    "aws:ec2/securityGroup:SecurityGroup": Example(
        lambda of: {
            "name": of["name"],
            "description": "test",
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
            **TAGS,
        },
        NEW_TAGS,
    ),
    "aws:secretsmanager/secret:Secret": Example(
        lambda of: {"name": of["name"], "recoveryWindowInDays": 0, **TAGS}, {"description": "new"}
    ),
}
