"""Splits a listing into parts that can be read at the same time.

S3 lists one page after another, so a bucket is listed no faster than one page a round trip unless its keys can be
divided beforehand. One question with the delimiter `/` shows whether they can: the prefixes found divide the keys
exactly, or, where there are too many, serve as bounds of key ranges. Keys in one flat prefix stay one part: S3 deletes
3,500 keys a second there, a third of what one listing reads.
"""

from typing import NamedTuple

from runtime.objects.bucket import Bucket, Page
from runtime.objects.wire import Entry

MOST_PREFIXES = 64
"""Prefixes that become a part each. More would cost more requests than they save."""

RANGES = 16
"""Parts of a listing with more prefixes than that."""

DEEPEST = 4
"""How far a lone prefix is followed down in search of a division."""


class Shard(NamedTuple):
    """Keys that begin with `prefix`, come after `after`, and not after `until` (None: to the end)."""

    prefix: str
    after: str = ""
    until: str | None = None


class Plan(NamedTuple):
    """Entries that planning has already read, and the parts that hold all others."""

    entries: list[Entry]
    shards: list[Shard]


def plan(bucket: Bucket, prefix: str = "", depth: int = 0) -> Plan:
    """Plans a whole listing. Every key below the prefix is in `entries` or in exactly one part."""
    page = bucket.page(prefix, {}, delimiter="/")
    if page.following is None:
        if len(page.prefixes) == 1 and not page.entries and depth < DEEPEST:
            return plan(bucket, page.prefixes[0], depth + 1)
        if len(page.prefixes) <= MOST_PREFIXES:
            return Plan(page.entries, [Shard(below) for below in page.prefixes])
    if not page.prefixes:
        return Plan(page.entries, [Shard(prefix, after=page.entries[-1].key)])
    return Plan([], _ranges(prefix, page))


def _ranges(prefix: str, page: Page) -> list[Shard]:
    step = -(-len(page.prefixes) // RANGES)
    bounds = page.prefixes[::step]
    return [Shard(prefix, after, until) for after, until in zip(["", *bounds], [*bounds, None], strict=True)]
