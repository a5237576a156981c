"""Lists a whole bucket, or what lies below a prefix, with several threads, page by page, and hands each page on."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from runtime.objects.bucket import Bucket
from runtime.objects.client import LISTERS
from runtime.objects.control import Control
from runtime.objects.entry import Entry
from runtime.objects.patience import persist
from runtime.objects.planning import plan
from runtime.objects.ranges import Range, Ranges

Take = Callable[[str, list[Entry]], None]
"""Receives the prefix that was listed and a page's entries; called by several threads at once, and may block."""


def list_all(bucket: Bucket, take: Take, control: Control, prefix: str = "") -> bool:
    """Lists everything below a prefix, or as much as `control` lets it.

    Returns:
        Whether the listing is complete.

    Raises:
        ClientError: an error of S3's that no repetition heals; or any other that `take` raises.
    """
    planned = persist(lambda: plan(bucket, prefix), control)
    take(prefix, planned.entries)
    if not planned.ranges:
        return True
    letters = {letter for entry in planned.entries for letter in entry.key}
    ranges = Ranges(bucket, planned.ranges, letters)

    def work() -> bool:
        try:
            while (part := ranges.take()) is not None:
                if not _read(bucket, ranges, part, take, control):
                    ranges.abandon()
                    return False
        except Exception as error:
            ranges.abandon()
            control.fail(error)
            raise
        return True

    with ThreadPoolExecutor(LISTERS, "lister") as pool:
        futures = [pool.submit(work) for _ in range(LISTERS)]
    results = [future.result() for future in futures]
    return all(results)


def _read(bucket: Bucket, ranges: Ranges, part: Range, take: Take, control: Control) -> bool:
    more = True
    while more:
        if control.ended():
            return False
        following = ranges.ask(part)
        page = persist(partial(bucket.page, part.prefix, following), control)
        entries, more = ranges.accept(part, page)
        take(part.prefix, entries)
    return True
