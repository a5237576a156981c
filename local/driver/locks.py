"""Locks of the engine: one is removed only if the process that took it is dead."""

import json
import socket
import time
from datetime import datetime
from pathlib import Path

import psutil

from local.errors import ExitCode, LocalError

# A killed engine is gone at once, but the kernel may list it a moment longer.
PATIENCE_SECONDS = 5.0


def remove_stale(folder: Path) -> int:
    """Remove the locks of dead processes and return how many there were.

    Args:
        folder: where the engine's file backend keeps the locks of a stack.

    Raises:
        LocalError: a lock's owner lives, or can't be told because it ran on another machine.
    """
    locks = sorted(folder.glob("*.json")) if folder.is_dir() else []
    for lock in locks:
        try:
            content = json.loads(lock.read_text())
            pid, host, taken = int(content["pid"]), str(content["hostname"]), str(content["timestamp"])
        except (ValueError, KeyError):  # its writer was killed while writing: it never held the lock
            lock.unlink()
            continue
        if host != socket.gethostname():
            raise LocalError(
                f"The stack is locked by process {pid} on {host}; if that ended, remove {lock}.", ExitCode.BUSY
            )
        if not _ends(pid, datetime.fromisoformat(taken).timestamp()):
            raise LocalError(f"The stack is in use by process {pid}; wait for it to end.", ExitCode.BUSY)
        lock.unlink()
    return len(locks)


def owner_lives(pid: int, taken: float) -> bool:
    """Tell whether the process that had this pid at a time (seconds since 1970) is still alive.

    A process that started later only inherited the number.
    """
    try:
        process = psutil.Process(pid)
        return process.create_time() <= taken + 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _ends(pid: int, taken: float) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while owner_lives(pid, taken):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True
