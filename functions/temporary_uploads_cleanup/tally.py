"""What a run did, counted by many threads, with each key by name in the log."""

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from aws_lambda_powertools import Logger

from functions.temporary_uploads_cleanup.bucket import Upload
from functions.temporary_uploads_cleanup.wire import Entry

logger = Logger(service="temporary-uploads-cleanup")

LINE = 150_000
"""Bytes of keys in one line of the log; CloudWatch takes 256 KB, and the rest of the line needs room."""


class Tally:
    """Counts of one run.

    Attributes:
        deleted: entries deleted.
        size: their bytes.
        changed: overwritten between listing and delete; they stay.
        gone: deleted by somebody else meanwhile.
        failed: entries that could not be deleted, by error code.
        left: entries that were listed and not tried, because the run ended.
        uploads: multipart uploads aborted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.deleted = 0
        self.size = 0
        self.changed = 0
        self.gone = 0
        self.failed: Counter[str] = Counter()
        self.left = 0
        self.uploads = 0

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

    def add_left(self, count: int) -> None:
        """So many were listed and not tried."""
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
            "deleted": self.deleted,
            "bytes": self.size,
            "changed": self.changed,
            "gone": self.gone,
            "failed": dict(self.failed),
            "uploads_aborted": self.uploads,
        }


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
