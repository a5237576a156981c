"""A schedule is fired on demand: its target gets its input, under its role.

An emulation of EventBridge Scheduler: nothing fires by itself, a failed delivery is reported and neither repeated nor
sent to the dead-letter queue, and of all targets only Lambda functions are run.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from botocore.exceptions import ClientError

from estate.errors import MendableError
from local.clock.aws import Clients

SERVICE = "scheduler.amazonaws.com"


class ScheduleError(MendableError):
    """The schedule can't be fired; the text is one sentence on what was found and what to do."""


@dataclass(frozen=True)
class Fired:
    """What came of firing a schedule.

    Attributes:
        schedule: its ARN.
        target: the function's ARN.
        payload: what the function returned, as JSON.
        error: None, or how the function failed.
        log: the end of its log.
    """

    schedule: str
    target: str
    payload: str
    error: str | None
    log: str


def fire(clients: Clients, name: str, *, even_if_disabled: bool = False) -> Fired:
    """Fire a schedule once and wait for its function.

    Args:
        clients: of the account.
        name: of the schedule, whatever its group.
        even_if_disabled: fire it although AWS would not.

    Raises:
        ScheduleError: there is none of that name, it is disabled, its target is not emulated, its role is not usable,
            or the role may not invoke the function.
    """
    schedule = _find(clients, name)
    if schedule["State"] != "ENABLED" and not even_if_disabled:
        raise ScheduleError(
            f"Schedule {name} is disabled, so AWS would not fire it; add --even-if-disabled to do it here."
        )
    target: Mapping[str, Any] = schedule["Target"]
    if ":lambda:" not in target["Arn"] or ":function:" not in target["Arn"]:
        kind = "an ECS task" if "EcsParameters" in target else "a target of another kind"
        raise ScheduleError(
            f"Schedule {name} starts {kind} ({target['Arn']}), which the embedded account does not emulate; "
            "only Lambda functions are run."
        )
    functions = clients.make("lambda", **_credentials(clients, name, target["RoleArn"]))
    try:
        answer = functions.invoke(FunctionName=target["Arn"], Payload=_input(schedule).encode(), LogType="Tail")
    except ClientError as error:
        raise ScheduleError(f"Schedule {name} can't invoke {target['Arn']}: {error}") from error
    log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")
    return Fired(schedule["Arn"], target["Arn"], answer["Payload"].read().decode(), answer.get("FunctionError"), log)


def _find(clients: Clients, name: str) -> Mapping[str, Any]:
    pages = clients.scheduler.get_paginator("list_schedules").paginate()
    found = [one for page in pages for one in page["Schedules"]]
    groups = [one.get("GroupName", "default") for one in found if one.get("Name") == name]
    if not groups:
        known = ", ".join(sorted(one.get("Name", "") for one in found)) or "none"
        raise ScheduleError(f"There is no schedule {name} in the account; there are: {known}.")
    return cast("Mapping[str, Any]", clients.scheduler.get_schedule(Name=name, GroupName=groups[0]))


def _credentials(clients: Clients, name: str, role: str) -> dict[str, str | None]:
    """Take the schedule's role, as Scheduler would."""
    try:
        found = clients.iam.get_role(RoleName=role.rsplit("/", 1)[-1])["Role"]
    except ClientError as error:
        raise ScheduleError(f"Schedule {name} has a role that is not there: {role}.") from error
    if SERVICE not in json.dumps(found.get("AssumeRolePolicyDocument")):
        raise ScheduleError(f"Schedule {name} can't take its role: {role} does not trust {SERVICE}.")
    taken = clients.sts.assume_role(RoleArn=role, RoleSessionName="scheduler")["Credentials"]
    return {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }


def _input(schedule: Mapping[str, Any]) -> str:
    """Return what the target gets, with Scheduler's context attributes filled in."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes = {
        "<aws.scheduler.schedule-arn>": schedule["Arn"],
        "<aws.scheduler.scheduled-time>": now,
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }
    text: str = schedule["Target"].get("Input") or json.dumps(
        {
            "version": "0",
            "id": attributes["<aws.scheduler.execution-id>"],
            "detail-type": "Scheduled Event",
            "source": "aws.scheduler",
            "time": now,
            "resources": [schedule["Arn"]],
            "detail": "{}",
        }
    )
    for attribute, value in attributes.items():
        text = text.replace(attribute, value)
    return text
