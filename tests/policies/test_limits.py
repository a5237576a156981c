"""Every limit of AWS: a right resource passes all of them, one change trips exactly the one meant."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, NamedTuple

import pytest

from estate.model import UNKNOWN, Estate, Resource, estate
from policies.finding import Finding
from policies.limits.all import LIMITS
from policies.limits.checks import size

ACCOUNT = "123456789012"
NO_RUNBOOK: Any = None
"""Limits look at the estate only."""


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}"


def statement(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | changes


TRUSTS: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "lambda.amazonaws.com"},
}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def policy(characters: int, like: dict[str, Any] | None = None) -> dict[str, Any]:
    """A policy of so many characters, of one statement like this."""
    shortest = document({**(like or statement()), "Sid": ""})
    return document({**(like or statement()), "Sid": "x" * (characters - size(shortest))})


def granting(**changes: Any) -> dict[str, Any]:
    """A statement of a resource's policy."""
    return statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, **changes)


SIMPLE_ALARM: dict[str, Any] = {
    "name": "author-dead-letters",
    "alarmDescription": "Runbook: On call.",
    "alarmActions": [arn("sns", "author-api")],
    "namespace": "AWS/SQS",
    "metricName": "ApproximateNumberOfMessagesVisible",
    "statistic": "Maximum",
    "period": 3600,
    "evaluationPeriods": 26,
    "datapointsToAlarm": 26,
    "comparisonOperator": "GreaterThanThreshold",
    "threshold": 0,
    "treatMissingData": "notBreaching",
}
MATH_ALARM: dict[str, Any] = {
    "name": "author-retention-silent",
    "evaluationPeriods": 2,
    "comparisonOperator": "LessThanThreshold",
    "threshold": 1,
    "metricQueries": [
        {"id": "runs", "metric": {"namespace": "Author/Storage", "metricName": "Runs", "period": 3600, "stat": "Sum"}},
        {"id": "errors", "metric": {"namespace": "Author/Storage", "metricName": "Bad", "period": 3600, "stat": "Sum"}},
        {"id": "filled", "expression": "FILL(runs, 0)", "returnData": True},
    ],
}
METRIC_FILTER: dict[str, Any] = {
    "name": "author-transitions",
    "pattern": '{ $.detail-type = "Object Storage Class Changed" }',
    "logGroupName": "/aws/events/author",
    "metricTransformation": {
        "name": "Transitions",
        "namespace": "Author/Storage",
        "value": "1",
        "dimensions": {"Bucket": "$.detail.bucket.name"},
    },
}
WIDGET: dict[str, Any] = {"type": "metric", "properties": {"metrics": [["AWS/S3", "4xxErrors"]]}}
SCHEDULE: dict[str, Any] = {
    "name": "author-retention",
    "scheduleExpression": "cron(0 6 1 1,4,7,10 ? *)",
    "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15},
    "target": {
        "retryPolicy": {"maximumRetryAttempts": 3, "maximumEventAgeInSeconds": 3600},
        "deadLetterConfig": {"arn": arn("sqs", "author-retention-dlq")},
    },
}
QUEUE: dict[str, Any] = {
    "name": "author-work",
    "visibilityTimeoutSeconds": 300,
    "messageRetentionSeconds": 1_209_600,
    "redrivePolicy": {"deadLetterTargetArn": arn("sqs", "author-dlq"), "maxReceiveCount": 5},
}
FUNCTION: dict[str, Any] = {
    "name": "author-temporary-uploads-cleanup",
    "timeout": 900,
    "memorySize": 512,
    "environment": {"variables": {"BUCKET": "author-temporary-uploads"}},
}
MAPPING: dict[str, Any] = {"eventSourceArn": arn("sqs", "author-work"), "batchSize": 10}
TASK: dict[str, Any] = {
    "family": "author-retention",
    "requiresCompatibilities": ["FARGATE"],
    "cpu": "256",
    "memory": "512",
}
GROUP = arn("logs", "log-group:/aws/events/author")
DELIVERY = statement(
    Principal={"Service": ["events.amazonaws.com"]},
    Action=["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource=f"{GROUP}:*",
)


class Change(NamedTuple):
    """One step from what AWS takes to what it refuses, and the property that the finding must name."""

    limit: str
    kind: str
    right: Mapping[str, Any]
    path: str
    value: Any
    named: str


CHANGES = [
    Change(*row)
    for row in (
        (
            "alarm-window",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "period",
            1800 + 1740,
            "evaluationPeriods",
        ),
        (
            "alarm-window",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "evaluationPeriods",
            169,
            "evaluationPeriods",
        ),
        (
            "alarm-window",
            "cloudwatch/metricAlarm:MetricAlarm",
            MATH_ALARM,
            "evaluationPeriods",
            169,
            "evaluationPeriods",
        ),
        ("alarm-period", "cloudwatch/metricAlarm:MetricAlarm", SIMPLE_ALARM, "period", 3610, "period"),
        (
            "alarm-datapoints",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "datapointsToAlarm",
            27,
            "datapointsToAlarm",
        ),
        (
            "alarm-datapoints",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "datapointsToAlarm",
            0,
            "datapointsToAlarm",
        ),
        (
            "alarm-rows",
            "cloudwatch/metricAlarm:MetricAlarm",
            MATH_ALARM,
            "metricQueries.0.returnData",
            True,
            "metricQueries",
        ),
        (
            "alarm-rows",
            "cloudwatch/metricAlarm:MetricAlarm",
            MATH_ALARM,
            "metricQueries.0.metric.period",
            60,
            "metricQueries",
        ),
        ("alarm-rows", "cloudwatch/metricAlarm:MetricAlarm", MATH_ALARM, "metricName", "Runs", "metricQueries"),
        (
            "alarm-row-id",
            "cloudwatch/metricAlarm:MetricAlarm",
            MATH_ALARM,
            "metricQueries.0.id",
            "Runs",
            "metricQueries[Runs].id",
        ),
        (
            "alarm-expression",
            "cloudwatch/metricAlarm:MetricAlarm",
            MATH_ALARM,
            "metricQueries.2.expression",
            "runs" + " + runs" * 300,
            "metricQueries[filled].expression",
        ),
        ("alarm-name", "cloudwatch/metricAlarm:MetricAlarm", SIMPLE_ALARM, "name", "a" * 256, "name"),
        (
            "alarm-description",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "alarmDescription",
            "a" * 1025,
            "alarmDescription",
        ),
        (
            "alarm-actions",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "alarmActions",
            [arn("sns", f"topic-{n}") for n in range(6)],
            "alarmActions",
        ),
        (
            "alarm-missing",
            "cloudwatch/metricAlarm:MetricAlarm",
            SIMPLE_ALARM,
            "treatMissingData",
            "bad",
            "treatMissingData",
        ),
        ("filter-name", "cloudwatch/logMetricFilter:LogMetricFilter", METRIC_FILTER, "name", "a:b", "name"),
        (
            "filter-pattern",
            "cloudwatch/logMetricFilter:LogMetricFilter",
            METRIC_FILTER,
            "pattern",
            "a" * 1025,
            "pattern",
        ),
        (
            "filter-metric",
            "cloudwatch/logMetricFilter:LogMetricFilter",
            METRIC_FILTER,
            "metricTransformation.name",
            "$deleted",
            "metricTransformation.name",
        ),
        (
            "filter-dimensions",
            "cloudwatch/logMetricFilter:LogMetricFilter",
            METRIC_FILTER,
            "metricTransformation.dimensions",
            {name: f"$.{name}" for name in "abcd"},
            "metricTransformation.dimensions",
        ),
        (
            "filter-default",
            "cloudwatch/logMetricFilter:LogMetricFilter",
            METRIC_FILTER,
            "metricTransformation.defaultValue",
            "0",
            "metricTransformation.defaultValue",
        ),
        (
            "log-group-name",
            "cloudwatch/logGroup:LogGroup",
            {"name": "/author/retention"},
            "name",
            "/author/a b",
            "name",
        ),
        (
            "log-retention",
            "cloudwatch/logGroup:LogGroup",
            {"name": "/author/retention", "retentionInDays": 90},
            "retentionInDays",
            91,
            "retentionInDays",
        ),
        (
            "dashboard-name",
            "cloudwatch/dashboard:Dashboard",
            {"dashboardName": "Author-Storage"},
            "dashboardName",
            "Author Storage",
            "dashboardName",
        ),
        (
            "dashboard-widgets",
            "cloudwatch/dashboard:Dashboard",
            {"dashboardName": "Author-Storage", "dashboardBody": {"widgets": [WIDGET]}},
            "dashboardBody.widgets",
            [WIDGET] * 501,
            "dashboardBody.widgets",
        ),
        (
            "dashboard-metrics",
            "cloudwatch/dashboard:Dashboard",
            {"dashboardName": "Author-Storage", "dashboardBody": {"widgets": [WIDGET]}},
            "dashboardBody.widgets.0.properties.metrics",
            [["AWS/S3", "4xxErrors"]] * 501,
            "dashboardBody.widgets[0].properties.metrics",
        ),
        ("role-name", "iam/role:Role", {"name": "author-retention-role"}, "name", "a" * 65, "name"),
        (
            "role-trust",
            "iam/role:Role",
            {"name": "author-retention-role", "assumeRolePolicy": policy(2048, TRUSTS)},
            "assumeRolePolicy",
            policy(2049, TRUSTS),
            "assumeRolePolicy",
        ),
        (
            "role-inline",
            "iam/rolePolicy:RolePolicy",
            {"role": "r", "policy": policy(10_240)},
            "policy",
            policy(10_241),
            "policy",
        ),
        ("managed-policy", "iam/policy:Policy", {"policy": policy(6144)}, "policy", policy(6145), "policy"),
        (
            "bucket-policy",
            "s3/bucketPolicy:BucketPolicy",
            {"policy": policy(20_480, granting())},
            "policy",
            policy(20_481, granting()),
            "policy",
        ),
        *(
            ("policy-version", kind, {key: document(inside)}, f"{key}.Version", version, f"{key}.Version")
            for kind, key, inside in (
                ("iam/rolePolicy:RolePolicy", "policy", statement()),
                ("iam/role:Role", "assumeRolePolicy", TRUSTS),
                ("sqs/queue:Queue", "policy", granting()),
            )
            for version in ("2008-10-17", "2012-10-18", "2012-10-17 ", None)
        ),
        *(
            (
                "policy-sid-once",
                kind,
                {key: document(inside | {"Sid": "Open"}, inside | {"Sid": "Write"})},
                f"{key}.Statement.1.Sid",
                "Open",
                f"{key}.Statement",
            )
            for kind, key, inside in (
                ("iam/rolePolicy:RolePolicy", "policy", statement()),
                ("s3/bucketPolicy:BucketPolicy", "policy", granting()),
            )
        ),
        *(
            (
                "policy-sid",
                "iam/rolePolicy:RolePolicy",
                {"role": "r", "policy": document(statement(Sid="Open"))},
                "policy.Statement.0.Sid",
                sid,
                "policy.Statement[0].Sid",
            )
            for sid in ("open-it", "open it", "open_it", "öffnen")
        ),
        *(
            (
                "policy-identity",
                "iam/rolePolicy:RolePolicy",
                {"role": "r", "policy": document(statement())},
                f"policy.Statement.0.{key}",
                "*",
                f"policy.Statement[0].{key}",
            )
            for key in ("Principal", "NotPrincipal")
        ),
        (
            "policy-principal",
            "sns/topicPolicy:TopicPolicy",
            {"arn": arn("sns", "t"), "policy": document(granting())},
            "policy.Statement",
            [statement()],
            "policy.Statement[0]",
        ),
        (
            "policy-trust",
            "iam/role:Role",
            {"name": "r", "assumeRolePolicy": document(TRUSTS)},
            "assumeRolePolicy.Statement.0.Resource",
            "*",
            "assumeRolePolicy.Statement[0].Resource",
        ),
        *(
            (
                "description",
                kind,
                {"description": "Fine – so far."[: 4 if "iam" in kind else None]},
                "description",
                text,
                "description",
            )
            for kind, text in (
                ("iam/role:Role", "a" * 1001),
                ("iam/role:Role", "Deletes – and counts."),
                ("iam/policy:Policy", "🔒"),
                ("kms/key:Key", "a" * 8193),
                ("lambda/function:Function", "a" * 257),
                ("cloudwatch/eventRule:EventRule", "a" * 513),
                ("ssm/parameter:Parameter", "a" * 1025),
            )
        ),
        *(
            (name, kind, {key: policy(most, granting())}, key, policy(most + 1, granting()), key)
            for name, kind, key, most in (
                ("key-policy", "kms/key:Key", "policy", 32_768),
                ("topic-policy", "sns/topicPolicy:TopicPolicy", "policy", 30_720),
                ("queue-policy", "sqs/queue:Queue", "policy", 8192),
                ("log-policy", "cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument", 5120),
            )
        ),
        ("description", "scheduler/schedule:Schedule", SCHEDULE, "description", "a" * 513, "description"),
        (
            "automation-size",
            "ssm/document:Document",
            {"content": {"description": "a" * 65_518}},
            "content",
            {"description": "a" * 65_519},
            "content",
        ),
        (
            "schedule-input",
            "scheduler/schedule:Schedule",
            {**SCHEDULE, "target": {"input": "a" * 262_144}},
            "target.input",
            "a" * 262_145,
            "target.input",
        ),
        *(
            ("bucket-name", "s3/bucket:Bucket", {"bucket": "author-recordings-prod"}, "bucket", name, "bucket")
            for name in ("Author", "ab", "a..b", "192.168.0.1", "xn--author", "author-s3alias", "author-", "a" * 64)
        ),
        (
            "bucket-metric-name",
            "s3/bucketMetric:BucketMetric",
            {"bucket": "b", "name": "EntireBucket"},
            "name",
            "Entire Bucket",
            "name",
        ),
        ("schedule-name", "scheduler/schedule:Schedule", SCHEDULE, "name", "a" * 65, "name"),
        (
            "schedule-name",
            "scheduler/scheduleGroup:ScheduleGroup",
            {"name": "author"},
            "name",
            "author storage",
            "name",
        ),
        *(
            (
                "schedule-expression",
                "scheduler/schedule:Schedule",
                SCHEDULE,
                "scheduleExpression",
                text,
                "scheduleExpression",
            )
            for text in (
                "0 6 1 1,4,7,10 *",
                "cron(0 6 1 1,4,7,10 *)",
                "cron(0 6 1 1,4,7,10 * *)",
                "cron(0 6 1 13 ? *)",
                "rate(0 hours)",
                "rate(1 fortnight)",
                "at(2026-13-01T00:00:00)",
            )
        ),
        (
            "schedule-window",
            "scheduler/schedule:Schedule",
            SCHEDULE,
            "flexibleTimeWindow.mode",
            "OFF",
            "flexibleTimeWindow",
        ),
        (
            "schedule-window",
            "scheduler/schedule:Schedule",
            SCHEDULE,
            "flexibleTimeWindow.maximumWindowInMinutes",
            1441,
            "flexibleTimeWindow.maximumWindowInMinutes",
        ),
        (
            "schedule-retries",
            "scheduler/schedule:Schedule",
            SCHEDULE,
            "target.retryPolicy.maximumRetryAttempts",
            186,
            "target.retryPolicy.maximumRetryAttempts",
        ),
        (
            "schedule-event-age",
            "scheduler/schedule:Schedule",
            SCHEDULE,
            "target.retryPolicy.maximumEventAgeInSeconds",
            59,
            "target.retryPolicy.maximumEventAgeInSeconds",
        ),
        ("event-rule-name", "cloudwatch/eventRule:EventRule", {"name": "author-telemetry"}, "name", "a" * 65, "name"),
        *(
            (
                "event-rule-expression",
                "cloudwatch/eventRule:EventRule",
                {"name": "author", "scheduleExpression": "rate(2 hours)"},
                "scheduleExpression",
                text,
                "scheduleExpression",
            )
            for text in ("rate(1 hours)", "rate(2 hour)", "at(2026-11-01T00:00:00)")
        ),
        (
            "event-pattern",
            "cloudwatch/eventRule:EventRule",
            {"eventPattern": {"source": ["aws.s3"]}},
            "eventPattern.source",
            ["a" * 4096],
            "eventPattern",
        ),
        (
            "event-metric-target",
            "cloudwatch/eventTarget:EventTarget",
            {"arn": arn("sqs", "author-work")},
            "arn",
            arn("cloudwatch", "metric/Transitions"),
            "arn",
        ),
        ("topic-name", "sns/topic:Topic", {"name": "author-api"}, "name", "author api", "name"),
        ("queue-name", "sqs/queue:Queue", QUEUE, "name", "a" * 81, "name"),
        ("queue-visibility", "sqs/queue:Queue", QUEUE, "visibilityTimeoutSeconds", 43_201, "visibilityTimeoutSeconds"),
        ("queue-retention", "sqs/queue:Queue", QUEUE, "messageRetentionSeconds", 59, "messageRetentionSeconds"),
        (
            "queue-dead-letter",
            "sqs/queue:Queue",
            QUEUE,
            "redrivePolicy.deadLetterTargetArn",
            arn("sqs", "author-dlq.fifo"),
            "redrivePolicy.deadLetterTargetArn",
        ),
        (
            "queue-dead-letter",
            "scheduler/schedule:Schedule",
            SCHEDULE,
            "target.deadLetterConfig.arn",
            arn("sqs", "author-dlq.fifo"),
            "target.deadLetterConfig.arn",
        ),
        (
            "queue-receives",
            "sqs/queue:Queue",
            QUEUE,
            "redrivePolicy.maxReceiveCount",
            1001,
            "redrivePolicy.maxReceiveCount",
        ),
        ("function-name", "lambda/function:Function", FUNCTION, "name", "a.b", "name"),
        ("function-timeout", "lambda/function:Function", FUNCTION, "timeout", 1801, "timeout"),
        ("function-memory", "lambda/function:Function", FUNCTION, "memorySize", 127, "memorySize"),
        (
            "function-environment",
            "lambda/function:Function",
            FUNCTION,
            "environment.variables.MORE",
            "a" * 4096,
            "environment.variables",
        ),
        (
            "function-retries",
            "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
            {"maximumRetryAttempts": 0},
            "maximumRetryAttempts",
            3,
            "maximumRetryAttempts",
        ),
        ("batch-size", "lambda/eventSourceMapping:EventSourceMapping", MAPPING, "batchSize", 11, "batchSize"),
        (
            "batch-size",
            "lambda/eventSourceMapping:EventSourceMapping",
            MAPPING | {"eventSourceArn": arn("sqs", "author-work.fifo"), "maximumBatchingWindowInSeconds": 5},
            "batchSize",
            11,
            "batchSize",
        ),
        (
            "batch-size",
            "lambda/eventSourceMapping:EventSourceMapping",
            MAPPING | {"maximumBatchingWindowInSeconds": 5},
            "batchSize",
            10_001,
            "batchSize",
        ),
        ("task-size", "ecs/taskDefinition:TaskDefinition", TASK, "memory", "768", "memory"),
        ("task-size", "ecs/taskDefinition:TaskDefinition", TASK, "cpu", "1 vCPU", "memory"),
        *(
            ("parameter-name", "ssm/parameter:Parameter", {"name": "/author/retention/window"}, "name", name, "name")
            for name in ("/aws/window", "/author/a b", "/ssm-window", "/" + "/".join("abcdefghijklmnop"))
        ),
        (
            "parameter-value",
            "ssm/parameter:Parameter",
            {"name": "/author/x", "value": "45"},
            "value",
            "4" * 4097,
            "value",
        ),
        (
            "key-deletion",
            "kms/key:Key",
            {"deletionWindowInDays": 30},
            "deletionWindowInDays",
            31,
            "deletionWindowInDays",
        ),
        ("key-alias", "kms/alias:Alias", {"name": "alias/author-topics"}, "name", "alias/aws/author", "name"),
        (
            "tags",
            "s3/bucket:Bucket",
            {"bucket": "author-exports-prod", "tags": {"owner": "storage"}},
            "tags.owner",
            "a&b",
            "tags.owner",
        ),
        (
            "tags",
            "s3/bucket:Bucket",
            {"bucket": "author-exports-prod", "tags": {"owner": "storage"}},
            "tags",
            {"aws:x": "1"},
            "tags.aws:x",
        ),
        (
            "tags",
            "s3/bucket:Bucket",
            {"bucket": "author-exports-prod", "tags": {"owner": "storage"}},
            "tags",
            {f"tag{n}": "1" for n in range(51)},
            "tags",
        ),
    )
]


def changed(properties: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    copy = deepcopy(dict(properties))
    *way, last = path.split(".")
    place: Any = copy
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return copy


def estate_of(*resources: Resource) -> Estate:
    return estate("prod", "prod", ACCOUNT, "us-east-1", resources)


def findings(*resources: Resource) -> list[Finding]:
    return [finding for limit in LIMITS for finding in limit.check(estate_of(*resources), NO_RUNBOOK)]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.limit}-{str(change.value)[:20]}")
def test_one_change_trips_one_limit(change: Change) -> None:
    assert findings(Resource(f"aws:{change.kind}", "it", change.right)) == []
    wrong = changed(change.right, change.path, change.value)
    found = findings(Resource(f"aws:{change.kind}", "it", wrong))
    assert [(finding.rule, finding.property) for finding in found] == [(f"aws-limit-{change.limit}", change.named)]


def test_a_topic_under_the_managed_key_is_silent() -> None:
    def topic(key: str) -> Resource:
        return Resource("aws:sns/topic:Topic", "api", {"name": "author-api", "kmsMasterKeyId": key})

    alarm = Resource("aws:cloudwatch/metricAlarm:MetricAlarm", "dead-letters", SIMPLE_ALARM)
    assert findings(topic("alias/author-topics"), alarm) == []
    (finding,) = findings(topic("alias/aws/sns"), alarm)
    assert (finding.rule, finding.property) == ("aws-limit-topic-key", "alarmActions[0]")
    assert finding.named == "cloudwatch/metricAlarm dead-letters"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Principal", {"Service": ["delivery.logs.amazonaws.com"]}),
        ("Action", ["logs:PutLogEvents"]),
        ("Resource", GROUP),
        ("Effect", "Deny"),
    ],
)
def test_a_log_group_that_events_cannot_write_to_loses_them(key: str, value: Any) -> None:
    target = Resource("aws:cloudwatch/eventTarget:EventTarget", "log", {"rule": "author", "arn": GROUP})

    def lets(**changes: Any) -> Resource:
        opened = document(DELIVERY | changes)
        return Resource("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", "events", {"policyDocument": opened})

    assert findings(target, lets()) == []
    (finding,) = findings(target, lets(**{key: value}))
    assert (finding.rule, finding.property) == ("aws-limit-event-log-policy", "arn")
    assert [f.rule for f in findings(target)] == ["aws-limit-event-log-policy"]


