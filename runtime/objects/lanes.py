"""Between listers and deleters: what is to be deleted, by prefix, since S3 limits the rate of each prefix by itself."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from runtime.objects.entry import Entry
from runtime.objects.pace import Pace

BATCH = 1000
"""Keys in one DeleteObjects request: S3's limit."""

WAITING = 12
"""Full batches that may wait before listers do: memory stays bounded, and deleters have enough to choose from."""


class Batch(NamedTuple):
    """At most `BATCH` entries, whose turn has come, and the pace of their prefix."""

    entries: list[Entry]
    pace: Pace


@dataclass
class _Lane:
    pace: Pace
    entries: list[Entry] = field(default_factory=list[Entry])


class Lanes:
    """Hands out full batches of one prefix each, the one whose turn comes first; at the end, what rests, mixed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, changed: threading.Condition | None = None) -> None:
        """Begins empty.

        Args:
            clock: seconds that only grow.
            changed: what threads wait for.
        """
        self._clock = clock
        self._changed = changed or threading.Condition()
        self._lanes: dict[str, _Lane] = {}
        self._all = Pace(clock)
        self._mixed = _Lane(Pace(clock, self._all))
        self._closed = False

    def add(self, prefix: str, entries: list[Entry]) -> None:
        """Adds entries of a prefix; waits while the deleters have enough to do."""
        with self._changed:
            while self._full() >= WAITING:
                self._changed.wait()
            lane = self._lanes.get(prefix) or self._lanes.setdefault(prefix, _Lane(Pace(self._clock, self._all)))
            lane.entries += entries
            self._changed.notify_all()

    def close(self) -> None:
        """No more will be added: what rests of each prefix goes together."""
        with self._changed:
            self._closed = True
            for lane in self._lanes.values():
                whole = len(lane.entries) // BATCH * BATCH
                self._mixed.entries += lane.entries[whole:]
                del lane.entries[whole:]
            self._changed.notify_all()

    def take(self) -> Batch | None:
        """Waits for a batch and its turn; None once there are no more."""
        with self._changed:
            while True:
                ready = [lane for lane in (*self._lanes.values(), self._mixed) if self._sendable(lane)]
                if not ready and self._closed:
                    return None
                first = min(ready, key=lambda lane: lane.pace.due(), default=None)
                seconds = first.pace.due() if first else None
                if first and not seconds:
                    return self._cut(first)
                self._changed.wait(seconds)

    def _full(self) -> int:
        return sum(len(lane.entries) // BATCH for lane in self._lanes.values())

    def _sendable(self, lane: _Lane) -> bool:
        return len(lane.entries) >= BATCH or (self._closed and bool(lane.entries))

    def _cut(self, lane: _Lane) -> Batch:
        entries = lane.entries[:BATCH]
        del lane.entries[:BATCH]
        lane.pace.reserve(len(entries))
        self._changed.notify_all()
        return Batch(entries, lane.pace)
