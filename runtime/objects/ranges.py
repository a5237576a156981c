"""Divides a listing into ranges of keys that are read at the same time, and divides them again while they are read.

S3 lists one page after another. Whoever has nothing to read takes half of a range that somebody else reads: the keys
after a string about halfway, which no listing need contain. Where nothing lies there one request has told so, and the
next attempt halves what is left; several at once find keys of any shape in a few round trips.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from runtime.objects.bucket import Bucket, Following, Page
from runtime.objects.client import LISTERS
from runtime.objects.entry import Entry
from runtime.objects.midpoint import ceiling, midpoint

CUTS = 16
"""How often a range may be cut between two of its pages: each cut costs a request, of which the last find nothing."""

FEW = LISTERS // 2
"""Ranges being read up to which each is cut as soon as one page of it is known; then it must be longer."""


@dataclass(eq=False)
class Range:
    """Keys below a prefix, after what has been read, and not after a bound.

    Attributes:
        prefix: with which all its keys begin.
        following: what its next page is asked by.
        until: its last possible key; None for no bound.
        read: the last key that was read, or after which it begins.
        pages: how many were read.
        cuts: how often it was cut since the last page.
        asking: whether its next page is being asked for; while its reader waits for others, listing is fast enough.
        shared: characters that all keys of the first page of a listing have in common; 0 once more is known.
    """

    prefix: str
    following: Following = field(default_factory=Following)
    until: str | None = None
    read: str = ""
    pages: int = 0
    cuts: int = 0
    shared: int = 0
    asking: bool = False


class Ranges:
    """The ranges of one listing. Every key is in exactly one of them, or was read before."""

    def __init__(self, bucket: Bucket, ranges: Iterable[Range], alphabet: Iterable[str] = ()) -> None:
        """Begins with ranges that do not overlap.

        Args:
            bucket: that is listed.
            ranges: to begin with.
            alphabet: characters known to be in keys; more are learned while reading.
        """
        self._bucket = bucket
        self._waiting = list(ranges)
        self._reading: list[Range] = []
        self._alphabet = set(alphabet)
        self._changed = threading.Condition()
        self._abandoned = False

    def take(self) -> Range | None:
        """A range to read, half of somebody else's where none waits; None once all are read, or the listing ends."""
        with self._changed:
            while not self._abandoned:
                found = self._waiting.pop() if self._waiting else self.cut()
                if found:
                    self._reading.append(found)
                    return found
                if not self._reading:
                    return None
                self._changed.wait()
            return None

    def ask(self, part: Range) -> Following:
        """What the next page of a range is asked by."""
        with self._changed:
            part.asking = True
            self._changed.notify_all()
            return part.following

    def accept(self, part: Range, page: Page) -> tuple[list[Entry], bool]:
        """Notes what was read of a range, and returns the entries that belong to it and whether there is more."""
        with self._changed:
            entries = page.entries
            part.following = page.following or Following()
            more = page.following is not None
            if part.until is not None and entries and entries[-1].key > part.until:
                entries = [entry for entry in entries if entry.key <= part.until]
                more = False
            if page.entries:
                part.read = page.entries[-1].key
            part.pages, part.cuts, part.shared, part.asking = part.pages + 1, 0, 0, False
            self._alphabet.update(*(entry.key for entry in entries[:: max(1, len(entries) // 20)]))
            if not more:
                self._reading.remove(part)
            self._changed.notify_all()
            return entries, more

    def abandon(self) -> None:
        """Ends the listing: nobody gets another range."""
        with self._changed:
            self._abandoned = True
            self._changed.notify_all()

    def cut(self) -> Range | None:
        """Takes half of the range that was cut least and read longest; None where none can be cut now."""
        fewest = 1 if len(self._reading) <= FEW else 2
        for part in sorted(self._reading, key=lambda part: (part.cuts, -part.pages)):
            if part.asking and part.pages >= fewest and part.cuts < CUTS and (middle := self._middle(part)):
                half = Range(part.prefix, self._bucket.after(middle), part.until, middle)
                part.until, part.cuts = middle, part.cuts + 1
                return half
        return None

    def _middle(self, part: Range) -> str | None:
        start = len(part.prefix)
        low, high = part.read[start:], None if part.until is None else part.until[start:]
        middle = ceiling(low, high, part.shared - start) or midpoint(low, high, sorted(self._alphabet))
        return None if middle is None else part.prefix + middle
