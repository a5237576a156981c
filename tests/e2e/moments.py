"""Signals sent to `up` while its engine waits at a known moment."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager

from rich.console import Console

from local.driver.session import find_toolchain
from local.driver.workspace import Workspace
from tests.e2e.estates import ROOT, Estate
from tests.e2e.waiting_provider import MOMENT, PORT

Start = Callable[[Sequence[str]], "subprocess.Popen[str]"]
LIMIT = 300.0
"""Seconds after which a moment that has not come never will."""

SCRIPT = """\
#!{python}
import os, runpy, sys
os.environ |= {settings!r}
sys.path.insert(0, {root!r})
runpy.run_module("tests.e2e.waiting_provider", run_name="__main__")
"""


def signalled(
    estate: Estate, start: Start, moment: str, number: signal.Signals, command: Sequence[str] | None = None
) -> int:
    """Start `up`, or a command that does, signal it at a moment (see `waiting_provider`), and return how it ended."""
    with socket.create_server(("127.0.0.1", 0)) as listener, _waiting(estate, moment, listener.getsockname()[1]):
        process = start(command or estate.command("up"))
        ended = os.pidfd_open(process.pid)
        ready, _, _ = select.select([listener, ended], [], [], LIMIT)
        os.close(ended)
        process.send_signal(number if listener in ready else signal.SIGKILL)
        said, _ = process.communicate()
        assert listener in ready, f"`up` did not come to the moment {moment!r}: {said}"
    return process.returncode


@contextmanager
def _waiting(estate: Estate, moment: str, port: int) -> Generator[None]:
    """Have the provider that waits serve the estate, by the project's own setting of where a plugin is."""
    toolchain = find_toolchain(Workspace(estate.project, estate.state), Console(quiet=True), tell=False)
    settings = {MOMENT: moment, PORT: str(port), "AUTHOR_STORAGE_TF_PROVIDER": str(toolchain.provider.binary)}
    plugin = estate.project / "waiting" / "pulumi-resource-aws"
    plugin.parent.mkdir(exist_ok=True)
    plugin.write_text(SCRIPT.format(python=sys.executable, settings=settings, root=str(ROOT)))
    plugin.chmod(0o755)
    project = estate.project / "Pulumi.yaml"
    before = project.read_text()
    project.write_text(f"{before}plugins:\n  providers:\n    - name: aws\n      path: ./{plugin.parent.name}\n")
    yield
    project.write_text(before)
