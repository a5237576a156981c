"""How long a backlog takes: by the cleanup function at S3's rate, and by S3's own expiration, which costs nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from runtime.objects.pace import LOWEST

EXPIRES_AFTER = timedelta(days=2)
"""S3 expires temporary uploads so long after they came, from the next midnight UTC on (runbook: Lifecycle)."""

LONG = timedelta(hours=1)
"""A backlog that takes longer is worth a thought."""


@dataclass(frozen=True)
class Estimates:
    """Both ways to be rid of a backlog.

    Attributes:
        deleting: by the function, at 3,500 keys a second: what S3 grants one prefix, and each further one as much.
        expiring: until S3 has marked the last of what lies there now as expired; it bills nothing from then on.
        at_least: whether the backlog may be larger than was measured.
    """

    deleting: timedelta
    expiring: timedelta
    at_least: bool

    @property
    def advice(self) -> str:
        """Both estimates in a sentence, and which way is the faster; empty where the function is soon done."""
        if self.deleting < LONG and not self.at_least:
            return ""
        least = "at least " if self.at_least else ""
        both = (
            f"deleting takes {least}{_hours(self.deleting)} at {LOWEST:,.0f} keys a second and prefix; "
            f"S3's own expiration is through with what lies there now in {_hours(self.expiring)}, and free"
        )
        if self.deleting >= self.expiring:
            return f"{both}: leave it to S3"
        keys = int(LOWEST * self.expiring.total_seconds() / 1e6)
        return f"{both}: it is the faster from {keys:,} million keys a prefix on"


def estimate(backlog: dict[str, Any], now: datetime) -> Estimates:
    """Estimates both for a backlog as the function measures it.

    Args:
        backlog: `objects` and `at_least` are read.
        now: this moment (UTC); what lies there is at most as old.
    """
    last = now + EXPIRES_AFTER
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    expired = midnight if midnight == last else midnight + timedelta(days=1)
    return Estimates(timedelta(seconds=backlog["objects"] / LOWEST), expired - now, bool(backlog["at_least"]))


def _hours(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours >= 10 else f"{hours:.1f} hours"
