"""What the checkouts of a user share: a folder in the user's cache, filled by one process at a time."""

import fcntl
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from local.errors import ExitCode, LocalError

Tell = Callable[[str], None]
"""Shows one line of progress to the user."""


def cache_folder() -> Path:
    """Return this project's folder in the user's cache (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "author-storage"


@contextmanager
def locked(cache: Path, name: str, work: str, tell: Tell) -> Generator[None]:
    """Hold `cache/name.lock`; while another process holds it, say what it does (`work`) and wait.

    Raises:
        LocalError: the folder can't be written to.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        handle = (cache / f"{name}.lock").open("w")
    except OSError as error:
        raise LocalError(
            f"The cache folder {cache} can't be written to ({error.strerror}); set XDG_CACHE_HOME to one that can.",
            ExitCode.TOOL_MISSING,
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"another checkout is {work}; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
