"""How fast keys may be deleted: as fast as it goes, until S3 says slow down."""

import threading
import time
from collections.abc import Callable

LOWEST = 3500.0
"""Keys a second that S3 grants one prefix; below that, waiting longer before each repetition is enough."""

_DECREASE = 0.7
_INCREASE = 1.05
_ONE_COMPLAINT = 0.5
_SECOND = 1.0


class Pace:
    """A rate shared by deleters: unlimited at first, cut at each `throttled`, raised by each second without one.

    S3 limits each of its partitions: mostly a prefix, but a bucket that is seldom written has one for all. So the pace
    of a prefix has one of all prefixes above it, which hears of complaints that the prefix alone can't explain.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, above: "Pace | None" = None) -> None:
        self._clock = clock
        self._above = above
        self._lock = threading.Lock()
        self._rate: float | None = None
        self._next = 0.0
        self._began = clock()
        self._accepted = 0
        self._changed = self._began

    @property
    def rate(self) -> float | None:
        """Keys a second allowed now; None while there is no limit."""
        return self._rate

    def due(self) -> float:
        """Seconds until the next keys may be sent; 0 for now."""
        above = self._above.due() if self._above else 0.0
        return above if self._rate is None else max(above, self._next - self._clock())

    def reserve(self, keys: int) -> float:
        """Takes the next turn for so many keys, and returns the seconds to wait for it."""
        above = self._above.reserve(keys) if self._above else 0.0
        with self._lock:
            if self._rate is None:
                return above
            now = self._clock()
            at = max(self._next, now)
            self._next = at + keys / self._rate
            return max(above, at - now)

    def accepted(self, keys: int) -> None:
        """S3 deleted so many keys without complaint."""
        if self._above:
            self._above.accepted(keys)
        with self._lock:
            self._accepted += keys
            if self._rate is not None and self._clock() - self._changed >= _SECOND:
                self._rate *= _INCREASE
                self._changed = self._clock()

    def throttled(self, *, again: bool = False) -> None:
        """S3 asked to slow down. Complaints within half a second are one complaint.

        Args:
            again: whether it asked so of the same keys before, though they waited for their turn.
        """
        if again and self._above and self._rate == LOWEST:
            self._above.throttled()
        with self._lock:
            now = self._clock()
            if self._rate is None:
                self._rate = max(LOWEST, _DECREASE * self._accepted / max(now - self._began, 0.1))
            elif now - self._changed >= _ONE_COMPLAINT:
                self._rate = max(LOWEST, _DECREASE * self._rate)
            else:
                return
            self._changed = now
            self._next = max(self._next, now)
