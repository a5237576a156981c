"""What the function is told by its environment, checked once, before anything is read or deleted."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from estate.names import PREFIX
from runtime.environment import matching

NAME_PREFIX = f"{PREFIX}-temporary-uploads"
"""A bucket whose name does not begin so is never emptied (runbook: Hygiene)."""


@dataclass(frozen=True)
class CleanupSettings:
    """Where the function works.

    Attributes:
        bucket: the bucket that is emptied.
        account: the account that must own it; 12 digits.
        stop_parameter: SSM parameter that lets deleters go on only while its value is `run`.
        clean_at: time of day (UTC) of the scheduled cleanup; the hourly run judges by it whether work was left.
        backlog_threshold: bytes above which the backlog alarm fires.
        function_name: the function's own name, by which it starts its continuation.
    """

    bucket: str
    account: str
    stop_parameter: str
    clean_at: time
    backlog_threshold: int
    function_name: str


def read_settings(environment: Mapping[str, str] = os.environ) -> CleanupSettings:
    """Reads the settings.

    Raises:
        EnvironmentVariableError: where one is missing or cannot be meant.
    """
    return CleanupSettings(
        bucket=matching(environment, "BUCKET", rf"{NAME_PREFIX}(-[a-z0-9-]+)?", f"a name that begins {NAME_PREFIX}"),
        account=matching(environment, "ACCOUNT", r"\d{12}", "the 12-digit id of the account that owns the bucket"),
        stop_parameter=matching(environment, "STOP_PARAMETER", r"/[\w./-]+", "the path of an SSM parameter"),
        clean_at=time.fromisoformat(matching(environment, "CLEAN_AT", r"([01]\d|2[0-3]):[0-5]\d", "HH:MM in UTC")),
        backlog_threshold=int(matching(environment, "BACKLOG_THRESHOLD_BYTES", r"[1-9]\d*", "a number of bytes")),
        function_name=matching(environment, "AWS_LAMBDA_FUNCTION_NAME", r"[\w-]{1,64}", "the name that Lambda sets"),
    )
