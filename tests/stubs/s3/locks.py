"""Holds and retention of versions, as "Object Lock" in the S3 user guide describes them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

MODES = ("GOVERNANCE", "COMPLIANCE")
NONE = "NoSuchObjectLockConfiguration"


@dataclass(frozen=True)
class Lock:
    """What protects a version: a legal hold (`ON`, `OFF`, or empty where never put), a mode and its end."""

    hold: str = ""
    mode: str = ""
    until: datetime | None = None

    def protects(self, *, bypass: bool) -> bool:
        """Whether the version may not be deleted now."""
        return self.hold == "ON" or (self._lasts() and not (bypass and self.mode == "GOVERNANCE"))

    def retained(self, mode: str, until: datetime | None, *, bypass: bool) -> "Lock | None":
        """This lock with another retention (none where the mode is empty), or None where that is denied."""
        lasts, longer = self._lasts(), self.until and until and mode == self.mode and until >= self.until
        if lasts and not longer and not (bypass and self.mode == "GOVERNANCE"):
            return None
        return replace(self, mode=mode, until=until)

    def _lasts(self) -> bool:
        return self.until is not None and self.until > datetime.now(UTC)


def retention(mode: str | None, until: str | None) -> tuple[str, datetime | None] | str:
    """A retention as it was asked for, or the code of its refusal; both None take one away."""
    if mode is None and until is None:
        return "", None
    try:
        moment = datetime.fromisoformat(until or "")
    except ValueError:
        return "MalformedXML"
    if mode not in MODES or moment.tzinfo is None:
        return "MalformedXML"
    return (mode, moment) if moment > datetime.now(UTC) else "InvalidArgument"
