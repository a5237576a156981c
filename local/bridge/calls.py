"""The calls under way: what is being made is made, and told, before the provider ends."""

import threading
from collections.abc import Generator
from contextlib import contextmanager

PATIENCE_SECONDS = 120.0
"""Longer than anything takes to be made in the account on this machine."""


class Calls:
    """Counts calls, so that their end can be waited for."""

    def __init__(self) -> None:
        self._under_way = 0
        self._changed = threading.Condition()

    @contextmanager
    def counted(self) -> Generator[None]:
        """Count one call while it lasts."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def ended(self, patience: float = PATIENCE_SECONDS) -> bool:
        """Wait until no call is under way, for so many seconds at most; say whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, patience)
