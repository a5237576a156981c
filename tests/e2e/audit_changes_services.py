"""More changes: topics, queues, logs, alarms, rules, functions, schedules, tasks, parameters. See `audit_changes`."""

import json
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from tests.e2e.audit_changes import IDENTITIES, S3, Aws, Change, Setting, Undo, answer, key, statement_more
from tests.e2e.estates import ROOT

HERE = "us-east-1:123456789012"


def topic_arn(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:sns:{HERE}:{name}"


def _topic(attribute: str, value: str) -> Change:
    def apply(aws: Aws, name: str) -> Undo:
        arn = topic_arn(name)
        before = aws("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get(attribute, "")
        after = statement_more(before) if attribute == "Policy" else value
        aws("sns").set_topic_attributes(TopicArn=arn, AttributeName=attribute, AttributeValue=after)
        return lambda: aws("sns").set_topic_attributes(TopicArn=arn, AttributeName=attribute, AttributeValue=before)

    return apply


def _tagged(service: str, add: str, remove: str, where: Callable[[Aws, str], dict[str, Any]]) -> Change:
    """Adds the tag `intruder`; `where` makes the call's naming arguments of (client factory, physical name)."""

    def apply(aws: Aws, physical: str) -> Undo:
        client, named = aws(service), where(aws, physical)
        tags, keys = TAG_ARGUMENTS[service]
        getattr(client, add)(**named, **tags)
        return lambda: getattr(client, remove)(**named, **keys)

    return apply


TAG_ARGUMENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sns": ({"Tags": [{"Key": "intruder", "Value": "x"}]}, {"TagKeys": ["intruder"]}),
    "sqs": ({"Tags": {"intruder": "x"}}, {"TagKeys": ["intruder"]}),
    "logs": ({"tags": {"intruder": "x"}}, {"tagKeys": ["intruder"]}),
    "cloudwatch": ({"Tags": [{"Key": "intruder", "Value": "x"}]}, {"TagKeys": ["intruder"]}),
    "events": ({"Tags": [{"Key": "intruder", "Value": "x"}]}, {"TagKeys": ["intruder"]}),
    "lambda": ({"Tags": {"intruder": "x"}}, {"TagKeys": ["intruder"]}),
    "scheduler": ({"Tags": [{"Key": "intruder", "Value": "x"}]}, {"TagKeys": ["intruder"]}),
    "ecs": ({"tags": [{"key": "intruder", "value": "x"}]}, {"tagKeys": ["intruder"]}),
    "ssm": ({"Tags": [{"Key": "intruder", "Value": "x"}]}, {"TagKeys": ["intruder"]}),
}


def _queue_url(aws: Aws, name: str) -> str:
    return aws("sqs").get_queue_url(QueueName=name)["QueueUrl"]


def _queue(attribute: str, value: str) -> Change:
    def apply(aws: Aws, name: str) -> Undo:
        url = _queue_url(aws, name)
        before = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"].get(attribute, "")
        after = statement_more(before) if attribute == "Policy" else value
        aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={attribute: after})
        return lambda: aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={attribute: before})

    return apply


REDRIVE = json.dumps({"deadLetterTargetArn": f"arn:aws:sqs:{HERE}:author-retention-dead-letters", "maxReceiveCount": 3})

MESSAGING: dict[tuple[str, str], Change] = {
    ("sns/topic", "displayName"): _topic("DisplayName", "other"),
    ("sns/topic", "kmsMasterKeyId"): _topic("KmsMasterKeyId", "alias/aws/sns"),
    ("sns/topic", "deliveryPolicy"): _topic("DeliveryPolicy", '{"http":{"disableSubscriptionOverrides":true}}'),
    ("sns/topic", "tags"): _tagged("sns", "tag_resource", "untag_resource", lambda _, n: {"ResourceArn": topic_arn(n)}),
    ("sns/topicPolicy", "policy"): _topic("Policy", ""),
    ("sqs/queue", "visibilityTimeoutSeconds"): _queue("VisibilityTimeout", "77"),
    ("sqs/queue", "messageRetentionSeconds"): _queue("MessageRetentionPeriod", "60"),
    ("sqs/queue", "maxMessageSize"): _queue("MaximumMessageSize", "1024"),
    ("sqs/queue", "delaySeconds"): _queue("DelaySeconds", "77"),
    ("sqs/queue", "receiveWaitTimeSeconds"): _queue("ReceiveMessageWaitTimeSeconds", "7"),
    ("sqs/queue", "kmsMasterKeyId"): _queue("KmsMasterKeyId", "alias/aws/sqs"),
    ("sqs/queue", "sqsManagedSseEnabled"): _queue("SqsManagedSseEnabled", "false"),
    ("sqs/queue", "policy"): _queue("Policy", ""),
    ("sqs/queue", "redrivePolicy"): _queue("RedrivePolicy", REDRIVE),
    ("sqs/queue", "tags"): _tagged("sqs", "tag_queue", "untag_queue", lambda aws, n: {"QueueUrl": _queue_url(aws, n)}),
}

