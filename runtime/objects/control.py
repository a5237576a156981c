"""What ends a run before the bucket is empty: the deadline, the stop parameter, a limit, or an error that stays."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum

FRESH = 1.0
"""Seconds for which the stop parameter's value is believed: a stop reaches every deleter within a second, before its
next batch. SSM allows an account some 40 readings a second, which batches at full speed would use up alone."""

GO = "run"
"""The only value of the stop parameter with which deleters go on. Any other, and one that can't be read, stops them."""


class Reason(StrEnum):
    """Why a run ended early."""

    DEADLINE = "deadline"
    STOPPED = "stopped"
    MAX_DELETES = "max_deletes"
    MISCOUNT = "miscount"
    ERROR = "error"
    ENOUGH = "enough"


class Control:
    """Asked by every thread before each page and each batch; the first reason to end stays."""

    def __init__(
        self,
        *,
        deadline: float,
        stop_value: Callable[[], str],
        max_deletes: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Sets the limits of a run.

        Args:
            deadline: moment on `clock` after which nothing new begins.
            stop_value: reads the stop parameter.
            max_deletes: how many deletes may be sent; None for no limit.
            clock: seconds that only grow.
        """
        self._deadline = deadline
        self._stop_value = stop_value
        self._budget = max_deletes
        self._clock = clock
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._wake = threading.Event()
        self._reason: Reason | None = None
        self._exhausted = False
        self.error: Exception | None = None

    def ended(self) -> bool:
        """Whether to begin nothing new."""
        return self.cut_short() or self._exhausted

    def cut_short(self) -> bool:
        """Whether to drop even what has been granted and is not sent yet."""
        with self._lock:
            if self._reason is None and self._clock() >= self._deadline:
                self._end(Reason.DEADLINE)
            if self._reason is None and self._clock() - self._read_at >= FRESH:
                self._read_stop()
            return self._reason is not None

    @property
    def reason(self) -> Reason | None:
        """Why the run ended early; None where it did not. A limit that is used up ends more than the deadline does."""
        if self._reason is Reason.DEADLINE and self._budget == 0:
            return Reason.MAX_DELETES
        return self._reason or (Reason.MAX_DELETES if self._exhausted else None)

    @property
    def remainder(self) -> int | None:
        """How many deletes of the limit are not used up; None where there is no limit."""
        return self._budget

    def fail(self, error: Exception) -> None:
        """Ends the run by an error that no repetition heals; the first one is kept."""
        with self._lock:
            self.error = self.error or error
            if self._reason is None:
                self._end(Reason.ERROR)

    def miscounted(self, error: Exception) -> None:
        """Makes the run a failure whatever else ended it: its numbers can't be believed."""
        with self._lock:
            self.error = error
            self._end(Reason.MISCOUNT)

    def enough(self) -> None:
        """Ends the run because what was to be learned is known."""
        with self._lock:
            if self._reason is None:
                self._end(Reason.ENOUGH)

    def grant(self, deletes: int) -> int:
        """How many of so many deletes may be sent; fewer than asked means that the limit is reached."""
        with self._lock:
            if self._budget is None:
                return deletes
            granted = min(deletes, self._budget)
            self._budget -= granted
            self._exhausted = self._exhausted or granted < deletes
            return granted

    def give_back(self, deletes: int) -> None:
        """So many were granted, and certainly not carried out: another run may use them."""
        with self._lock:
            if self._budget is not None:
                self._budget += deletes

    def sleep(self, seconds: float) -> None:
        """Waits, but no longer than the run lasts."""
        if seconds > 0:
            self._wake.wait(min(seconds, max(0.0, self._deadline - self._clock())))

    def _read_stop(self) -> None:
        try:
            stopped = self._stop_value() != GO
        except Exception as error:  # whatever the reason: a stop that cannot be read is a stop
            self.error = error
            self._end(Reason.ERROR)
            return
        self._read_at = self._clock()
        if stopped:
            self._end(Reason.STOPPED)

    def _end(self, reason: Reason) -> None:
        self._reason = reason
        self._wake.set()
