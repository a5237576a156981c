import json
import os
import re
import signal
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from local.driver import locks
from local.driver.locks import remove_stale
from local.errors import ExitCode, LocalError


def lock(folder: Path, pid: int, taken: datetime, host: str | None = None) -> Path:
    """Write a lock as the engine's file backend does."""
    path = folder / f"{pid}.json"
    content = {"pid": pid, "username": "root", "hostname": host or socket.gethostname()}
    path.write_text(json.dumps(content | {"timestamp": taken.isoformat().replace("+00:00", "123Z")}))
    return path


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 0.2)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def test_the_lock_of_a_dead_process_is_removed(tmp_path: Path, now: datetime) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    path = lock(tmp_path, dead.pid, now)
    assert remove_stale(tmp_path) == 1
    assert not path.exists()


def test_the_lock_of_a_living_process_stays_and_is_named(tmp_path: Path, now: datetime) -> None:
    path = lock(tmp_path, os.getpid(), now)
    with pytest.raises(LocalError, match=f"in use by process {os.getpid()}; wait") as error:
        remove_stale(tmp_path)
    assert path.exists()
    assert error.value.code == ExitCode.BUSY


def test_a_living_process_that_only_inherited_the_number_holds_nothing(tmp_path: Path) -> None:
    started = datetime.fromtimestamp(psutil.Process().create_time(), UTC)
    path = lock(tmp_path, os.getpid(), started - timedelta(hours=1))
    assert remove_stale(tmp_path) == 1
    assert not path.exists()


def test_a_process_that_ends_while_we_look_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE_SECONDS", 60)
    ending = subprocess.Popen(["sleep", "600"])

    def ended_meanwhile(_seconds: float) -> None:
        ending.kill()
        ending.wait()

    monkeypatch.setattr("time.sleep", ended_meanwhile)
    lock(tmp_path, ending.pid, datetime.now(UTC))
    assert remove_stale(tmp_path) == 1
    assert ending.returncode == -signal.SIGKILL, "it was looked at while it lived"


def test_a_lock_of_another_machine_is_never_removed(tmp_path: Path, now: datetime) -> None:
    path = lock(tmp_path, 1, now, "elsewhere")
    with pytest.raises(LocalError, match=re.escape(f"by process 1 on elsewhere; if that ended, remove {path}.")):
        remove_stale(tmp_path)
    assert path.exists()


def test_a_half_written_lock_is_removed(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text('{"pid": 12')
    assert remove_stale(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_stack_never_locked_has_no_folder(tmp_path: Path) -> None:
    assert remove_stale(tmp_path / "absent") == 0