# CloudWatch and EventBridge


def _log_group(aws: Aws, name: str) -> dict[str, Any]:
    return next(g for g in aws("logs").describe_log_groups()["logGroups"] if g["logGroupName"] == name)


def _log_retention(aws: Aws, name: str) -> Undo:
    before = _log_group(aws, name)["retentionInDays"]
    aws("logs").put_retention_policy(logGroupName=name, retentionInDays=1)
    return lambda: aws("logs").put_retention_policy(logGroupName=name, retentionInDays=before)


def _log_key(aws: Aws, name: str) -> Undo:
    """The emulator can't give a log group another key, so the group is made again; its metric filters stay."""
    logs, before = aws("logs"), _log_group(aws, name)
    tags = logs.list_tags_for_resource(resourceArn=f"arn:aws:logs:{HERE}:log-group:{name}")["tags"]

    def again(**key: str) -> None:
        logs.delete_log_group(logGroupName=name)
        logs.create_log_group(logGroupName=name, tags=tags, **key)
        logs.put_retention_policy(logGroupName=name, retentionInDays=before["retentionInDays"])

    again(kmsKeyId=aws("kms").create_key()["KeyMetadata"]["Arn"])
    return lambda: again(**{k: before[k] for k in ("kmsKeyId",) if k in before})


def _filter(**other: Any) -> Change:
    def apply(aws: Aws, physical: str) -> Undo:
        group, _, name = physical.rpartition("/")
        found = aws("logs").describe_metric_filters(logGroupName=group, filterNamePrefix=name)["metricFilters"]
        before = next(f for f in found if f["filterName"] == name)
        kept = {k: before[k] for k in ("filterName", "logGroupName", "filterPattern", "metricTransformations")}
        aws("logs").put_metric_filter(**{**kept, **other})
        return lambda: aws("logs").put_metric_filter(**kept)

    return apply


def _log_policy(aws: Aws, name: str) -> Undo:
    found = aws("logs").describe_resource_policies()["resourcePolicies"]
    before = next(p["policyDocument"] for p in found if p["policyName"] == name)
    aws("logs").put_resource_policy(policyName=name, policyDocument=statement_more(before))
    return lambda: aws("logs").put_resource_policy(policyName=name, policyDocument=before)


NOT_WRITTEN = (
    *("AlarmArn", "AlarmConfigurationUpdatedTimestamp", "StateValue", "StateReason", "StateReasonData"),
    *("StateUpdatedTimestamp", "StateTransitionedTimestamp", "EvaluationState"),
)
alarm = Setting(
    lambda aws, n: answer(aws("cloudwatch").describe_alarms(AlarmNames=[n])["MetricAlarms"][0], *NOT_WRITTEN),
    lambda aws, _, v: aws("cloudwatch").put_metric_alarm(**v),
)


def _alarm(**change: Any) -> Change:
    return alarm.change(lambda before: {**before, **change})


def _extended(before: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in before.items() if k != "Statistic"} | {"ExtendedStatistic": "p90"}


def _query(before: dict[str, Any]) -> dict[str, Any]:
    first = before["Metrics"][0]
    return {**before, "Metrics": [{**first, "Label": "other"}, *before["Metrics"][1:]]}


