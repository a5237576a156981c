"""The SSM parameter that stops every deleter before its next batch while it says anything but `run`."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import boto3

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def stop_value(parameter: str) -> Callable[[], str]:
    """Returns what reads the parameter's value; an error of SSM is the caller's, for whom it means stop."""
    client: SSMClient = boto3.client("ssm")  # pyright: ignore[reportUnknownMemberType]
    return lambda: client.get_parameter(Name=parameter)["Parameter"].get("Value", "")
