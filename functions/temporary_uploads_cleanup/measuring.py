"""Measures what lies in the bucket, and whether the last scheduled cleanup left work behind."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from runtime.objects.bucket import Bucket
from runtime.objects.control import Control
from runtime.objects.entry import Entry
from runtime.objects.listing import list_all

FAR_ABOVE = 10
"""Listing stops at so many times the alarm's threshold: more would cost and change nothing."""

LONGEST_CHAIN = timedelta(hours=3)
"""Ten runs of 15 minutes and what lies between them; before that, a cleanup may still be at work."""


@dataclass(frozen=True)
class Backlog:
    """What lies in the bucket.

    Attributes:
        objects: objects, versions and delete markers, as far as a cleanup may delete them.
        size: their bytes.
        oldest: when the oldest was last modified (UTC); None where there is none.
        at_least: whether listing stopped early, so that all are lower bounds.
        null_markers: delete markers that no cleanup deletes (`Entry.null_marker`).
    """

    objects: int
    size: int
    oldest: datetime | None
    at_least: bool
    null_markers: int = 0

    def age(self, now: datetime) -> float:
        """Seconds since the oldest was last modified; 0 in an empty bucket."""
        return (now - self.oldest).total_seconds() if self.oldest else 0.0


def measure(bucket: Bucket, threshold: int, control: Control) -> Backlog:
    """Lists the bucket until it is through, or far above the threshold (bytes), or `control` ends it."""
    lock = threading.Lock()
    objects, size, oldest, markers = 0, 0, "", 0

    def take(_prefix: str, entries: list[Entry]) -> None:
        nonlocal objects, size, oldest, markers
        deletable = [entry for entry in entries if not entry.null_marker]
        with lock:
            markers += len(entries) - len(deletable)
            objects += len(deletable)
            size += sum(entry.size for entry in deletable)
            first = min((entry.modified for entry in deletable), default="")
            oldest = min(filter(None, (oldest, first)), default="")
            if size > FAR_ABOVE * threshold:
                control.enough()

    complete = list_all(bucket, take, control)
    moment = datetime.fromisoformat(oldest).replace(tzinfo=UTC) if oldest else None
    return Backlog(objects, size, moment, at_least=not complete, null_markers=markers)


def overdue(backlog: Backlog, clean_at: time, now: datetime) -> datetime | None:
    """The last scheduled cleanup, if it is long over and may have left something behind.

    What cannot be seen is not fine: where listing stopped early, something may be left.
    """
    last = (now - LONGEST_CHAIN).replace(hour=clean_at.hour, minute=clean_at.minute, second=0, microsecond=0)
    if last > now - LONGEST_CHAIN:
        last -= timedelta(days=1)
    left = backlog.oldest is not None and backlog.oldest < last
    return last if left or backlog.at_least else None
