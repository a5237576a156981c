"""Become another program that is killed as soon as its parent ends: `launch.py PARENT_PID PROGRAM [ARGUMENT …]`.

Linux keeps the request across exec, so it works for programs that know nothing of it. Only the standard library is
imported: this runs as `python -I -S` in front of each process we start, and must cost nothing. The signal is sent when
the *thread* that started us ends, so callers start processes from a thread that stays.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Ask Linux to kill this process when the parent ends; exit at once if it has ended already."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(f"process {parent}, which started this one, has ended")


if __name__ == "__main__":
    die_with_parent(int(sys.argv[1]))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - becoming that program is the purpose
