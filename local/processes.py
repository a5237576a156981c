"""How processes are started so that none outlives us."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")


def bound(command: Sequence[str]) -> list[str]:
    """Return the command line that runs `command` and dies with the calling process, even on `kill -9`.

    The caller has to start it itself, from a thread that outlives it.
    """
    return [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), *command]
