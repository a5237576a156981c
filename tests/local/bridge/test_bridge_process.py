"""The bridge as a process: it says where it listens, and leaves nothing behind."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from local.account import Account
from tests.local.bridge.conftest import running, start

pytestmark = pytest.mark.account
SECONDS = 10.0


def gone(processes: list[psutil.Process]) -> bool:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_provider_ends_with_the_bridge(account: Account, tmp_path: Path, number: signal.Signals) -> None:
    bridge = start(account.endpoint, tmp_path)
    assert bridge.stdout
    assert int(bridge.stdout.readline()) > 0
    children = psutil.Process(bridge.pid).children(recursive=True)
    assert children
    bridge.send_signal(number)
    bridge.wait(SECONDS)
    assert gone(children)


def test_the_bridge_ends_with_its_parent(account: Account, tmp_path: Path) -> None:
    shell = start(account.endpoint, tmp_path, parent=True)
    assert shell.stdout
    assert int(shell.stdout.readline()) > 0
    family = psutil.Process(shell.pid).children(recursive=True)
    assert len(family) == 2
    shell.kill()
    shell.wait(SECONDS)
    assert gone(family)


def test_cancel_ends_the_provider_and_removes_its_socket(account: Account, tmp_path: Path) -> None:
    with running(account, tmp_path) as engine:
        (provider,) = psutil.Process(engine.process.pid).children(recursive=True)
        sockets = Path(provider.environ()["PLUGIN_UNIX_SOCKET_DIR"])
        assert sockets.exists()
    assert gone([provider])
    assert not sockets.exists()
