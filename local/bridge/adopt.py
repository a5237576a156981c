"""Finding again what an interrupted run made and could not record.

If the engine is killed between a creation and the writing of its state file, the next run creates the resource once
more. Most of AWS's create calls then either succeed with the same resource or say that it exists; what exists under the
very same name in the emulated account is ours, so it is read back and brought to the wanted state.

Names are no help for keys and task definitions, which get a new identity at every creation. Those are looked for by
what they are: a key by description and tags, a task definition by its family. Only those count that need no
replacement, are older than this process, and that the engine has not spoken of, so that two equal keys of one program
stay two.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import boto3

from local.bridge.settings import Settings
from local.bridge.values import UNKNOWN, Value

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_kms import KMSClient

_EXISTS = re.compile(
    r"AlreadyExists|already exists|AlreadyOwnedByYou|QueueNameExists|ResourceConflictException|ConflictException"
    r"|ResourceExistsException|InvalidGroup\.Duplicate|EntityAlreadyExists",
)

_IDENTITIES: Mapping[str, tuple[str, str]] = {
    # Terraform type: (template of the import identifier, attributes that have to be there)
    "aws_cloudwatch_log_group": ("{name}", "name"),
    "aws_cloudwatch_event_rule": ("{event_bus_name}/{name}", "name"),
    "aws_cloudwatch_metric_alarm": ("{alarm_name}", "alarm_name"),
    "aws_cloudwatch_composite_alarm": ("{alarm_name}", "alarm_name"),
    "aws_cloudwatch_dashboard": ("{dashboard_name}", "dashboard_name"),
    "aws_cloudwatch_log_resource_policy": ("{policy_name}", "policy_name"),
    "aws_ecs_cluster": ("{name}", "name"),
    "aws_iam_openid_connect_provider": ("arn:aws:iam::{account}:oidc-provider/{url}", "url"),
    "aws_iam_policy": ("arn:aws:iam::{account}:policy{path}{name}", "name"),
    "aws_iam_role": ("{name}", "name"),
    "aws_iam_role_policy": ("{role}:{name}", "role name"),
    "aws_kms_alias": ("{name}", "name"),
    "aws_lambda_function": ("{function_name}", "function_name"),
    "aws_lambda_permission": ("{function_name}/{statement_id}", "function_name statement_id"),
    "aws_s3_bucket": ("{bucket}", "bucket"),
    "aws_scheduler_schedule": ("{group_name}/{name}", "name"),
    "aws_scheduler_schedule_group": ("{name}", "name"),
    "aws_secretsmanager_secret": ("arn:aws:secretsmanager:{region}:{account}:secret:{name}", "name"),
    "aws_sns_topic": ("arn:aws:sns:{region}:{account}:{name}", "name"),
    "aws_sqs_queue": ("{endpoint}/{account}/{name}", "name"),
    "aws_ssm_document": ("{name}", "name"),
    "aws_ssm_parameter": ("{name}", "name"),
}
# Where the provider takes "exists" for a passing conflict, and tries again for minutes: look before creating.
LOOK_FIRST = frozenset({"aws_lambda_function", "aws_lambda_permission"})
_DEFAULTS = {"group_name": "default", "event_bus_name": "default", "path": "/"}


def means_existing(error: str) -> bool:
    """Tell whether a creation failed because there is such a thing already."""
    return _EXISTS.search(error) is not None


@dataclass(frozen=True)
class Place:
    """Where a resource stands: what identifiers hold besides its name.

    Attributes:
        endpoint: URL of the account.
        region: its region.
        account: its id.
    """

    endpoint: str
    region: str
    account: str


def identity(terraform_type: str, configuration: Value, place: Place) -> str | None:
    """Return the identifier that a configuration's resource will have, None where AWS chooses it."""
    template, needed = _IDENTITIES.get(terraform_type, ("", ""))
    if not template or any(configuration.get(name) in (None, UNKNOWN) for name in needed.split()):
        return None
    known = {name: value for name, value in configuration.items() if value not in (None, UNKNOWN)}
    if "url" in known:
        known["url"] = str(known["url"]).removeprefix("https://")
    return template.format_map({**_DEFAULTS, **asdict(place), **known})


def nameless(terraform_type: str, configuration: Value, settings: Settings, before: float) -> Iterator[str]:
    """Yield identifiers of resources without a name of their own that may be what a configuration describes.

    Args:
        terraform_type: type to look for.
        configuration: what it has to look like.
        settings: where to look.
        before: time in seconds since the epoch; younger ones are not ours to take.
    """
    search = _SEARCHES.get(terraform_type)
    if search is not None:
        yield from search(configuration, settings, before)


def client(settings: Settings, service: str) -> Any:
    """Return a client of the account, for what the provider can't be asked."""
    # The stubs know only some services by name, which leaves the overloads partly unknown.
    make: Callable[..., Any] = boto3.client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    keys = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    return make(service, endpoint_url=settings.endpoint, region_name=settings.region, **keys)


def _keys(configuration: Value, settings: Settings, before: float) -> Iterator[str]:
    kms: KMSClient = client(settings, "kms")
    wanted: dict[str, str] = configuration.get("tags") or {}
    for page in kms.get_paginator("list_keys").paginate():
        for entry in page["Keys"]:
            key = kms.describe_key(KeyId=entry.get("KeyId", ""))["KeyMetadata"]
            if key.get("KeyState") != "Enabled" or key.get("Description") != configuration.get("description"):
                continue
            tags = {tag["TagKey"]: tag["TagValue"] for tag in kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]}
            if tags == wanted and "CreationDate" in key and key["CreationDate"].timestamp() < before:
                yield key["KeyId"]


def _task_definitions(configuration: Value, settings: Settings, before: float) -> Iterator[str]:
    ecs: ECSClient = client(settings, "ecs")
    for page in ecs.get_paginator("list_task_definitions").paginate(status="ACTIVE", sort="DESC"):
        for arn in page["taskDefinitionArns"]:
            task = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
            registered = task.get("registeredAt")
            if task.get("family") == configuration.get("family") and (
                registered is None or registered.timestamp() < before
            ):
                yield arn


def _security_groups(configuration: Value, settings: Settings, before: float) -> Iterator[str]:
    del before  # a group's name is unique within its network
    ec2: EC2Client = client(settings, "ec2")
    name = configuration.get("name")
    for group in ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [str(name)]}])[
        "SecurityGroups"
    ]:
        if configuration.get("vpc_id") in (None, group.get("VpcId")) and "GroupId" in group:
            yield group["GroupId"]


_SEARCHES: Mapping[str, Callable[[Value, Settings, float], Iterator[str]]] = {
    "aws_kms_key": _keys,
    "aws_ecs_task_definition": _task_definitions,
    "aws_security_group": _security_groups,
}
