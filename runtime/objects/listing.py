"""Lists the whole bucket with several threads, page by page, and hands each page on."""

import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from runtime.objects.bucket import LISTERS, Bucket, Page
from runtime.objects.control import Control
from runtime.objects.errors import retry
from runtime.objects.shards import Shard, plan
from runtime.objects.wire import Entry

Take = Callable[[list[Entry]], None]
"""Receives the entries of a page; called by several threads at once, and may block."""


def list_all(bucket: Bucket, take: Take, control: Control) -> bool:
    """Lists everything, or as much as `control` lets it.

    Returns:
        Whether the listing is complete.

    Raises:
        ClientError: an error of S3's that no repetition heals; or any other that `take` raises.
    """
    planned = retry(lambda: plan(bucket), control.sleep, control.ended)
    take(planned.entries)
    waiting: queue.SimpleQueue[Shard] = queue.SimpleQueue()
    for shard in planned.shards:
        waiting.put(shard)

    def work() -> bool:
        while True:
            try:
                shard = waiting.get_nowait()
            except queue.Empty:
                return True
            if not _list_shard(bucket, shard, take, control):
                return False

    threads = min(LISTERS, len(planned.shards)) or 1
    with ThreadPoolExecutor(threads, "lister") as pool:
        futures = [pool.submit(_guarded, work, control) for _ in range(threads)]
    results = [future.result() for future in futures]
    return all(results)


def _guarded(work: Callable[[], bool], control: Control) -> bool:
    try:
        return work()
    except Exception as error:
        control.fail(error)
        raise


def _list_shard(bucket: Bucket, shard: Shard, take: Take, control: Control) -> bool:
    following: dict[str, str] | None = bucket.after(shard.after) if shard.after else {}
    while following is not None:
        if control.ended():
            return False
        asked = following
        page: Page = retry(lambda asked=asked: bucket.page(shard.prefix, asked), control.sleep, control.ended)
        following = page.following
        entries = page.entries
        if shard.until is not None and any(entry.key > shard.until for entry in entries):
            entries = [entry for entry in entries if entry.key <= shard.until]
            following = None
        take(entries)
    return True
