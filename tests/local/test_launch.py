import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from local.processes import bound

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]


def test_the_program_runs_with_its_arguments_and_exit_code() -> None:
    done = subprocess.run(
        bound(["sh", "-c", 'echo "$1"; exit 3', "sh", "two words"]), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, "two words\n")


def test_it_does_not_start_for_a_parent_that_has_ended() -> None:
    command = bound(["echo", "started"])
    command[4] = "1"  # as if the process that asked for it were gone, and we had been given to another
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "process 1, which started this one, has ended" in done.stderr


def test_a_child_and_its_child_end_with_a_killed_parent() -> None:
    inner = "from local.processes import bound; import subprocess; {0}subprocess.Popen(bound({1})).wait()"
    sleeper = inner.format("", ["sleep", "600"])
    middle = inner.format("import sys; ", [sys.executable, "-c", sleeper])
    parent = subprocess.Popen([sys.executable, "-c", middle], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    children = _children(parent.pid, 2)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert len(children) == 2
    assert alive == []


def _children(pid: int, number: int) -> list[psutil.Process]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = psutil.Process(pid).children(recursive=True)
        if len(found) == number and found[-1].name() == "sleep":
            return found
        time.sleep(0.05)
    raise AssertionError(f"{number} processes were expected below {pid}")
