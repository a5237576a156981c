"""The bridge as a process: it says where it listens, and leaves nothing behind."""

import signal
from pathlib import Path

import psutil
import pytest

from local.account.daemon import Account
from tests.local.bridge.conftest import running, start

pytestmark = pytest.mark.account
LIMIT = 60.0


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return those that do not end."""
    return psutil.wait_procs(processes, timeout=LIMIT)[1]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_provider_ends_with_the_bridge(account: Account, tmp_path: Path, number: signal.Signals) -> None:
    bridge = start(account.endpoint, tmp_path)
    assert bridge.stdout
    assert int(bridge.stdout.readline()) > 0
    children = psutil.Process(bridge.pid).children(recursive=True)
    assert children
    bridge.send_signal(number)
    bridge.wait(LIMIT)
    assert alive(children) == []


def test_the_bridge_ends_with_its_parent(account: Account, tmp_path: Path) -> None:
    shell = start(account.endpoint, tmp_path, parent=True)
    assert shell.stdout
    assert int(shell.stdout.readline()) > 0
    family = psutil.Process(shell.pid).children(recursive=True)
    assert len(family) == 2
    shell.kill()
    shell.wait(LIMIT)
    assert alive(family) == []


def test_cancel_ends_the_provider_and_removes_its_socket(account: Account, tmp_path: Path) -> None:
    with running(account, tmp_path) as engine:
        (provider,) = psutil.Process(engine.process.pid).children(recursive=True)
        sockets = Path(provider.environ()["PLUGIN_UNIX_SOCKET_DIR"])
        assert sockets.exists()
    assert alive([provider]) == []
    assert not sockets.exists()
