"""The ARN a request of another service acts on, for authorization.

Plain moto knows it only for IAM and STS, and for SQS by a queue's URL; everywhere else it asks for `*`, which no
statement that names its resources covers. Services outside this table keep that: a role is allowed there only by a
statement on `*`.
"""

import json
import re
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote

from moto.awslambda.responses import LambdaResponse
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import BaseResponse
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.events.responses import EventsHandler
from moto.kms.responses import KmsResponse
from moto.logs.responses import LogsResponse
from moto.scheduler.responses import EventBridgeSchedulerResponse
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sns.responses import SNSResponse
from moto.sqs.responses import SQSResponse
from moto.ssm.responses import SimpleSystemManagerResponse

from local.account.record import ACCOUNT_ID, REGION

# The path of a request or its parameters to what follows `arn:aws:SERVICE:REGION:ACCOUNT:`, or an ARN, or None for `*`.
Find = Callable[[str, dict[str, Any]], str | None]


def _function(path: str, _: dict[str, Any]) -> str | None:
    if tagged := re.search(r"/tags/(arn:.+)", unquote(path)):
        return tagged[1]
    found = re.search(r"/functions/([^/]+)", unquote(path))
    return found and (found[1] if found[1].startswith("arn:") else f"function:{found[1]}")


def _alarm(_: str, given: dict[str, Any]) -> str | None:
    return given.get("ResourceARN")


def _cluster(_: str, given: dict[str, Any]) -> str | None:
    name = next(iter(given.get("clusters", [])), None)
    return name and (name if name.startswith("arn:") else f"cluster/{name}")


def _rule(_: str, given: dict[str, Any]) -> str | None:
    name = given.get("Rule") or given.get("Name")
    return given.get("ResourceARN") or (name and f"rule/{name}")


def _key(_: str, given: dict[str, Any]) -> str | None:
    name = given.get("KeyId")
    return name and (name if name.startswith(("arn:", "alias/")) else f"key/{name}")


def _log_group(_: str, given: dict[str, Any]) -> str | None:
    if "resourceArn" in given:
        return given["resourceArn"]
    name = given.get("logGroupName")
    return name and f"log-group:{name}:{'log-stream:' + given['logStreamName'] if 'logStreamName' in given else '*'}"


def _schedule(path: str, given: dict[str, Any]) -> str | None:
    if tagged := re.search(r"/tags/(arn:.+)", unquote(path)):
        return tagged[1]
    if group := re.search(r"/schedule-groups/([^/]+)", unquote(path)):
        return f"schedule-group/{group[1]}"
    found = re.search(r"/schedules/([^/]+)", unquote(path))
    return found and f"schedule/{given.get('groupName') or given.get('GroupName') or 'default'}/{found[1]}"


def _secret(_: str, given: dict[str, Any]) -> str | None:
    name = given.get("SecretId")
    return name if not name or name.startswith("arn:") else f"secret:{name}-AbCdEf"


def _queue(_: str, given: dict[str, Any]) -> str | None:
    name = given.get("QueueName") or given.get("QueueUrl", "").rpartition("/")[2]
    return name or None


def _topic(_: str, given: dict[str, Any]) -> str | None:
    return given.get("TopicArn") or given.get("TargetArn") or given.get("ResourceArn")


def _parameter(_: str, given: dict[str, Any]) -> str | None:
    if given.get("action") == "GetDocument":
        return f"document/{given['Name']}"
    if "ResourceId" in given:
        return f"{given['ResourceType'].lower()}/{given['ResourceId'].lstrip('/')}"
    name = given.get("Name") or given.get("Path") or next(iter(given.get("Names", [])), None)
    return name and f"parameter/{name.lstrip('/')}"


ASKED_BY_MOTO = "_determine_resource"
SERVICES: dict[type[BaseResponse], tuple[str, Find]] = {
    CloudWatchResponse: ("cloudwatch", _alarm),
    EC2ContainerServiceResponse: ("ecs", _cluster),
    EventsHandler: ("events", _rule),
    KmsResponse: ("kms", _key),
    LambdaResponse: ("lambda", _function),
    LogsResponse: ("logs", _log_group),
    EventBridgeSchedulerResponse: ("scheduler", _schedule),
    SecretsManagerResponse: ("secretsmanager", _secret),
    SQSResponse: ("sqs", _queue),
    SNSResponse: ("sns", _topic),
    SimpleSystemManagerResponse: ("ssm", _parameter),
}


def install() -> None:
    """Give each response class the method moto asks for a resource."""
    for owner, (service, find) in SERVICES.items():
        setattr(owner, ASKED_BY_MOTO, _method(service, find))


def _method(service: str, find: Find) -> Callable[[BaseResponse], str]:
    def resource(call: BaseResponse) -> str:
        found = find(call.path, _parameters(call))
        if found is None:
            return "*"
        return found if found.startswith("arn:") else f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{found}"

    return resource


def _parameters(call: BaseResponse) -> dict[str, Any]:
    query = {name: value[0] for name, value in cast("dict[str, Any]", call.querystring).items() if value}
    query["action"] = str(call.headers.get("X-Amz-Target", "")).rpartition(".")[2]
    try:
        body: Any = json.loads(call.body or "{}")
    except ValueError:
        return query
    return query | (cast("dict[str, Any]", body) if isinstance(body, dict) else {})
