"""Legal holds of S3 Object Lock, a version at a time."""

from collections.abc import Mapping
from typing import Any


def is_held(answer: Mapping[str, Any] | None) -> bool:
    """Reads the answer to GetObjectLegalHold.

    Args:
        answer: what S3 answered; None where it said that there is no hold. Whoever gets no answer must not ask this:
            unknown counts as held.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html, read 2026-11-24.
    """
    return answer is not None and answer.get("LegalHold", {}).get("Status") == "ON"
