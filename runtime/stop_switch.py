"""The SSM parameter that stops every deleter before its next batch while it says anything but `run`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from runtime.objects.bound import within

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

LONGEST = 8.0
"""Seconds that a reading may take in all, repetitions included: every deleter waits for it."""

BRIEF = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
"""For calls that nobody should wait for long."""


def stop_value(parameter: str) -> Callable[[], str]:
    """Returns what reads the parameter's value; an error of SSM is the caller's, for whom it means stop."""
    client: SSMClient = boto3.client("ssm", config=BRIEF)  # pyright: ignore[reportUnknownMemberType]
    return lambda: within(LONGEST, lambda: client.get_parameter(Name=parameter))["Parameter"].get("Value", "")
