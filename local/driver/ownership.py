"""One command at a time changes an estate: a file lock that ends with its process, however that ends."""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from local.errors import ExitCode, LocalError


@contextmanager
def owned(state: Path) -> Generator[None]:
    """Hold the estate's lock.

    Raises:
        LocalError: another process holds it.
    """
    with (state / "driver.lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            owner = handle.read().strip() or "unknown"
            raise LocalError(
                f"Process {owner} is working on this estate ({state}); wait for it to end.", ExitCode.BUSY
            ) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
