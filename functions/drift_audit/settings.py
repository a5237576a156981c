"""What the function is told by its environment, checked once, before anything is read."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from runtime.environment import matching


@dataclass(frozen=True)
class AuditSettings:
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


def read_settings(environment: Mapping[str, str] = os.environ) -> AuditSettings:
    """Reads the settings.

    Raises:
        EnvironmentVariableError: where one is missing or cannot be meant.
    """
    return AuditSettings(
        account=matching(environment, "ACCOUNT", r"\d{12}", "the 12-digit id of the account"),
        region=matching(environment, "AWS_REGION", r"[a-z]{2}(-[a-z]+)+-\d", "the region that Lambda sets"),
        evidence_bucket=matching(environment, "EVIDENCE_BUCKET", r"[a-z0-9-]{3,63}", "the name of a bucket"),
        estate_sha256=matching(environment, "ESTATE_SHA256", r"[0-9a-f]{64}", "the SHA-256 of the estate, in hex"),
        topic=matching(environment, "TOPIC_ARN", r"arn:aws:sns:[\w-]+:\d{12}:[\w-]+", "the ARN of a topic"),
    )
