"""What a run did, counted by many threads, with each key by name in the log."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from aws_lambda_powertools import Logger

from runtime.objects.bucket import Upload
from runtime.objects.wire import Entry

logger = Logger(service="temporary-uploads-cleanup")


class MiscountError(RuntimeError):
    """What a run did with the entries does not add up to what it listed; the message has both sums."""


LINE = 150_000
"""Bytes of keys in one line of the log; CloudWatch takes 256 KB, and the rest of the line needs room."""


class Tally:
    """Counts of one run. Every entry that is listed has exactly one outcome: `listed` is the sum of the others.

    Attributes:
        listed: entries seen.
        newer: too new for this run; they stay.
        null_markers: delete markers that are never deleted (`Entry.null_marker`); they stay.
        deleted: entries deleted.
        size: their bytes.
        changed: overwritten between listing and delete; they stay.
        gone: deleted by somebody else meanwhile.
        failed: entries that could not be deleted, by error code.
        rehearsed: entries that would have been deleted but for the dry run.
        left: entries not tried, or tried without an answer, when the run or its pass ended.
        uploads: multipart uploads aborted; they are no entries.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.listed = 0
        self.newer = 0
        self.null_markers = 0
        self.deleted = 0
        self.size = 0
        self.changed = 0
        self.gone = 0
        self.failed: Counter[str] = Counter()
        self.rehearsed = 0
        self.left = 0
        self.uploads = 0

    def forget_untouched(self) -> None:
        """Before another pass, which lists again what the last one did not touch."""
        with self._lock:
            self.listed -= self.newer + self.null_markers + self.left
            self.newer = self.null_markers = self.left = 0

    def miscount(self) -> MiscountError | None:
        """The error, where the outcomes do not add up to what was listed."""
        parts = {name: value for name, value in self.counts().items() if name in _OUTCOMES}
        parts["failed"] = self.failed.total()
        if (total := sum(parts.values())) == self.listed:
            return None
        found = ", ".join(f"{name} {value}" for name, value in parts.items())
        return MiscountError(f"{self.listed} entries were listed, {total} have an outcome: {found}")

    def add_listed(self, count: int, *, newer: int, markers: list[Entry]) -> None:
        """So many were listed, of which some are not for this run."""
        with self._lock:
            self.listed += count
            self.newer += newer
            self.null_markers += len(markers)
        log_entries("kept", markers, why="a delete by a null marker would take an object uploaded since")

    def add_deleted(self, entries: list[Entry]) -> None:
        """These are deleted."""
        with self._lock:
            self.deleted += len(entries)
            self.size += sum(entry.size for entry in entries)
        log_entries("deleted", entries)

    def add_changed(self, entries: list[Entry]) -> None:
        """These were overwritten since they were listed."""
        with self._lock:
            self.changed += len(entries)
        log_entries("changed", entries)

    def add_gone(self, entries: list[Entry]) -> None:
        """These were no longer there."""
        with self._lock:
            self.gone += len(entries)

    def add_failed(self, code: str, entries: list[Entry]) -> None:
        """These could not be deleted."""
        with self._lock:
            self.failed[code] += len(entries)
        log_entries("not deleted", entries, code=code)

    def add_rehearsed(self, entries: list[Entry]) -> None:
        """These would be deleted."""
        with self._lock:
            self.rehearsed += len(entries)
        log_entries("would be deleted", entries)

    def add_left(self, count: int) -> None:
        """So many have no result."""
        with self._lock:
            self.left += count

    def add_upload(self, upload: Upload) -> None:
        """A multipart upload is aborted."""
        with self._lock:
            self.uploads += 1
        logger.info("upload aborted", extra={"keys": [upload.key], "upload": upload.id})

    def counts(self) -> dict[str, Any]:
        """The counts, as the log shows them."""
        return {
            "listed": self.listed,
            "newer": self.newer,
            "null_markers": self.null_markers,
            "deleted": self.deleted,
            "bytes": self.size,
            "changed": self.changed,
            "gone": self.gone,
            "failed": dict(self.failed),
            "would_delete": self.rehearsed,
            "left": self.left,
            "uploads_aborted": self.uploads,
        }


_OUTCOMES = ("newer", "null_markers", "deleted", "changed", "gone", "failed", "would_delete", "left")
"""The fields of `Tally.counts` that add up to `listed`."""


def log_entries(message: str, entries: Iterable[Entry], **more: object) -> None:
    """Logs every entry by key (and version), in as few lines as CloudWatch's limit allows."""
    for keys in _lines(entries):
        logger.info(message, extra={"keys": keys, **more})


def _lines(entries: Iterable[Entry]) -> Iterator[list[str] | list[tuple[str, str]]]:
    names: list[Any] = [(entry.key, entry.version) if entry.version else entry.key for entry in entries]
    if not names:
        return
    size = len(json.dumps(names))
    step = max(1, len(names) * LINE // size) if size > LINE else len(names)
    for start in range(0, len(names), step):
        yield names[start : start + step]
