"""What a run says about itself: its result, its summary line, and its progress while it works."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

from functions.temporary_uploads_cleanup.request import Request
from runtime.objects.control import Control, Reason
from runtime.objects.emptying import Left
from runtime.objects.errors import code_of
from runtime.objects.tally import Tally, logger

PROGRESS = 5.0
"""Seconds between two lines of progress."""


def result_of(control: Control, tally: Tally, left: Left) -> Literal["clean", "incomplete", "failed"]:
    """The result in one word.

    `clean`: nothing older than the run is left, but for null markers, which are never deleted. `failed`: something
    could not be deleted, or the counts are wrong. Else `incomplete`.
    """
    if tally.failed or control.reason in {Reason.ERROR, Reason.MISCOUNT}:
        return "failed"
    return "incomplete" if left.entries or left.at_least else "clean"


def summary_of(
    request: Request, control: Control, tally: Tally, left: Left, seconds: float, *, continues: bool
) -> dict[str, Any]:
    """The summary line: result and why it ended, counts, what remains, seconds, and the chain it belongs to."""
    return {
        "result": result_of(control, tally, left),
        "reason": control.reason,
        "error": f"{code_of(control.error)}: {control.error}" if control.error else None,
        **tally.counts(),
        "remaining": left.entries,
        "remaining_at_least": left.at_least,
        "seconds": round(seconds, 3),
        "dry_run": request.dry_run,
        "max_deletes": request.max_deletes,
        "continues": continues,
        "chain": request.chain,
        "depth": request.depth,
    }


@contextmanager
def progress(tally: Tally) -> Generator[None]:
    """Logs the counts every few seconds for as long as the block runs."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(PROGRESS):
            logger.info("progress", extra=tally.counts())

    thread = threading.Thread(target=tell, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
