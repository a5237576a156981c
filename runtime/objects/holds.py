"""Legal holds and retentions of S3 Object Lock, a version at a time: what is not known to be free is held."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from runtime.objects.bucket import Bucket
from runtime.objects.control import Control
from runtime.objects.entry import Entry
from runtime.objects.errors import LOST, code_of
from runtime.objects.patience import persist

ASKERS = 16
"""Versions asked for at once."""

FREE = "NoSuchObjectLockConfiguration"
"""The one error that says that there is none; `AccessDenied`, a lost answer or any other leaves it unknown."""


def is_held(answer: Mapping[str, Any] | None) -> bool:
    """Reads the answer to GetObjectLegalHold.

    Args:
        answer: what S3 answered; None where it said that there is no hold. Whoever gets no answer must not ask this:
            unknown counts as held.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html, read 2026-11-24.
    """
    return answer is not None and answer.get("LegalHold", {}).get("Status") == "ON"


def is_retained(answer: Mapping[str, Any] | None, now: datetime) -> bool:
    """Reads the answer to GetObjectRetention: whether the version may not be deleted yet.

    Args:
        answer: what S3 answered; None where it said that there is no retention.
        now: S3's clock.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html, read 2026-11-29.
    """
    if answer is None:
        return False
    until: datetime | None = answer.get("Retention", {}).get("RetainUntilDate")
    return until is None or until > now


class LockHolds:
    """Asks S3 for both, of many versions at once."""

    def __init__(self, bucket: Bucket, now: datetime, control: Control) -> None:
        """Asks nothing yet.

        Args:
            bucket: with Object Lock.
            now: S3's clock when the run began; a retention that ends while it lasts still holds.
            control: when to stop; what was not asked then counts as held.
        """
        self._bucket = bucket
        self._now = now
        self._control = control

    def among(self, entries: list[Entry]) -> set[Entry]:
        """Those that are held, or of which it is not known. Nothing can hold a delete marker."""
        asked = [entry for entry in entries if not entry.marker]
        with ThreadPoolExecutor(ASKERS, "holds") as pool:
            return {entry for entry, held in zip(asked, pool.map(self._held, asked), strict=True) if held}

    def _held(self, entry: Entry) -> bool:
        try:
            if is_held(self._ask(lambda: self._bucket.legal_hold(entry))):
                return True
            return is_retained(self._ask(lambda: self._bucket.retention(entry)), self._now)
        except (ClientError, *LOST):
            return True

    def _ask(self, call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any] | None:
        try:
            return persist(call, self._control)
        except ClientError as error:
            if code_of(error) == FREE:
                return None
            raise
