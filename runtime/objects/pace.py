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
    """A rate shared by all deleters: unlimited at first, cut at each `throttled`, raised by each second without one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
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
        return 0.0 if self._rate is None else max(0.0, self._next - self._clock())

    def reserve(self, keys: int) -> float:
        """Takes the next turn for so many keys, and returns the seconds to wait for it."""
        with self._lock:
            if self._rate is None:
                return 0.0
            now = self._clock()
            at = max(self._next, now)
            self._next = at + keys / self._rate
            return at - now

    def accepted(self, keys: int) -> None:
        """S3 deleted so many keys without complaint."""
        with self._lock:
            self._accepted += keys
            if self._rate is not None and self._clock() - self._changed >= _SECOND:
                self._rate *= _INCREASE
                self._changed = self._clock()

    def throttled(self) -> None:
        """S3 asked to slow down. Complaints within half a second are one complaint."""
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
