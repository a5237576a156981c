"""Where a listing begins: one question with the delimiter `/` shows the prefixes that divide the keys."""

from typing import NamedTuple

from runtime.objects.bucket import Bucket, Page
from runtime.objects.entry import Entry
from runtime.objects.midpoint import common
from runtime.objects.ranges import Range

MOST_PREFIXES = 64
"""Prefixes that become a range each. More would cost more requests than they save."""

RANGES = 16
"""Ranges of a listing with more prefixes than that."""

DEEPEST = 4
"""How far a lone prefix is followed down in search of a division."""


class Plan(NamedTuple):
    """Entries that planning has already read, and the ranges that hold all others."""

    entries: list[Entry]
    ranges: list[Range]


def plan(bucket: Bucket, prefix: str = "", depth: int = 0) -> Plan:
    """Plans the listing of a prefix. Every key below it is in `entries` or in exactly one range."""
    page = bucket.page(prefix, {}, delimiter="/")
    if page.following is None:
        if len(page.prefixes) == 1 and not page.entries and depth < DEEPEST:
            return plan(bucket, page.prefixes[0], depth + 1)
        if len(page.prefixes) <= MOST_PREFIXES:
            return Plan(page.entries, [Range(below, read=below) for below in page.prefixes])
    if not page.prefixes:
        first, last = page.entries[0].key, page.entries[-1]
        after, shared = bucket.after(last.key, last.version), common(first, last.key)
        return Plan(page.entries, [Range(prefix, after, read=last.key, pages=1, shared=shared)])
    return Plan([], _ranges(bucket, prefix, page))


def _ranges(bucket: Bucket, prefix: str, page: Page) -> list[Range]:
    step = -(-len(page.prefixes) // RANGES)
    bounds = page.prefixes[::step]
    first = Range(prefix, until=bounds[0], read=prefix)
    others = zip(bounds, (*bounds[1:], None), strict=True)
    return [first, *(Range(prefix, bucket.after(low), high, low) for low, high in others)]
