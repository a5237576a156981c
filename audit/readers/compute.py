"""Lambda functions, EventBridge schedules, the ECS cluster and task definition, SSM parameters and documents."""

import json
from collections.abc import Iterator
from typing import Any

from audit.api import AbsentError, Account, UnreadableError
from audit.table import Call, Kind, Ours, at, camel, one_of, raw, rows, tags_at
from estate.names import PREFIX
from estate.secrets import ENDPOINT_DIGEST, SECRET

FUNCTION_ARN = f"arn:aws:lambda:{{region}}:{{account}}:function:{PREFIX}-*"
SCHEDULE_ARN = "arn:aws:scheduler:{region}:{account}:schedule/*"
GROUP_ARN = "arn:aws:scheduler:{region}:{account}:schedule-group/*"
CLUSTER_ARN = f"arn:aws:ecs:{{region}}:{{account}}:cluster/{PREFIX}-*"
PARAMETER_ARN = f"arn:aws:ssm:{{region}}:{{account}}:parameter/{PREFIX}/*"
DOCUMENT_ARN = "arn:aws:ssm:{region}:{account}:document/*"
FUNCTION = "aws:lambda/function:Function"

GET_FUNCTION = Call("lambda", "get_function", "lambda:GetFunction", FUNCTION_ARN)
# GetFunction has the tags too, but leaves them out, silently, where lambda:ListTags is not granted.
FUNCTION_TAGS = Call("lambda", "list_tags", "lambda:ListTags", FUNCTION_ARN)
FUNCTIONS = Call("lambda", "list_functions", "lambda:ListFunctions", "*")
INVOKE_CONFIG = Call("lambda", "get_function_event_invoke_config", "lambda:GetFunctionEventInvokeConfig", FUNCTION_ARN)
FUNCTION_POLICY = Call("lambda", "get_policy", "lambda:GetPolicy", FUNCTION_ARN)
SCHEDULE = Call("scheduler", "get_schedule", "scheduler:GetSchedule", SCHEDULE_ARN)
SCHEDULES = Call("scheduler", "list_schedules", "scheduler:ListSchedules", "*")
GROUP = Call("scheduler", "get_schedule_group", "scheduler:GetScheduleGroup", GROUP_ARN)
GROUP_TAGS = Call("scheduler", "list_tags_for_resource", "scheduler:ListTagsForResource", GROUP_ARN)
CLUSTER = Call("ecs", "describe_clusters", "ecs:DescribeClusters", CLUSTER_ARN)
TASK = Call("ecs", "describe_task_definition", "ecs:DescribeTaskDefinition", "*")
PARAMETER = Call("ssm", "get_parameter", "ssm:GetParameter", PARAMETER_ARN)
PARAMETERS = Call("ssm", "describe_parameters", "ssm:DescribeParameters", "*")
SSM_TAGS = Call("ssm", "list_tags_for_resource", "ssm:ListTagsForResource", PARAMETER_ARN)
DOCUMENT = Call("ssm", "get_document", "ssm:GetDocument", DOCUMENT_ARN)
DOCUMENTS = Call("ssm", "list_documents", "ssm:ListDocuments", "*")
DOCUMENT_TAGS = Call("ssm", "list_tags_for_resource", "ssm:ListTagsForResource", DOCUMENT_ARN)


def _all(_: str, __: Account) -> dict[str, Any]:
    return {}


def _function(physical: str, _: Account) -> dict[str, Any]:
    return {"FunctionName": physical.partition("/")[0]}


def _function_arn(physical: str, account: Account) -> dict[str, Any]:
    return {"Resource": f"arn:aws:lambda:{account.region}:{account.id}:function:{physical}"}


def _variables(answer: Any) -> dict[str, Any]:
    """The variables; where Lambda can't decrypt them for the caller, an error stands in their place."""
    environment = answer["Configuration"].get("Environment", {})
    if error := environment.get("Error"):
        code, message = error.get("ErrorCode"), error.get("Message")
        raise UnreadableError(f"lambda:get_function answered {code} for the variables: {message}")
    return {"variables": environment.get("Variables")}


def _logging(answer: Any) -> Any:
    """Logging, unless it is what Lambda does by itself: text, into the group named after the function."""
    configuration = answer["Configuration"]
    found = camel(configuration.get("LoggingConfig"))
    return None if found == {"logFormat": "Text", "logGroup": f"/aws/lambda/{configuration['FunctionName']}"} else found


def _target(answer: Any) -> Any:
    """The target; Pulumi has the network settings one level higher than the API."""
    target = camel(answer["Target"])
    network = target.get("ecsParameters", {}).get("networkConfiguration", {})
    if "awsvpcConfiguration" in network:
        inner = network.pop("awsvpcConfiguration")
        network.update(inner, assignPublicIp=inner.get("assignPublicIp") == "ENABLED")
    return target


def _our_functions(account: Account, _: Ours) -> Iterator[str]:
    for function in account.ask("lambda", "list_functions")["Functions"]:
        if function["FunctionName"].startswith(f"{PREFIX}-"):
            yield function["FunctionName"]