def _dashboard(aws: Aws, name: str) -> Undo:
    before = aws("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    widgets = json.loads(before)["widgets"][1:]
    aws("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=json.dumps({"widgets": widgets}))
    return lambda: aws("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=before)


RULE_KEYS = ("Name", "Description", "EventPattern", "State", "ScheduleExpression", "RoleArn")
rule = Setting(
    lambda aws, n: {k: v for k, v in aws("events").describe_rule(Name=n).items() if k in RULE_KEYS},
    lambda aws, _, v: aws("events").put_rule(**v),
)


def _target(aws: Aws, physical: str) -> dict[str, Any]:
    name, _, identity = physical.partition("/")
    return next(t for t in aws("events").list_targets_by_rule(Rule=name)["Targets"] if t["Id"] == identity)


target = Setting(_target, lambda aws, p, v: aws("events").put_targets(Rule=p.partition("/")[0], Targets=[v]))

OTHER_ROLE = "arn:aws:iam::123456789012:role/other"
OTHER_QUEUE = f"arn:aws:sqs:{HERE}:elsewhere"

MONITORING: dict[tuple[str, str], Change] = {
    ("cloudwatch/logGroup", "retentionInDays"): _log_retention,
    ("cloudwatch/logGroup", "kmsKeyId"): _log_key,
    ("cloudwatch/logGroup", "tags"): _tagged(
        "logs", "tag_resource", "untag_resource", lambda _, n: {"resourceArn": f"arn:aws:logs:{HERE}:log-group:{n}"}
    ),
    ("cloudwatch/logMetricFilter", "pattern"): _filter(filterPattern="{ $.other = 1 }"),
    ("cloudwatch/logMetricFilter", "metricTransformation"): _filter(
        metricTransformations=[{"metricName": "Other", "metricNamespace": "Other", "metricValue": "1"}]
    ),
    ("cloudwatch/logResourcePolicy", "policyDocument"): _log_policy,
    ("cloudwatch/metricAlarm", "alarmDescription"): _alarm(AlarmDescription="other"),
    ("cloudwatch/metricAlarm", "alarmActions"): _alarm(AlarmActions=[]),
    ("cloudwatch/metricAlarm", "okActions"): _alarm(OKActions=[f"arn:aws:sns:{HERE}:elsewhere"]),
    ("cloudwatch/metricAlarm", "insufficientDataActions"): _alarm(
        InsufficientDataActions=[f"arn:aws:sns:{HERE}:elsewhere"]
    ),
    ("cloudwatch/metricAlarm", "comparisonOperator"): _alarm(ComparisonOperator="LessThanThreshold"),
    ("cloudwatch/metricAlarm", "evaluationPeriods"): _alarm(EvaluationPeriods=7),
    ("cloudwatch/metricAlarm", "datapointsToAlarm"): _alarm(EvaluationPeriods=7, DatapointsToAlarm=6),
    ("cloudwatch/metricAlarm", "metricName"): _alarm(MetricName="Other"),
    ("cloudwatch/metricAlarm", "namespace"): _alarm(Namespace="Other"),
    ("cloudwatch/metricAlarm", "period"): _alarm(Period=60),
    ("cloudwatch/metricAlarm", "statistic"): _alarm(Statistic="SampleCount"),
    ("cloudwatch/metricAlarm", "threshold"): _alarm(Threshold=77.0),
    ("cloudwatch/metricAlarm", "treatMissingData"): alarm.change(
        lambda v: {**v, "TreatMissingData": "missing" if v["TreatMissingData"] == "ignore" else "ignore"}
    ),
    ("cloudwatch/metricAlarm", "unit"): _alarm(Unit="Bytes"),
    ("cloudwatch/metricAlarm", "extendedStatistic"): alarm.change(_extended),
    ("cloudwatch/metricAlarm", "actionsEnabled"): _alarm(ActionsEnabled=False),
    ("cloudwatch/metricAlarm", "dimensions"): _alarm(Dimensions=[{"Name": "Bucket", "Value": "elsewhere"}]),
    ("cloudwatch/metricAlarm", "metricQueries"): alarm.change(_query),
    ("cloudwatch/metricAlarm", "tags"): _tagged(
        "cloudwatch",
        "tag_resource",
        "untag_resource",
        lambda _, n: {"ResourceARN": f"arn:aws:cloudwatch:{HERE}:alarm:{n}"},
    ),
    ("cloudwatch/dashboard", "dashboardBody"): _dashboard,
    ("cloudwatch/eventRule", "description"): rule.change(key("Description", "other")),
    ("cloudwatch/eventRule", "eventPattern"): rule.change(key("EventPattern", '{"source":["other"]}')),
    ("cloudwatch/eventRule", "state"): rule.change(key("State", "DISABLED")),
    ("cloudwatch/eventRule", "roleArn"): rule.change(key("RoleArn", OTHER_ROLE)),
    ("cloudwatch/eventRule", "tags"): _tagged(
        "events", "tag_resource", "untag_resource", lambda _, n: {"ResourceARN": f"arn:aws:events:{HERE}:rule/{n}"}
    ),
    ("cloudwatch/eventTarget", "arn"): target.change(key("Arn", OTHER_QUEUE)),
    ("cloudwatch/eventTarget", "input"): target.change(key("Input", '{"other":1}')),
    ("cloudwatch/eventTarget", "roleArn"): target.change(key("RoleArn", OTHER_ROLE)),
    ("cloudwatch/eventTarget", "deadLetterConfig"): target.change(key("DeadLetterConfig", {"Arn": OTHER_QUEUE})),
    ("cloudwatch/eventTarget", "inputTransformer"): target.change(
        key("InputTransformer", {"InputTemplate": '"other"', "InputPathsMap": {"a": "$.b"}})
    ),
}

# Lambda, Scheduler, ECS, SSM


def _function(name: str, value: Any) -> Change:
    def apply(aws: Aws, function: str) -> Undo:
        found = aws("lambda").get_function_configuration(FunctionName=function)
        before = found.get(name, [] if name == "Layers" else {} if isinstance(value, dict) else "")
        aws("lambda").update_function_configuration(FunctionName=function, **{name: value})
        return lambda: aws("lambda").update_function_configuration(FunctionName=function, **{name: before})

    return apply


def _function_variables(aws: Aws, function: str) -> Undo:
    before = aws("lambda").get_function_configuration(FunctionName=function)["Environment"]
    after = {"Variables": {**before["Variables"], "INTRUDER": "x"}}
    aws("lambda").update_function_configuration(FunctionName=function, Environment=after)
    return lambda: aws("lambda").update_function_configuration(FunctionName=function, Environment=before)


def _code(aws: Aws, function: str) -> Undo:
    """The zip that runs is the one in the build folder with its hash: Lambda gives none back."""
    running = aws("lambda").get_function_configuration(FunctionName=function)["CodeSha256"]
    zips = [path.read_bytes() for path in (ROOT / "build" / "functions").glob("*.zip")]
    before = next(z for z in zips if b64encode(sha256(z).digest()).decode() == running)
    other = BytesIO()
    with ZipFile(other, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): ...")
    aws("lambda").update_function_code(FunctionName=function, ZipFile=other.getvalue())
    return lambda: aws("lambda").update_function_code(FunctionName=function, ZipFile=before)


def _concurrency(aws: Aws, function: str) -> Undo:
    aws("lambda").put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=7)
    return lambda: aws("lambda").delete_function_concurrency(FunctionName=function)


def _invoke(**change: Any) -> Change:
    keep = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")

    def read(aws: Aws, function: str) -> dict[str, Any]:
        found = aws("lambda").get_function_event_invoke_config(FunctionName=function)
        return {k: found[k] for k in keep if k in found}

    def write(aws: Aws, function: str, value: dict[str, Any]) -> object:
        return aws("lambda").put_function_event_invoke_config(FunctionName=function, **value)

    return Setting(read, write).change(lambda before: {**before, **change})


def _schedule_names(physical: str) -> dict[str, str]:
    return dict(zip(("GroupName", "Name"), physical.rsplit("/", 1), strict=True))


schedule = Setting(
    lambda aws, p: answer(
        aws("scheduler").get_schedule(**_schedule_names(p)), "Arn", "CreationDate", "LastModificationDate"
    ),
    lambda aws, _, v: aws("scheduler").update_schedule(**v),
)


def _task(**change: Any) -> Change:
    """A task definition can't be changed, only followed by another revision.

    Undone by a third one like the first: where the newest is deregistered, AWS falls back to the one before, the
    emulator does not.
    """
    taken = (
        *("family", "containerDefinitions", "cpu", "memory", "networkMode", "requiresCompatibilities"),
        *("executionRoleArn", "taskRoleArn", "runtimePlatform"),
    )

    def apply(aws: Aws, family: str) -> Undo:
        answer_ = aws("ecs").describe_task_definition(taskDefinition=family, include=["TAGS"])
        before = {k: v for k, v in answer_["taskDefinition"].items() if k in taken} | {"tags": answer_["tags"]}
        aws("ecs").register_task_definition(**{**before, **change})
        return lambda: aws("ecs").register_task_definition(**before)

    return apply


def _containers(aws: Aws, family: str) -> Undo:
    found = aws("ecs").describe_task_definition(taskDefinition=family)["taskDefinition"]["containerDefinitions"]
    return _task(containerDefinitions=[{**found[0], "image": "elsewhere:latest"}, *found[1:]])(aws, family)


def _settings(aws: Aws, name: str) -> Undo:
    before = aws("ecs").describe_clusters(clusters=[name], include=["SETTINGS"])["clusters"][0]["settings"]
    aws("ecs").update_cluster(cluster=name, settings=[{"name": "containerInsights", "value": "enhanced"}])
    return lambda: aws("ecs").update_cluster(cluster=name, settings=before)


def _cluster_arn(_: Aws, name: str) -> dict[str, str]:
    return {"resourceArn": f"arn:aws:ecs:{HERE}:cluster/{name}"}


def _parameter(**change: Any) -> Change:
    def read(aws: Aws, name: str) -> dict[str, Any]:
        described = next(p for p in aws("ssm").describe_parameters()["Parameters"] if p["Name"] == name)
        value = aws("ssm").get_parameter(Name=name)["Parameter"]["Value"]
        kept = {k: described[k] for k in ("Name", "Type", "Description", "Tier") if described.get(k)}
        return {**kept, "AllowedPattern": described.get("AllowedPattern", ""), "Value": value, "Overwrite": True}

    def write(aws: Aws, _: str, value: dict[str, Any]) -> object:
        return aws("ssm").put_parameter(**value)

    return Setting(read, write).change(lambda before: {**before, **change})


def _document(aws: Aws, name: str) -> Undo:
    ssm, before = aws("ssm"), aws("ssm").get_document(Name=name)
    changed = json.loads(before["Content"]) | {"description": "other"}
    made = ssm.update_document(Name=name, Content=json.dumps(changed), DocumentVersion="$LATEST")["DocumentDescription"]
    ssm.update_document_default_version(Name=name, DocumentVersion=made["DocumentVersion"])

    def undo() -> None:
        ssm.update_document_default_version(Name=name, DocumentVersion=before["DocumentVersion"])
        ssm.delete_document(Name=name, DocumentVersion=made["DocumentVersion"])

    return undo


COMPUTE: dict[tuple[str, str], Change] = {
    ("lambda/function", "code"): _code,
    ("lambda/function", "runtime"): _function("Runtime", "python3.9"),
    ("lambda/function", "handler"): _function("Handler", "other.handler"),
    ("lambda/function", "role"): _function("Role", OTHER_ROLE),
    ("lambda/function", "description"): _function("Description", "other"),
    ("lambda/function", "timeout"): _function("Timeout", 77),
    ("lambda/function", "memorySize"): _function("MemorySize", 777),
    ("lambda/function", "environment"): _function_variables,
    ("lambda/function", "deadLetterConfig"): _function("DeadLetterConfig", {"TargetArn": OTHER_QUEUE}),
    ("lambda/function", "loggingConfig"): _function("LoggingConfig", {"LogFormat": "JSON", "LogGroup": "/other"}),
    ("lambda/function", "tracingConfig"): _function("TracingConfig", {"Mode": "Active"}),
    ("lambda/function", "reservedConcurrentExecutions"): _concurrency,
    ("lambda/function", "tags"): _tagged(
        "lambda", "tag_resource", "untag_resource", lambda _, n: {"Resource": f"arn:aws:lambda:{HERE}:function:{n}"}
    ),
    ("lambda/functionEventInvokeConfig", "maximumRetryAttempts"): _invoke(MaximumRetryAttempts=2),
    ("lambda/functionEventInvokeConfig", "maximumEventAgeInSeconds"): _invoke(MaximumEventAgeInSeconds=77),
    ("lambda/functionEventInvokeConfig", "destinationConfig"): _invoke(
        DestinationConfig={"OnFailure": {"Destination": OTHER_QUEUE}}
    ),
    ("scheduler/scheduleGroup", "tags"): _tagged(
        "scheduler",
        "tag_resource",
        "untag_resource",
        lambda _, n: {"ResourceArn": f"arn:aws:scheduler:{HERE}:schedule-group/{n}"},
    ),
    ("scheduler/schedule", "description"): schedule.change(key("Description", "other")),
    ("scheduler/schedule", "scheduleExpression"): schedule.change(key("ScheduleExpression", "rate(7 days)")),
    ("scheduler/schedule", "scheduleExpressionTimezone"): schedule.change(
        key("ScheduleExpressionTimezone", "Europe/Berlin")
    ),
    ("scheduler/schedule", "state"): schedule.change(
        lambda v: {**v, "State": "DISABLED" if v["State"] == "ENABLED" else "ENABLED"}
    ),
    ("scheduler/schedule", "flexibleTimeWindow"): schedule.change(
        key("FlexibleTimeWindow", {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 77})
    ),
    ("scheduler/schedule", "target"): schedule.change(
        lambda v: {**v, "Target": {**v["Target"], "RoleArn": OTHER_ROLE}}
    ),
    ("ecs/cluster", "settings"): _settings,
    ("ecs/cluster", "tags"): _tagged("ecs", "tag_resource", "untag_resource", _cluster_arn),
    ("ecs/taskDefinition", "containerDefinitions"): _containers,
    ("ecs/taskDefinition", "cpu"): _task(cpu="4096", memory="8192"),
    ("ecs/taskDefinition", "memory"): _task(cpu="4096", memory="16384"),
    ("ecs/taskDefinition", "networkMode"): _task(networkMode="bridge", requiresCompatibilities=["EC2"]),
    ("ecs/taskDefinition", "requiresCompatibilities"): _task(requiresCompatibilities=["EC2"]),
    ("ecs/taskDefinition", "executionRoleArn"): _task(executionRoleArn=OTHER_ROLE),
    ("ecs/taskDefinition", "taskRoleArn"): _task(taskRoleArn=OTHER_ROLE),
    ("ecs/taskDefinition", "runtimePlatform"): _task(
        runtimePlatform={"cpuArchitecture": "X86_64", "operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    ),
    ("ecs/taskDefinition", "volumes"): _task(volumes=[{"name": "intruder", "host": {"sourcePath": "/"}}]),
    ("ecs/taskDefinition", "tags"): _task(tags=[{"key": "intruder", "value": "x"}]),
    ("ssm/parameter", "value"): _parameter(Value="other"),
    ("ssm/parameter", "type"): _parameter(Type="StringList"),
    ("ssm/parameter", "description"): _parameter(Description="other"),
    ("ssm/parameter", "tier"): _parameter(Tier="Advanced"),
    ("ssm/parameter", "allowedPattern"): _parameter(AllowedPattern=".*"),
    ("ssm/parameter", "tags"): _tagged(
        "ssm",
        "add_tags_to_resource",
        "remove_tags_from_resource",
        lambda _, n: {"ResourceType": "Parameter", "ResourceId": n},
    ),
    ("ssm/document", "content"): _document,
    ("ssm/document", "tags"): _tagged(
        "ssm",
        "add_tags_to_resource",
        "remove_tags_from_resource",
        lambda _, n: {"ResourceType": "Document", "ResourceId": n},
    ),
}

CHANGES: dict[tuple[str, str], Change] = {**S3, **IDENTITIES, **MESSAGING, **MONITORING, **COMPUTE}

FIXED: dict[tuple[str, str], str] = {
    ("s3/bucket", "objectLockEnabled"): "chosen when a bucket is made",
    ("s3/bucketLogging", "targetGrants"): "refused where the target's owner is enforced, as all of ours are",
    ("s3/bucketLogging", "targetObjectKeyFormat"): "the emulator does not store it",
    ("iam/role", "path"): "chosen when a role is made",
    ("kms/key", "keyUsage"): "chosen when a key is made",
    ("kms/key", "multiRegion"): "chosen when a key is made",
    ("cloudwatch/logGroup", "logGroupClass"): "chosen when a log group is made",
    ("cloudwatch/metricAlarm", "thresholdMetricId"): "only alarms on anomaly bands have it, and we have none",
    ("cloudwatch/eventRule", "scheduleExpression"): "a rule has either a pattern, as all of ours, or a schedule",
    ("cloudwatch/eventRule", "eventBusName"): "part of a rule's identity",
    ("lambda/function", "architectures"): "the emulator keeps what the function was made with",
    ("lambda/function", "kmsKeyArn"): "the emulator does not store it",
    ("lambda/function", "layers"): "the emulator refuses layers it does not hold",
    ("sqs/queue", "kmsDataKeyReusePeriodSeconds"): "the emulator does not store it",
    ("scheduler/schedule", "startDate"): "the emulator does not store it",
    ("scheduler/schedule", "endDate"): "the emulator does not store it",
    ("scheduler/schedule", "kmsKeyArn"): "the emulator does not store it",
    ("ssm/parameter", "dataType"): "chosen when a parameter is made",
    ("ssm/document", "documentType"): "chosen when a document is made",
    ("ssm/document", "documentFormat"): "chosen when a document is made",
}
