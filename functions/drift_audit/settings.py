"""What the function is told by its environment, checked once, before anything is read."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass


class SettingsError(ValueError):
    """An environment variable is missing or unusable; the message names it, what was found and what is expected."""


@dataclass(frozen=True)
class Settings:
    """Where the function works.

    Attributes:
        account: the account that it audits; 12 digits.
        region: AWS region.
        evidence_bucket: holds what is declared, and gets the reports.
        estate_sha256: name, and check, of what is declared.
        topic: ARN of the topic that hears of a report.
    """

    account: str
    region: str
    evidence_bucket: str
    estate_sha256: str
    topic: str

    @property
    def estate_key(self) -> str:
        """Key of the declared estate in the evidence bucket."""
        return f"estates/{self.estate_sha256}.json"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Reads the settings.

    Raises:
        SettingsError: where one is missing or cannot be meant.
    """
    return Settings(
        account=_matching(environment, "ACCOUNT", r"\d{12}", "the 12-digit id of the account"),
        region=_matching(environment, "AWS_REGION", r"[a-z]{2}(-[a-z]+)+-\d", "the region that Lambda sets"),
        evidence_bucket=_matching(environment, "EVIDENCE_BUCKET", r"[a-z0-9-]{3,63}", "the name of a bucket"),
        estate_sha256=_matching(environment, "ESTATE_SHA256", r"[0-9a-f]{64}", "the SHA-256 of the estate, in hex"),
        topic=_matching(environment, "TOPIC_ARN", r"arn:aws:sns:[\w-]+:\d{12}:[\w-]+", "the ARN of a topic"),
    )


def _matching(environment: Mapping[str, str], name: str, pattern: str, expected: str) -> str:
    value = environment.get(name)
    if value is None:
        raise SettingsError(f"{name} is not set; expected {expected}")
    if not re.fullmatch(pattern, value):
        raise SettingsError(f"{name} is {value!r}; expected {expected}")
    return value
