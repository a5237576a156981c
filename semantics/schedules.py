"""Schedule expressions of EventBridge: cron(…), rate(…) and at(…).

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html, read 2026-11-24.
"""

import re
from datetime import datetime

from aws_cron_expression_validator.validator import AWSCronExpressionError, AWSCronExpressionValidator


def cron_problem(expression: str) -> str | None:
    """Says what is wrong with a cron(…) in EventBridge's six fields; None where nothing is."""
    if not (cron := re.fullmatch(r"cron\((.+)\)", expression)):
        return "not cron(...)"
    try:
        AWSCronExpressionValidator.validate(cron[1])
    except AWSCronExpressionError as error:
        return str(error)
    return None


def rate_problem(expression: str, *, strict: bool) -> str | None:
    """Says what is wrong with a rate(…); None where nothing is.

    Args:
        expression: as `rate(1 hour)`.
        strict: whether 1 must have the singular and more the plural, as event rules want and Scheduler does not.
    """
    if not (rate := re.fullmatch(r"rate\(([1-9]\d*) (minute|hour|day)(s?)\)", expression)):
        return "not rate(...)"
    if strict and (rate[1] == "1") != (rate[3] == ""):
        return "rate takes the singular for 1 and the plural for more"
    return None


def is_moment(expression: str) -> bool:
    """Says whether it is an at(yyyy-mm-ddThh:mm:ss)."""
    try:
        datetime.strptime(expression, "at(%Y-%m-%dT%H:%M:%S)")  # noqa: DTZ007  (a schedule names its zone apart)
    except ValueError:
        return False
    return True
