from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site

RETRIES = 3
OLDEST_SECONDS = 3600
"""A run that could not be started for an hour goes to the dead-letter queue: the next one is due anyway."""


@dataclass(frozen=True)
class ScheduleGroupArgs:
    """Arguments of `ScheduleGroup`.

    Attributes:
        group: physical name.
    """

    group: str


class ScheduleGroup(Component):
    """The group of every schedule here: roles of schedules trust it, and nothing outside it.

    Attributes:
        group: the group; its schedules depend on it.
    """

    runbook = Section.RETENTION

    def __init__(
        self, name: str, site: Site, args: ScheduleGroupArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts)
        self.group = aws.scheduler.ScheduleGroup(name, name=args.group, tags=self.tags, opts=self.child())
        self.finish(group=args.group)


def exactly_on_time() -> aws.scheduler.ScheduleFlexibleTimeWindowArgs:
    """No flexible window: alarms on silence count from the minute that a run is due."""
    return aws.scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF")


def retry_policy() -> aws.scheduler.ScheduleTargetRetryPolicyArgs:
    """Repeats starting the target, not its work: a run that began is never repeated."""
    return aws.scheduler.ScheduleTargetRetryPolicyArgs(
        maximum_event_age_in_seconds=OLDEST_SECONDS, maximum_retry_attempts=RETRIES
    )
