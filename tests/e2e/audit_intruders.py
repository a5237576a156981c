"""One thing of each kind of collection that nothing declares, put into the account with boto3, and how to remove it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from tests.e2e.audit_changes import Aws, Undo, bucket_policy, lifecycle, statement_more
from tests.e2e.audit_changes_services import OTHER_QUEUE, topic_arn

BUCKET = "author-recordings-local"
ROLE = "author-temporary-uploads-cleanup-role"
TOPIC = topic_arn("author-api")
FUNCTION = "author-temporary-uploads-cleanup"
GROUP, RULE = "/aws/events/author-storage", "author-lifecycle-events"
OTHER_BUCKET = {"Bucket": "author-elsewhere", "Account": "999999999999"}


@dataclass(frozen=True)
class Intruder:
    """Something that nothing declares.

    Attributes:
        name: for people.
        kind: the type, as the tables of changes name it.
        physical: how the audit names the resource that it is, or is part of.
        enter: puts it there and returns its removal.
        property: where in the resource, for a member of one that is declared.
    """

    name: str
    kind: str
    physical: str
    enter: Callable[[Aws], Undo]
    property: str = ""


Call = tuple[str, dict[str, Any]]
"""Method of a client, and its arguments."""


def pair(service: str, make: Call, remove: Call) -> Callable[[Aws], Undo]:
    """Makes with one call of a service, removes with another."""

    def enter(aws: Aws) -> Undo:
        getattr(aws(service), make[0])(**make[1])
        return lambda: getattr(aws(service), remove[0])(**remove[1])

    return enter


def _rule(aws: Aws) -> Undo:
    before = lifecycle.read(aws, BUCKET)
    extra = {"ID": "intruder", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 400}}
    lifecycle.write(aws, BUCKET, [*before, extra])
    return lambda: lifecycle.write(aws, BUCKET, before)


def _zip() -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    return made.getvalue()


def _subscription(aws: Aws) -> Undo:
    made = aws("sns").subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=OTHER_QUEUE, ReturnSubscriptionArn=True)
    return lambda: aws("sns").unsubscribe(SubscriptionArn=made["SubscriptionArn"])


def _queue(aws: Aws) -> Undo:
    url = aws("sqs").create_queue(QueueName="author-intruder")["QueueUrl"]
    return lambda: aws("sqs").delete_queue(QueueUrl=url)


def _alias(aws: Aws) -> Undo:
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").create_alias(AliasName="alias/author-intruder", TargetKeyId=key)

    def remove() -> None:
        aws("kms").delete_alias(AliasName="alias/author-intruder")
        aws("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    return remove


TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
MANAGED = "arn:aws:iam::123456789012:policy/intruder"
REPLICATION: dict[str, Any] = {
    "Role": f"arn:aws:iam::123456789012:role/{ROLE}",
    "Rules": [
        {
            "ID": "out",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": "arn:aws:s3:::somebody-else"},
        }
    ],
}
INVENTORY: dict[str, Any] = {
    "Id": "intruder",
    "IsEnabled": True,
    "IncludedObjectVersions": "Current",
    "Schedule": {"Frequency": "Daily"},
    "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::somebody-else", "Format": "CSV"}},
}
DOCUMENT = json.dumps({"schemaVersion": "0.3", "description": "x", "mainSteps": []})
ALARM: dict[str, Any] = {
    "AlarmName": "author-intruder",
    "MetricName": "M",
    "Namespace": "N",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
SCHEDULE: dict[str, Any] = {
    "Name": "author-intruder",
    "GroupName": "author-storage",
    "ScheduleExpression": "rate(1 day)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": OTHER_QUEUE, "RoleArn": f"arn:aws:iam::123456789012:role/{ROLE}"},
}
FILTER: dict[str, Any] = {
    "filterName": "intruder",
    "filterPattern": "{ $.a = 1 }",
    "metricTransformations": [{"metricName": "M", "metricNamespace": "N", "metricValue": "1"}],
}


def _attached(aws: Aws) -> Undo:
    """Of AWS's own policies the emulator has none, so one is made."""
    iam = aws("iam")
    iam.create_policy(PolicyName="intruder", PolicyDocument=ALLOW)
    iam.attach_role_policy(RoleName=ROLE, PolicyArn=MANAGED)

    def remove() -> None:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=MANAGED)
        iam.delete_policy(PolicyArn=MANAGED)

    return remove


