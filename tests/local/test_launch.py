import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from local.processes import bound

pytestmark = pytest.mark.process

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60.0


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
    inner = "from local.processes import bound; import subprocess; subprocess.Popen(bound({0})).wait()"
    sleeper = inner.format(["sh", "-c", "echo runs; exec sleep 600"])
    middle = inner.format([sys.executable, "-c", sleeper])
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-c", middle], env=environment, stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    assert parent.stdout.readline() == "runs\n"
    children = psutil.Process(parent.pid).children(recursive=True)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=LIMIT)
    assert len(children) == 2
    assert alive == []
