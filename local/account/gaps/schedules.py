"""EventBridge Scheduler refuses an expression or a time zone that means nothing; plain moto takes `cron(banana)`."""

import zoneinfo
from typing import Any

from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend

from local.account.patching import around
from semantics.schedules import cron_problem, is_moment, rate_problem


def install() -> None:
    """Check expression and time zone when a schedule is made or changed."""
    for name in ("create_schedule", "update_schedule"):

        @around(EventBridgeSchedulerBackend, name)
        def _checked(original: Any, backend: EventBridgeSchedulerBackend, **given: Any) -> Any:
            check(given["schedule_expression"], given.get("schedule_expression_timezone"))
            return original(backend, **given)


def check(expression: str, timezone: str | None) -> None:
    """Check a schedule's expression and time zone.

    Raises:
        ValidationException: Scheduler would refuse one of them.
    """
    rate, cron = rate_problem(expression, strict=False), cron_problem(expression)
    if rate and cron and not is_moment(expression):
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    if timezone and timezone not in zoneinfo.available_timezones():
        raise ValidationException(f"Provided ScheduleExpressionTimezone, {timezone}, is invalid.")
