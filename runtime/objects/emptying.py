"""Empties a bucket: some threads list, others delete what has been listed, and at the end it looks again."""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from botocore.exceptions import ClientError

from runtime.objects.bucket import DELETERS, Bucket
from runtime.objects.control import Control
from runtime.objects.deleting import Deleter
from runtime.objects.errors import GONE, code_of, retry
from runtime.objects.listing import list_all
from runtime.objects.pace import Pace
from runtime.objects.tally import Tally
from runtime.objects.wire import Entry

BATCH = 1000
"""Keys in one DeleteObjects request: S3's limit."""

PASSES = 3
"""How often the bucket is listed anew when a look at the end still finds something."""

UPLOAD_AGE = timedelta(hours=24)
"""A multipart upload in progress for longer than this is abandoned (runbook: Hygiene)."""


class Left(NamedTuple):
    """What a run leaves behind: entries that it could have deleted, and whether there may be more."""

    entries: int
    at_least: bool


def clean(bucket: Bucket, began: datetime, control: Control, tally: Tally) -> Left:
    """Deletes everything last modified before a moment but null markers, and aborts old uploads.

    Args:
        bucket: what to empty.
        began: the moment, on S3's clock. What was modified in the same second stays for the next run.
        control: when to stop.
        tally: receives what was done.
    """
    cutoff = _cutoff(began)
    pace = Pace(sleep=control.sleep)
    with ThreadPoolExecutor(1, "uploads") as pool:
        aborting = pool.submit(_abort_uploads, bucket, began - UPLOAD_AGE, control, tally)
        left = Left(0, at_least=False)
        for _ in range(PASSES):
            tally.forget_untouched()
            complete = _one_pass(bucket, cutoff, control, tally, pace)
            if not complete or control.ended():
                known = tally.left + tally.failed.total()
                left = Left(known, at_least=not complete or not known)  # nobody looked whether nothing is left
                break
            left = count_left(bucket, cutoff, control)
            if not left.entries or tally.failed:
                break
        aborting.result()
    return left


def dry_run(bucket: Bucket, began: datetime, control: Control, tally: Tally) -> Left:
    """Lists, names and counts what `clean` would delete, within the same limits, and deletes nothing."""
    cutoff = _cutoff(began)

    def take(entries: list[Entry]) -> None:
        due = _due(entries, cutoff, tally)
        granted = 0 if control.ended() else control.grant(len(due))
        tally.add_rehearsed(due[:granted])
        tally.add_left(len(due) - granted)

    complete = list_all(bucket, take, control)
    return Left(tally.rehearsed + tally.left, at_least=not complete)


def count_left(bucket: Bucket, cutoff: str, control: Control) -> Left:
    """Counts what was last modified before `cutoff` and may be deleted, by listing the bucket."""
    lock = threading.Lock()
    count = 0

    def take(entries: list[Entry]) -> None:
        nonlocal count
        due = sum(entry.modified < cutoff and not entry.null_marker for entry in entries)
        with lock:
            count += due

    complete = list_all(bucket, take, control)
    return Left(count, at_least=not complete)


def _cutoff(began: datetime) -> str:
    return began.strftime("%Y-%m-%dT%H:%M:%S")


def _due(entries: list[Entry], cutoff: str, tally: Tally) -> list[Entry]:
    """Those listed that may be deleted; what is newer, and null markers, are counted and stay."""
    old = [entry for entry in entries if entry.modified < cutoff]
    markers = [entry for entry in old if entry.null_marker]
    tally.add_listed(len(entries), newer=len(entries) - len(old), markers=markers)
    return [entry for entry in old if not entry.null_marker] if markers else old


def _one_pass(bucket: Bucket, cutoff: str, control: Control, tally: Tally, pace: Pace) -> bool:
    """Lists and deletes once; returns whether the listing is complete."""
    batches = _Batches(cutoff, tally)
    deleter = Deleter(bucket, control, tally, pace)
    with ThreadPoolExecutor(DELETERS, "deleter") as pool:
        working = [pool.submit(_delete_from, batches, deleter, control, tally) for _ in range(DELETERS)]
        try:
            return list_all(bucket, batches.add, control)
        finally:
            batches.close(len(working))


def _delete_from(batches: "_Batches", deleter: Deleter, control: Control, tally: Tally) -> None:
    """Deletes batches until there are no more. It takes every batch, so that listers never wait for nobody."""
    while (batch := batches.take()) is not None:
        try:
            granted = 0 if control.ended() else control.grant(len(batch))
            tally.add_left(len(batch) - granted)
            deleter.delete(batch[:granted])
        except Exception as error:
            control.fail(error)


class _Batches:
    """Between listers and deleters: full batches of old entries, a bounded number of them."""

    def __init__(self, cutoff: str, tally: Tally) -> None:
        self._full: queue.Queue[list[Entry] | None] = queue.Queue(DELETERS // 2)
        self._cutoff = cutoff
        self._tally = tally
        self._rest: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, entries: list[Entry]) -> None:
        """Adds what may be deleted; waits while the deleters have enough to do.

        A buried version is left to the next pass: when what lies above it is deleted, an ETag can guard it.
        """
        due = _due(entries, self._cutoff, self._tally)
        ready = [entry for entry in due if not entry.buried]
        self._tally.add_left(len(due) - len(ready))
        full: list[list[Entry]] = []
        with self._lock:
            self._rest += ready
            while len(self._rest) >= BATCH:
                full.append(self._rest[:BATCH])
                del self._rest[:BATCH]
        for batch in full:
            self._full.put(batch)

    def take(self) -> list[Entry] | None:
        """Waits for a batch; None once there are no more."""
        return self._full.get()

    def close(self, deleters: int) -> None:
        """Hands on the last, smaller batch and lets the deleters end."""
        if self._rest:
            self._full.put(self._rest)
        for _ in range(deleters):
            self._full.put(None)


def _abort_uploads(bucket: Bucket, before: datetime, control: Control, tally: Tally) -> None:
    try:
        for upload in retry(lambda: list(bucket.uploads()), control.sleep, control.ended):
            if control.ended():
                return
            if upload.began < before:
                retry(lambda upload=upload: bucket.abort(upload), control.sleep, control.ended)
                tally.add_upload(upload)
    except ClientError as error:
        if code_of(error) not in GONE:
            control.fail(error)
