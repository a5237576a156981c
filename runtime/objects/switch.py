"""The stop parameter's value, read by one thread at a time and believed for a second."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

FRESH = 1.0
"""Seconds for which a value is believed: a stop reaches every deleter within a second, before its next batch. SSM
allows an account some 40 readings a second, which batches at full speed would use up alone."""

GO = "run"
"""The only value of the stop parameter with which deleters go on. Any other, and one that can't be read, stops them."""


class Switch:
    """Asked by many threads; whoever finds the value stale reads it, and the others wait for that reading."""

    def __init__(self, read: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        """Reads nothing yet.

        Args:
            read: reads the parameter; it must end by itself, as everybody waits for it.
            clock: seconds that only grow.
        """
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._reading: Future[bool] | None = None
        self._value = False
        self._read_at = float("-inf")

    def says_go(self) -> bool:
        """Whether deleters may go on.

        Raises:
            Exception: whatever kept the parameter from being read.
        """
        with self._lock:
            if self._clock() - self._read_at < FRESH:
                return self._value
            mine = self._reading is None
            reading = self._reading = self._reading or Future[bool]()
        if mine:
            self._settle(reading)
        return reading.result()

    def _settle(self, reading: Future[bool]) -> None:
        began = self._clock()
        try:
            value = self._read() == GO
        except BaseException as error:
            with self._lock:
                self._reading = None
            reading.set_exception(error)
            return
        with self._lock:
            self._value, self._read_at, self._reading = value, began, None
        reading.set_result(value)
