"""EventBridge Scheduler refuses an expression or a time zone that means nothing; plain moto takes `cron(banana)`."""

import re
import zoneinfo
from typing import Any

from aws_cron_expression_validator.validator import AWSCronExpressionError, AWSCronExpressionValidator
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend

from local.account.patching import around

RATE = re.compile(r"rate\([1-9]\d* (?:minute|hour|day)s?\)")
AT = re.compile(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)")
CRON = re.compile(r"cron\((.+)\)")


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
    if not _means_something(expression):
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    if timezone and timezone not in zoneinfo.available_timezones():
        raise ValidationException(f"Provided ScheduleExpressionTimezone, {timezone}, is invalid.")


def _means_something(expression: str) -> bool:
    if RATE.fullmatch(expression) or AT.fullmatch(expression):
        return True
    cron = CRON.fullmatch(expression)
    if cron is None:
        return False
    try:
        AWSCronExpressionValidator.validate(cron[1])
    except AWSCronExpressionError:
        return False
    return True
