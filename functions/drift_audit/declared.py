"""What is declared: the object that the deployment stored under its own hash."""

import hashlib
from typing import Any

from estate.model import Estate
from functions.drift_audit.settings import AuditSettings


class EstateError(RuntimeError):
    """The stored estate is not what its name says, or of another account; nothing was audited."""


def read_estate(s3: Any, settings: AuditSettings) -> Estate:
    """Reads the declared estate.

    Args:
        s3: boto3's client.
        settings: which object, of which account.

    Raises:
        EstateError: its content does not have the hash that it is named by, or it speaks of another account.
    """
    answer = s3.get_object(
        Bucket=settings.evidence_bucket, Key=settings.estate_key, ExpectedBucketOwner=settings.account
    )
    content: bytes = answer["Body"].read()
    if (found := hashlib.sha256(content).hexdigest()) != settings.estate_sha256:
        raise EstateError(f"{settings.estate_key} has SHA-256 {found}; it was changed, or its upload broke off")
    estate = Estate.from_json(content.decode())
    if estate.account != settings.account:
        raise EstateError(f"{settings.estate_key} declares account {estate.account}, expected {settings.account}")
    return estate