def _permission(answer: Any, physical: str, _: Account) -> Any:
    sid = physical.partition("/")[2]
    return next((s for s in json.loads(answer["Policy"])["Statement"] if s.get("Sid") == sid), None)


def _permissions(account: Account, ours: Ours) -> Iterator[str]:
    for function in ours.declared[FUNCTION]:
        try:
            answer = account.ask("lambda", "get_policy", FunctionName=function)
        except AbsentError:
            continue
        yield from (f"{function}/{s.get('Sid', '')}" for s in json.loads(answer["Policy"])["Statement"])


def _schedule(physical: str, _: Account) -> dict[str, Any]:
    return dict(zip(("GroupName", "Name"), physical.rsplit("/", 1), strict=True))


def _our_schedules(account: Account, ours: Ours) -> Iterator[str]:
    groups = ours.declared["aws:scheduler/scheduleGroup:ScheduleGroup"]
    for found in account.ask("scheduler", "list_schedules")["Schedules"]:
        if found["GroupName"] in groups or found["Name"].startswith(f"{PREFIX}-"):
            yield f"{found['GroupName']}/{found['Name']}"


def _group(physical: str, _: Account) -> dict[str, Any]:
    return {"Name": physical}


def _group_arn(physical: str, account: Account) -> dict[str, Any]:
    return {"ResourceArn": f"arn:aws:scheduler:{account.region}:{account.id}:schedule-group/{physical}"}


def _cluster(physical: str, _: Account) -> dict[str, Any]:
    return {"clusters": [physical], "include": ["TAGS", "SETTINGS", "CONFIGURATIONS"]}


def _active(answer: Any, physical: str, _: Account) -> Any:
    return next(
        (c for c in answer["clusters"] if c["clusterName"] == physical and c.get("status", "ACTIVE") == "ACTIVE"), None
    )


def _task(physical: str, _: Account) -> dict[str, Any]:
    return {"taskDefinition": physical, "include": ["TAGS"]}


def _containers(answer: Any) -> Any:
    """The container definitions without what ECS adds empty."""
    found = answer["taskDefinition"]["containerDefinitions"]
    return [{k: v for k, v in c.items() if v not in ([], {}, 0)} for c in found]


def _parameter(physical: str, _: Account) -> dict[str, Any]:
    return {"Name": physical}


def _value(answer: Any) -> str:
    """The value; a digest of a secret is looked at where the secret is: at the subscription."""
    parameter = answer["Parameter"]
    return SECRET if parameter["Name"].endswith(f"/{ENDPOINT_DIGEST}") else parameter["Value"]


def _parameter_tags(physical: str, _: Account) -> dict[str, Any]:
    return {"ResourceType": "Parameter", "ResourceId": physical}


def _our_parameters(account: Account, _: Ours) -> Iterator[str]:
    for found in account.ask("ssm", "describe_parameters")["Parameters"]:
        if found["Name"].startswith(f"/{PREFIX}/"):
            yield found["Name"]


def _document(physical: str, _: Account) -> dict[str, Any]:
    return {"Name": physical}


def _document_tags(physical: str, _: Account) -> dict[str, Any]:
    return {"ResourceType": "Document", "ResourceId": physical}


def _our_documents(account: Account, _: Ours) -> Iterator[str]:
    own = [{"Key": "Owner", "Values": ["Self"]}]
    for found in account.ask("ssm", "list_documents", Filters=own)["DocumentIdentifiers"]:
        if found["Name"].startswith((f"{PREFIX}-", f"{PREFIX.capitalize()}-")):
            yield found["Name"]


