import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.function import Function
from components.policy import allow, trust
from components.role import ServiceRole, ServiceRoleArgs
from components.schedules import ScheduleGroup, exactly_on_time, retry_policy


@dataclass(frozen=True)
class Run:
    """One reason to call a function.

    Attributes:
        schedule: physical name of the schedule.
        description: what happens then.
        expression: when, in UTC.
        event: what the function is told.
    """

    schedule: str
    description: str
    expression: str
    event: Mapping[str, object]


@dataclass(frozen=True)
class FunctionSchedulesArgs:
    """Arguments of `FunctionSchedules`.

    Attributes:
        function: what is called.
        function_name: its physical name; the schedules' role is named after it.
        runs: when, and with which event.
        group: group of the schedules.
        runbook: section of the runbook that they serve.
    """

    function: Function
    function_name: str
    runs: Sequence[Run]
    group: ScheduleGroup
    runbook: Section


class FunctionSchedules(Component):
    """Schedules that call one function, and the role with which they may call it and nothing else."""

    runbook = Section.HYGIENE

    def __init__(
        self, name: str, site: Site, args: FunctionSchedulesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts, runbook=args.runbook)
        names, function = site.names, args.function
        role = ServiceRole(
            f"{name}-role",
            site,
            ServiceRoleArgs(
                f"{args.function_name}-schedule-role",
                f"Taken on by EventBridge Scheduler to call the function {args.function_name}.",
                trust("scheduler.amazonaws.com", names, names.schedule_group_arn(names.schedule_group)),
                [
                    allow("Call", ["lambda:InvokeFunction"], [function.arn]),
                    allow("ReportFailure", ["sqs:SendMessage"], [function.dead_letters.arn]),
                ],
                args.runbook,
            ),
            self.child(),
        )
        for run in args.runs:
            aws.scheduler.Schedule(
                run.schedule,
                name=run.schedule,
                group_name=names.schedule_group,
                description=run.description,
                schedule_expression=run.expression,
                schedule_expression_timezone="UTC",
                flexible_time_window=exactly_on_time(),
                target=aws.scheduler.ScheduleTargetArgs(
                    arn=function.arn,
                    role_arn=role.arn,
                    input=json.dumps(run.event),
                    retry_policy=retry_policy(),
                    dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=function.dead_letters.arn),
                ),
                opts=self.child(
                    depends_on=[args.group.group, role.policy, function.function, function.dead_letters.queue]
                ),
            )
        self.finish(schedules=[run.schedule for run in args.runs])
