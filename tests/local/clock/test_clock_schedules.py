"""Schedules are fired on demand.

An emulation of EventBridge Scheduler: nothing fires by itself, and a delivery that fails is not repeated.
"""

import json
import uuid
from typing import Any

import pytest

from local.account.daemon import Account, authorization
from local.clock.aws import Clients
from local.clock.schedules import ScheduleError, fire
from tests.local.clock.conftest import Deploy, make_role

pytestmark = pytest.mark.account

ECHO = "def handler(event, context): return event"
INVOKE = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}


def _schedule(clients: Clients, target: Any, *, enabled: bool = True, group: str = "default") -> str:
    name = f"schedule-{uuid.uuid4().hex[:8]}"
    if group != "default":
        clients.scheduler.create_schedule_group(Name=group)
    clients.scheduler.create_schedule(
        Name=name,
        GroupName=group,
        ScheduleExpression="rate(24 hours)",
        FlexibleTimeWindow={"Mode": "OFF"},
        State="ENABLED" if enabled else "DISABLED",
        Target=target,
    )
    return name


def _function(deploy: Deploy, clients: Clients, code: str = ECHO) -> str:
    name = deploy(code)
    return f"arn:aws:lambda:{clients.account.region}:{clients.account.account_id}:function:{name}"


def test_a_schedule_runs_its_function_with_its_input(deploy: Deploy, clients: Clients) -> None:
    arn = _function(deploy, clients)
    target = {
        "Arn": arn,
        "RoleArn": make_role(clients, "scheduler.amazonaws.com", INVOKE),
        "Input": '{"mode": "clean", "attempt": "<aws.scheduler.attempt-number>"}',
    }
    fired = fire(clients, _schedule(clients, target, group=f"group-{uuid.uuid4().hex[:8]}"))
    assert (fired.target, fired.error) == (arn, None)
    assert json.loads(fired.payload) == {"mode": "clean", "attempt": "1"}
    assert "REPORT RequestId" in fired.log


def test_a_schedule_without_input_says_what_it_is(deploy: Deploy, clients: Clients) -> None:
    target = {"Arn": _function(deploy, clients), "RoleArn": make_role(clients, "scheduler.amazonaws.com", INVOKE)}
    fired = fire(clients, _schedule(clients, target))
    assert json.loads(fired.payload)["resources"] == [fired.schedule]


def test_a_function_that_fails_is_told(deploy: Deploy, clients: Clients) -> None:
    arn = _function(deploy, clients, 'def handler(event, context): raise ValueError("no")')
    target = {"Arn": arn, "RoleArn": make_role(clients, "scheduler.amazonaws.com", INVOKE)}
    fired = fire(clients, _schedule(clients, target))
    assert fired.error == "Unhandled"
    assert "ValueError: no" in fired.log


def test_a_disabled_schedule_fires_only_if_told_to(deploy: Deploy, clients: Clients) -> None:
    target = {"Arn": _function(deploy, clients), "RoleArn": make_role(clients, "scheduler.amazonaws.com", INVOKE)}
    name = _schedule(clients, target, enabled=False)
    with pytest.raises(ScheduleError, match="is disabled"):
        fire(clients, name)
    assert fire(clients, name, even_if_disabled=True).error is None


def test_a_task_is_not_emulated_and_said_so(clients: Clients) -> None:
    target = {
        "Arn": "arn:aws:ecs:us-east-1:123456789012:cluster/author",
        "RoleArn": make_role(clients, "scheduler.amazonaws.com"),
        "EcsParameters": {"TaskDefinitionArn": "arn:aws:ecs:us-east-1:123456789012:task-definition/retention:1"},
    }
    with pytest.raises(ScheduleError, match=r"starts an ECS task .* does not emulate"):
        fire(clients, _schedule(clients, target))


def test_an_unknown_schedule_is_answered_with_the_known_ones(deploy: Deploy, clients: Clients) -> None:
    target = {"Arn": _function(deploy, clients), "RoleArn": make_role(clients, "scheduler.amazonaws.com", INVOKE)}
    known = _schedule(clients, target)
    with pytest.raises(ScheduleError, match=f"no schedule nothing.*{known}"):
        fire(clients, "nothing")


def test_a_role_that_does_not_trust_scheduler_is_refused(deploy: Deploy, clients: Clients) -> None:
    target = {"Arn": _function(deploy, clients), "RoleArn": make_role(clients, "lambda.amazonaws.com", INVOKE)}
    with pytest.raises(ScheduleError, match=r"does not trust scheduler\.amazonaws\.com"):
        fire(clients, _schedule(clients, target))


def test_a_role_that_may_not_invoke_the_function_is_refused(deploy: Deploy, clients: Clients, running: Account) -> None:
    mine, other = _function(deploy, clients), _function(deploy, clients)
    role = make_role(clients, "scheduler.amazonaws.com", INVOKE | {"Resource": mine})
    good = _schedule(clients, {"Arn": mine, "RoleArn": role})
    bad = _schedule(clients, {"Arn": other, "RoleArn": role})
    authorization(running, on=True)
    try:
        assert fire(clients, good).error is None
        with pytest.raises(ScheduleError, match="can't invoke"):
            fire(clients, bad)
    finally:
        authorization(running, on=False)