KINDS = (
    Kind(
        FUNCTION,
        ("name",),
        (
            *rows(
                GET_FUNCTION,
                _function,
                {
                    "runtime": at("Configuration", "Runtime"),
                    "handler": at("Configuration", "Handler"),
                    "role": at("Configuration", "Role"),
                    "description": at("Configuration", "Description"),
                    "timeout": at("Configuration", "Timeout"),
                    "memorySize": at("Configuration", "MemorySize"),
                    "architectures": at("Configuration", "Architectures"),
                    "environment": _variables,
                    "deadLetterConfig": at("Configuration", "DeadLetterConfig"),
                    "loggingConfig": _logging,
                    "tracingConfig": at("Configuration", "TracingConfig"),
                    "kmsKeyArn": at("Configuration", "KMSKeyArn"),
                    "layers": at("Configuration", "Layers"),
                    "code": at("Configuration", "CodeSha256"),
                    "reservedConcurrentExecutions": at("Concurrency", "ReservedConcurrentExecutions"),
                },
                defaults={
                    "timeout": 3,
                    "memorySize": 128,
                    "architectures": ["x86_64"],
                    "tracingConfig": {"mode": "PassThrough"},
                },
            ),
            *rows(FUNCTION_TAGS, _function_arn, {"tags": tags_at("Tags")}),
        ),
        "aws lambda delete-function --function-name {physical}",
        discover=_our_functions,
        discovered_by=(FUNCTIONS,),
    ),
    Kind(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        ("functionName",),
        rows(
            INVOKE_CONFIG,
            _function,
            {
                "maximumRetryAttempts": at("MaximumRetryAttempts"),
                "maximumEventAgeInSeconds": at("MaximumEventAgeInSeconds"),
                "destinationConfig": at("DestinationConfig"),
            },
        ),
        "aws lambda delete-function-event-invoke-config --function-name {physical}",
    ),
    Kind(
        "aws:lambda/permission:Permission",
        ("function", "statementId"),
        rows(
            FUNCTION_POLICY,
            _function,
            {
                "action": raw("Action"),
                "principal": raw("Principal", "Service"),
                "sourceArn": raw("Condition", "ArnLike", "AWS:SourceArn"),
                "sourceAccount": raw("Condition", "StringEquals", "AWS:SourceAccount"),
            },
            pick=_permission,
        ),
        "aws lambda remove-permission --function-name {0} --statement-id {1}",
        discover=_permissions,
        discovered_by=(FUNCTION_POLICY,),
    ),
    Kind(
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        ("name",),
        (
            *rows(GROUP, _group, {"name": raw("Name")}),
            *rows(GROUP_TAGS, _group_arn, {"tags": tags_at("Tags")}),
        ),
        "aws scheduler delete-schedule-group --name {physical}",
    ),
    Kind(
        "aws:scheduler/schedule:Schedule",
        ("groupName", "name"),
        rows(
            SCHEDULE,
            _schedule,
            {
                "description": raw("Description"),
                "scheduleExpression": raw("ScheduleExpression"),
                "scheduleExpressionTimezone": raw("ScheduleExpressionTimezone"),
                "state": raw("State"),
                "startDate": raw("StartDate"),
                "endDate": raw("EndDate"),
                "flexibleTimeWindow": at("FlexibleTimeWindow"),
                "kmsKeyArn": raw("KmsKeyArn"),
                "target": _target,
            },
            defaults={"state": "ENABLED", "scheduleExpressionTimezone": "UTC"},
        ),
        "aws scheduler delete-schedule --group-name {0} --name {1}",
        discover=_our_schedules,
        discovered_by=(SCHEDULES,),
    ),
    Kind(
        "aws:ecs/cluster:Cluster",
        ("name",),
        rows(
            CLUSTER,
            _cluster,
            {
                "name": raw("clusterName"),
                "settings": raw("settings"),
                "tags": tags_at("tags", name="key", value="value"),
            },
            pick=_active,
        ),
        "aws ecs delete-cluster --cluster {physical}",
    ),
    Kind(
        "aws:ecs/taskDefinition:TaskDefinition",
        ("family",),
        rows(
            TASK,
            _task,
            {
                "containerDefinitions": _containers,
                "cpu": raw("taskDefinition", "cpu"),
                "memory": raw("taskDefinition", "memory"),
                "networkMode": raw("taskDefinition", "networkMode"),
                "requiresCompatibilities": raw("taskDefinition", "requiresCompatibilities"),
                "executionRoleArn": raw("taskDefinition", "executionRoleArn"),
                "taskRoleArn": raw("taskDefinition", "taskRoleArn"),
                "runtimePlatform": raw("taskDefinition", "runtimePlatform"),
                "volumes": raw("taskDefinition", "volumes"),
                "tags": tags_at("tags", name="key", value="value"),
            },
        ),
        "aws ecs deregister-task-definition --task-definition {physical}",
        exempt={"skipDestroy": "a setting of the engine; ECS does not know it"},
    ),
    Kind(
        "aws:ssm/parameter:Parameter",
        ("name",),
        (
            *rows(PARAMETER, _parameter, {"type": raw("Parameter", "Type"), "value": _value}),
            *rows(
                PARAMETERS,
                _all,
                {
                    "description": raw("Description"),
                    "tier": raw("Tier"),
                    "allowedPattern": raw("AllowedPattern"),
                    "dataType": raw("DataType"),
                },
                defaults={"tier": "Standard", "dataType": "text"},
                pick=one_of("Parameters", "Name"),
            ),
            *rows(SSM_TAGS, _parameter_tags, {"tags": tags_at("TagList")}),
        ),
        "aws ssm delete-parameter --name {physical}",
        exempt={"overwrite": "a setting of the engine; SSM does not know it"},
        discover=_our_parameters,
        discovered_by=(PARAMETERS,),
    ),
    Kind(
        "aws:ssm/document:Document",
        ("name",),
        (
            *rows(
                DOCUMENT,
                _document,
                {
                    "content": raw("Content"),
                    "documentType": raw("DocumentType"),
                    "documentFormat": raw("DocumentFormat"),
                },
                defaults={"documentFormat": "JSON"},
            ),
            *rows(DOCUMENT_TAGS, _document_tags, {"tags": tags_at("TagList")}),
        ),
        "aws ssm delete-document --name {physical}",
        discover=_our_documents,
        discovered_by=(DOCUMENTS,),
    ),
)