def test_inline_policies_of_a_role_count_together() -> None:
    half = {"role": "author-retention-role", "policy": policy(5_121)}
    both = [Resource("aws:iam/rolePolicy:RolePolicy", name, half) for name in ("a", "b")]
    assert findings(both[0]) == []
    (finding,) = findings(*both)
    assert finding.found == "10242 characters in all inline policies of author-retention-role"


def test_every_limit_has_a_change_that_trips_it_and_names_its_source() -> None:
    tripped = {f"aws-limit-{change.limit}" for change in CHANGES} | {
        "aws-limit-topic-key",
        "aws-limit-event-log-policy",
    }
    assert sorted(tripped) == sorted(limit.id for limit in LIMITS)
    assert len({limit.id for limit in LIMITS}) == len(LIMITS)
    assert all(limit.claims == () for limit in LIMITS)


def test_a_finding_tells_reader_what_where_and_why() -> None:
    (finding,) = findings(Resource("aws:iam/role:Role", "retention", {"name": "a" * 200}))
    assert finding.found == "a" * 120 + "… (200 characters)"
    assert finding.expected == "1 to 64 of A-Z a-z 0-9 + = , . @ - _"
    assert "botocore" in finding.why


def test_what_a_preview_does_not_know_is_left_to_other_rules() -> None:
    assert findings(Resource("aws:iam/rolePolicy:RolePolicy", "it", {"role": "r", "policy": UNKNOWN})) == []
