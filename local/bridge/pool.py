"""The provider processes: one for nearly everything, a few more where one would make requests queue."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from local.bridge.terraform import Terraform

# The provider creates functions one after another within a process, each with waits of 5 s. More processes, started
# when first needed, take 250 MB each.
_SERIALISED = frozenset({"aws_lambda_function"})
_EXTRA = 3


class Pool:
    """Configured provider processes.

    Args:
        main: the process that takes all that need not queue.
        start: starts and configures another.
    """

    def __init__(self, main: Terraform, start: Callable[[], Terraform]) -> None:
        self._main = main
        self._start = start
        self._idle: list[Terraform] = [main]
        self._started: list[Terraform] = [main]
        self._busy = threading.BoundedSemaphore(1 + _EXTRA)
        self._lock = threading.Lock()

    @contextmanager
    def use(self, terraform_type: str, *, applying: bool = False) -> Generator[Terraform]:
        """Give a process for one call; calls that would queue within a process get one of their own."""
        if not applying or terraform_type not in _SERIALISED:
            yield self._main
            return
        with self._busy:
            process = self._take()
            try:
                yield process
            finally:
                with self._lock:
                    self._idle.append(process)

    def _take(self) -> Terraform:
        with self._lock:
            if self._idle:
                return self._idle.pop(0)
        started = self._start()
        with self._lock:
            self._started.append(started)
        return started

    def stop(self) -> None:
        """End all processes."""
        with self._lock:
            processes, self._started = self._started, []
        for process in processes:
            process.stop()
