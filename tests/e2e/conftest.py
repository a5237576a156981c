"""Estates for tests that drive the real Pulumi CLI.

`local_stack` is the project's own estate, provisioned once a session in a state folder of its own. `Estate.pulumi` runs
any command of Pulumi on it, `Estate.local` any of `python -m local`.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from local.account.server import OWNER_VARIABLE
from tests.e2e.estates import ROOT, SMALL, Done, Estate

os.environ[OWNER_VARIABLE] = str(os.getpid())  # what tests start ends with them, even if they are killed


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """The project's estate, provisioned; its state may be changed by a test that puts it back."""
    estate = Estate(ROOT, tmp_path_factory.mktemp("estate"))
    for module in ("functions.packaging", "declared"):  # as `make` does before `up`
        subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=True, capture_output=True)
    try:
        estate.local("up")
        yield estate
    finally:
        estate.local("down")


@pytest.fixture(scope="session")
def run_pulumi(local_stack: Estate) -> Callable[..., Done]:
    """Run `pulumi …` on the project's estate: `run_pulumi("stack", "output", "--json", check=True)`."""
    return local_stack.pulumi


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Estate]]:
    """Make estates of the small program, each of its own checkout and account; they end with the module."""
    made: list[Estate] = []

    def make(name: str) -> Estate:
        project = tmp_path_factory.mktemp(name)
        for file in SMALL.iterdir():
            if file.is_file():
                text = file.read_text().replace("../../../.venv", str(ROOT / ".venv"))
                (project / file.name).write_text(text)
        made.append(Estate(project, project / ".local"))
        return made[-1]

    yield make
    for estate in made:
        estate.drop()


@pytest.fixture(scope="session")
def start() -> Callable[[Sequence[str]], "subprocess.Popen[str]"]:
    """Start a command in a process group of its own, as a terminal does."""

    def begin(command: Sequence[str]) -> "subprocess.Popen[str]":
        environment = {name: value for name, value in os.environ.items() if name != "MAKELEVEL"}
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )

    return begin
