"""What S3 allows to be done to a version's retention.

Source: "Object Lock retention modes" and "Managing Object Lock" in the S3 user guide, and PutObjectRetention.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.account.s3call import Refusal, malformed

MODES = ("GOVERNANCE", "COMPLIANCE")


@dataclass(frozen=True)
class Retention:
    """A mode, and the moment (UTC) until which it protects."""

    mode: str
    until: datetime

    @property
    def text(self) -> str:
        """The moment as S3 writes it."""
        return self.until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.until.microsecond // 1000:03d}Z"


def moment(text: str) -> datetime | None:
    """Read a date of S3's; None if it is none, or without a time zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def wanted(document: dict[str, Any] | None, now: datetime) -> Retention | None:
    """Read what a Retention document asks for; None if it is empty, which takes a retention away.

    Raises:
        Refusal: the document is malformed, or its date is over.
    """
    if document is None:
        raise malformed()
    given = {name: text for name, text in document.items() if not name.startswith("@")}
    if not given:
        return None
    until = moment(given.get("RetainUntilDate") or "")
    if given.keys() != {"Mode", "RetainUntilDate"} or given["Mode"] not in MODES or until is None:
        raise malformed()
    if until <= now:
        raise Refusal(400, "InvalidArgument", "The retain until date must be in the future!")
    return Retention(given["Mode"], until)


def may_change(kept: Retention | None, to: Retention | None, now: datetime, *, bypass: bool) -> bool:
    """Whether a version's retention may be replaced.

    Args:
        kept: what it has now.
        to: what it is to have; None for nothing.
        now: this moment.
        bypass: whether governance mode is bypassed, by somebody who may.
    """
    if kept is None or kept.until <= now:
        return True
    if to is not None and to.mode == kept.mode and to.until >= kept.until:
        return True
    return kept.mode == "GOVERNANCE" and bypass