def _statement(aws: Aws) -> Undo:
    return bucket_policy.change(statement_more)(aws, BUCKET)


HERE_IN_S3 = {"Bucket": BUCKET}
WITH_ID = {"Bucket": BUCKET, "Id": "intruder"}
FUNCTION_ARGUMENTS: dict[str, Any] = {
    "FunctionName": "author-intruder",
    "Runtime": "python3.12",
    "Handler": "main.handler",
    "Role": f"arn:aws:iam::123456789012:role/{ROLE}",
    "Code": {"ZipFile": _zip()},
}
PERMISSION = {"FunctionName": FUNCTION, "StatementId": "Intruder"}
INVOKE = {"Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com"}
INLINE = {"RoleName": ROLE, "PolicyName": "intruder"}
DASHBOARD = {"DashboardName": "Author-Intruder", "DashboardBody": '{"widgets":[]}'}
EVENT_RULE = {"Name": "author-intruder", "EventPattern": '{"source":["x"]}'}
EVENT_TARGET = {"Id": "intruder", "Arn": OTHER_QUEUE}

PAIRS: tuple[tuple[str, str, str, str, Call, Call], ...] = (
    (
        *("bucket", "s3/bucket", "author-recordings-x", "s3"),
        ("create_bucket", {"Bucket": "author-recordings-x"}),
        ("delete_bucket", {"Bucket": "author-recordings-x"}),
    ),
    (
        *("replication", "s3/bucketReplicationConfig", BUCKET, "s3"),
        ("put_bucket_replication", {**HERE_IN_S3, "ReplicationConfiguration": REPLICATION}),
        ("delete_bucket_replication", HERE_IN_S3),
    ),
    (
        *("website", "s3/bucketWebsiteConfiguration", BUCKET, "s3"),
        ("put_bucket_website", {**HERE_IN_S3, "WebsiteConfiguration": {"IndexDocument": {"Suffix": "index.html"}}}),
        ("delete_bucket_website", HERE_IN_S3),
    ),
    (
        *("ACL", "s3/bucketAcl", BUCKET, "s3"),
        ("put_bucket_acl", {**HERE_IN_S3, "ACL": "authenticated-read"}),
        ("put_bucket_acl", {**HERE_IN_S3, "ACL": "private"}),
    ),
    (
        *("metrics configuration", "s3/bucketMetric", f"{BUCKET}/intruder", "s3"),
        ("put_bucket_metrics_configuration", {**WITH_ID, "MetricsConfiguration": {"Id": "intruder"}}),
        ("delete_bucket_metrics_configuration", WITH_ID),
    ),
    (
        *("inventory", "s3/inventory", f"{BUCKET}/intruder", "s3"),
        ("put_bucket_inventory_configuration", {**WITH_ID, "InventoryConfiguration": INVENTORY}),
        ("delete_bucket_inventory_configuration", WITH_ID),
    ),
    (
        *("role", "iam/role", "author-intruder", "iam"),
        ("create_role", {"RoleName": "author-intruder", "AssumeRolePolicyDocument": TRUST}),
        ("delete_role", {"RoleName": "author-intruder"}),
    ),
    (
        *("inline policy", "iam/rolePolicy", f"{ROLE}/intruder", "iam"),
        ("put_role_policy", {**INLINE, "PolicyDocument": ALLOW}),
        ("delete_role_policy", INLINE),
    ),
    (
        *("topic", "sns/topic", "author-intruder", "sns"),
        ("create_topic", {"Name": "author-intruder"}),
        ("delete_topic", {"TopicArn": topic_arn("author-intruder")}),
    ),
    (
        *("log group", "cloudwatch/logGroup", "/author/intruder", "logs"),
        ("create_log_group", {"logGroupName": "/author/intruder"}),
        ("delete_log_group", {"logGroupName": "/author/intruder"}),
    ),
    (
        *("metric filter", "cloudwatch/logMetricFilter", f"{GROUP}/intruder", "logs"),
        ("put_metric_filter", {"logGroupName": GROUP, **FILTER}),
        ("delete_metric_filter", {"logGroupName": GROUP, "filterName": "intruder"}),
    ),
    (
        *("log resource policy", "cloudwatch/logResourcePolicy", "intruder", "logs"),
        ("put_resource_policy", {"policyName": "intruder", "policyDocument": ALLOW}),
        ("delete_resource_policy", {"policyName": "intruder"}),
    ),
    (
        *("alarm", "cloudwatch/metricAlarm", "author-intruder", "cloudwatch"),
        ("put_metric_alarm", ALARM),
        ("delete_alarms", {"AlarmNames": ["author-intruder"]}),
    ),
    (
        *("dashboard", "cloudwatch/dashboard", "Author-Intruder", "cloudwatch"),
        ("put_dashboard", DASHBOARD),
        ("delete_dashboards", {"DashboardNames": ["Author-Intruder"]}),
    ),
    (
        *("event rule", "cloudwatch/eventRule", "author-intruder", "events"),
        ("put_rule", EVENT_RULE),
        ("delete_rule", {"Name": "author-intruder"}),
    ),
    (
        *("event target", "cloudwatch/eventTarget", f"{RULE}/intruder", "events"),
        ("put_targets", {"Rule": RULE, "Targets": [EVENT_TARGET]}),
        ("remove_targets", {"Rule": RULE, "Ids": ["intruder"]}),
    ),
    (
        *("function", "lambda/function", "author-intruder", "lambda"),
        ("create_function", FUNCTION_ARGUMENTS),
        ("delete_function", {"FunctionName": "author-intruder"}),
    ),
    (
        *("right to invoke", "lambda/permission", f"{FUNCTION}/Intruder", "lambda"),
        ("add_permission", {**PERMISSION, **INVOKE}),
        ("remove_permission", PERMISSION),
    ),
    (
        *("second schedule", "scheduler/schedule", "author-storage/author-intruder", "scheduler"),
        ("create_schedule", SCHEDULE),
        ("delete_schedule", {"GroupName": "author-storage", "Name": "author-intruder"}),
    ),
    (
        *("parameter", "ssm/parameter", "/author/intruder", "ssm"),
        ("put_parameter", {"Name": "/author/intruder", "Type": "String", "Value": "x"}),
        ("delete_parameter", {"Name": "/author/intruder"}),
    ),
    (
        *("tagged stranger", "resourcegroupstaggingapi/resource", topic_arn("stranger"), "sns"),
        ("create_topic", {"Name": "stranger", "Tags": [{"Key": "project", "Value": "author-storage"}]}),
        ("delete_topic", {"TopicArn": topic_arn("stranger")}),
    ),
    (
        *("document", "ssm/document", "author-intruder", "ssm"),
        ("create_document", {"Name": "author-intruder", "Content": DOCUMENT, "DocumentType": "Automation"}),
        ("delete_document", {"Name": "author-intruder"}),
    ),
)

INTRUDERS = (
    *(Intruder(name, kind, it, pair(service, make, remove)) for name, kind, it, service, make, remove in PAIRS),
    Intruder("lifecycle rule", "s3/bucketLifecycleConfiguration", BUCKET, _rule, "rules[intruder]"),
    Intruder("policy statement", "s3/bucketPolicy", BUCKET, _statement, "policy.Statement[Extra]"),
    Intruder("attached policy", "iam/rolePolicyAttachment", f"{ROLE}/{MANAGED}", _attached),
    Intruder("subscription", "sns/topicSubscription", f"{TOPIC}/sqs", _subscription),
    Intruder("queue", "sqs/queue", "author-intruder", _queue),
    Intruder("key alias", "kms/alias", "alias/author-intruder", _alias),
)
