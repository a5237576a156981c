"""What a run says about itself: its result, its summary line, and its progress while it works."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

from functions.temporary_uploads_cleanup.cleaning import Cleaned
from functions.temporary_uploads_cleanup.log import logger
from functions.temporary_uploads_cleanup.request import Request
from runtime.objects.control import Control, Reason
from runtime.objects.errors import code_of
from runtime.objects.tally import Outcome

PROGRESS = 5.0
"""Seconds between two lines of progress."""


def result_of(control: Control, cleaned: Cleaned) -> Literal["clean", "incomplete", "failed"]:
    """The result in one word.

    `clean`: nothing older than the run is left, but for null markers, which are never deleted. `failed`: something
    could not be deleted, or the counts are wrong. Else `incomplete`.
    """
    if cleaned.refused or control.reason in {Reason.ERROR, Reason.MISCOUNT}:
        return "failed"
    return "incomplete" if cleaned.left.entries or cleaned.left.at_least else "clean"


def summary_of(
    request: Request, control: Control, cleaned: Cleaned, seconds: float, *, continues: bool
) -> dict[str, Any]:
    """The summary line: result and why it ended, counts, what remains, seconds, and the chain it belongs to."""
    return {
        "result": result_of(control, cleaned),
        "reason": control.reason,
        "error": f"{code_of(control.error)}: {control.error}" if control.error else None,
        **counts_of(cleaned),
        "remaining": cleaned.left.entries,
        "remaining_at_least": cleaned.left.at_least,
        "seconds": round(seconds, 3),
        "dry_run": request.dry_run,
        "max_deletes": request.max_deletes,
        "continues": continues,
        "chain": request.chain,
        "depth": request.depth,
    }


def counts_of(cleaned: Cleaned) -> dict[str, Any]:
    """The counts, as the log shows them; those of uploads that are not zero under `uploads`."""
    uploads = {name: count for name, count in cleaned.uploads.counts().items() if count}
    aborted = cleaned.uploads[Outcome.DELETED]
    return {**cleaned.entries.counts(), "uploads_aborted": aborted, "uploads": uploads}


@contextmanager
def progress(cleaned: Cleaned) -> Generator[None]:
    """Logs the counts every few seconds for as long as the block runs."""
    over = threading.Event()

    def tell() -> None:
        while not over.wait(PROGRESS):
            logger.info("progress", extra=counts_of(cleaned))

    thread = threading.Thread(target=tell, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
