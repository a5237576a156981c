"""What ends a run before the bucket is empty: the deadline, the stop parameter, a limit, or an error that stays."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum

from runtime.objects.switch import Switch


class Reason(StrEnum):
    """Why a run ended early, or is a failure."""

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
        switch: Switch | None = None,
        max_deletes: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        wake: threading.Event | None = None,
    ) -> None:
        """Sets the limits of a run.

        Args:
            deadline: moment on `clock` after which nothing new begins.
            switch: says whether deleters may go on; None for a run that deletes nothing.
            max_deletes: how many deletes may be sent; None for no limit.
            clock: seconds that only grow.
            wake: set at the run's end; whoever sleeps waits for it.
        """
        self._deadline = deadline
        self._switch = switch
        self._budget = max_deletes
        self._clock = clock
        self._lock = threading.Lock()
        self._wake = wake or threading.Event()
        self._reason: Reason | None = None
        self._exhausted = False
        self.error: Exception | None = None

    def ended(self) -> bool:
        """Whether to begin nothing new."""
        return self.cut_short() or self._exhausted

    def cut_short(self) -> bool:
        """Whether to drop even what has been granted and is not sent yet."""
        if self._reason is None and self._clock() >= self._deadline:
            self._end(Reason.DEADLINE)
        if self._reason is None and self._switch:
            self._ask(self._switch)
        return self._reason is not None

    @property
    def reason(self) -> Reason | None:
        """Why the run ended early or failed; None where it did neither.

        A limit that is used up ends more than the deadline does.
        """
        if self._reason is Reason.DEADLINE and self._budget == 0:
            return Reason.MAX_DELETES
        if self._reason in {None, Reason.ENOUGH} and self.error:
            return Reason.ERROR
        return self._reason or (Reason.MAX_DELETES if self._exhausted else None)

    @property
    def remainder(self) -> int | None:
        """How many deletes of the limit are not used up; None where there is no limit."""
        return self._budget

    def fail(self, error: Exception) -> None:
        """Ends the run by an error that no repetition heals; the first one is kept."""
        self.blame(error)
        self._end(Reason.ERROR)

    def blame(self, error: Exception) -> None:
        """Makes the run a failure, but lets it go on: what failed concerns only a part. The first error is kept."""
        with self._lock:
            self.error = self.error or error

    def miscounted(self, error: Exception) -> None:
        """Makes the run a failure whatever else ended it: its numbers can't be believed."""
        with self._lock:
            self.error, self._reason = error, Reason.MISCOUNT
        self._wake.set()

    def enough(self) -> None:
        """Ends the run because what was to be learned is known."""
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

    def _ask(self, switch: Switch) -> None:
        try:
            going = switch.says_go()
        except Exception as error:
            self.fail(error)
            return
        if not going:
            self._end(Reason.STOPPED)

    def _end(self, reason: Reason) -> None:
        with self._lock:
            self._reason = self._reason or reason
        self._wake.set()
