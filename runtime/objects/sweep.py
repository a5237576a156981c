"""Deletes all of a bucket that is wanted: some threads list, others delete what has been listed, and it looks again."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from runtime.objects.bucket import Bucket
from runtime.objects.client import DELETERS
from runtime.objects.control import Control
from runtime.objects.deleting import Deleter, Holds
from runtime.objects.entry import Entry
from runtime.objects.lanes import Lanes
from runtime.objects.listing import Take, list_all
from runtime.objects.tally import Outcome, Tally

PASSES = 3
"""How often the bucket is listed anew when a look at the end still finds something."""

Wanted = Callable[[Entry], bool]
"""Whether an entry is to be deleted; asked by several threads at once."""


class Left(NamedTuple):
    """What a run leaves behind: what it wanted and did not delete, and whether there may be more."""

    entries: int
    at_least: bool


def sweep(bucket: Bucket, wanted: Wanted, control: Control, tally: Tally, holds: Holds | None = None) -> Left:
    """Deletes everything that is wanted but null markers; whatever goes wrong, each entry listed has its outcome.

    Args:
        bucket: where.
        wanted: whether an entry is to be deleted.
        control: when to stop; its `error` says what went wrong.
        tally: receives the outcomes.
        holds: asked before each batch; None where nothing can be held, or S3's own refusal is enough.
    """
    left = Left(0, at_least=False)
    for _ in range(PASSES):
        tally.forget_untouched()
        complete = _one_pass(bucket, wanted, control, tally, holds)
        if not complete or control.ended():
            return Left(tally.undone, at_least=not complete or not tally.undone)  # nobody looked if nothing is left
        left = count_left(bucket, wanted, control)
        if not left.entries or tally.refused:
            break
    return left


def rehearse(bucket: Bucket, wanted: Wanted, control: Control, tally: Tally) -> Left:
    """Lists, names and counts what `sweep` would delete, within the same limits, and deletes nothing."""

    def take(_prefix: str, entries: list[Entry]) -> None:
        due = _due(entries, wanted, tally)
        granted = 0 if control.ended() else control.grant(len(due))
        tally.add(Outcome.REHEARSED, due[:granted])
        tally.add(Outcome.LEFT, due[granted:])

    complete = _listed(bucket, take, control)
    return Left(tally[Outcome.REHEARSED] + tally[Outcome.LEFT], at_least=not complete)


def count_left(bucket: Bucket, wanted: Wanted, control: Control) -> Left:
    """Counts what is wanted and may be deleted, by listing the bucket."""
    lock = threading.Lock()
    count = 0

    def take(_prefix: str, entries: list[Entry]) -> None:
        nonlocal count
        due = sum(wanted(entry) and not entry.null_marker for entry in entries)
        with lock:
            count += due

    complete = _listed(bucket, take, control)
    return Left(count, at_least=not complete)


def _listed(bucket: Bucket, take: Take, control: Control) -> bool:
    """Lists everything; an error that stays is the run's, and the listing is not complete."""
    try:
        return list_all(bucket, take, control)
    except Exception as error:
        control.fail(error)
        return False


def _due(entries: list[Entry], wanted: Wanted, tally: Tally) -> list[Entry]:
    """Those listed that may be deleted; what is not wanted, and null markers, are counted and stay."""
    tally.add_listed(len(entries))
    chosen = [entry for entry in entries if wanted(entry)]
    if len(chosen) < len(entries):
        tally.add(Outcome.UNWANTED, [entry for entry in entries if not wanted(entry)])
    tally.add(Outcome.NULL_MARKER, [entry for entry in chosen if entry.null_marker])
    return [entry for entry in chosen if not entry.null_marker]


def _one_pass(bucket: Bucket, wanted: Wanted, control: Control, tally: Tally, holds: Holds | None) -> bool:
    """Lists and deletes once; returns whether the listing is complete."""
    lanes = Lanes()
    deleter = Deleter(bucket, control, tally, holds)

    def take(prefix: str, entries: list[Entry]) -> None:
        """A buried version waits for the next pass: when what lies above it is deleted, an ETag can guard it."""
        due = _due(entries, wanted, tally)
        tally.add(Outcome.LEFT, [entry for entry in due if entry.buried])
        lanes.add(prefix, [entry for entry in due if not entry.buried])

    with ThreadPoolExecutor(DELETERS, "deleter") as pool:
        for _ in range(DELETERS):
            pool.submit(_delete_from, lanes, deleter, control, tally)
        try:
            return _listed(bucket, take, control)
        finally:
            lanes.close()


def _delete_from(lanes: Lanes, deleter: Deleter, control: Control, tally: Tally) -> None:
    """Deletes batches until there are no more. It takes every batch, so that listers never wait for nobody."""
    while (batch := lanes.take()) is not None:
        try:
            granted = 0 if control.ended() else control.grant(len(batch.entries))
            tally.add(Outcome.LEFT, batch.entries[granted:])
            deleter.delete(batch._replace(entries=batch.entries[:granted]))
        except Exception as error:
            control.fail(error)
