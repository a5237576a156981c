"""What an operator has set up before the workflows run: accounts, a backend, stacks, and the settings of both.

The stacks' account ids are placeholders that everybody has to replace; here by the embedded account's. Each stack has
an embedded account of its own, with a role that the workflows take on.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console

from local.account import daemon as accounts
from local.account.daemon import Account
from local.account.record import ACCOUNT_ID
from local.account.server import OWNER_VARIABLE
from local.driver.session import find_toolchain
from local.driver.workspace import Workspace, engine_environment
from local.toolchain.install import Toolchain
from tests.workflows.doubles import REPOSITORY, RUNNERS_PATH, GitHub, checkout, copied, credentials, setup_python
from tests.workflows.player import ROOT, Json, Runner

os.environ[OWNER_VARIABLE] = str(os.getpid())  # accounts end with the tests, even if these are killed

PASSPHRASE = "correct horse battery staple"
STACKS = {"staging": "222222222222", "prod": "111111111111"}


@dataclass(frozen=True)
class Company:
    """Everything outside the repository.

    Attributes:
        folder: of all that is kept.
        source: the repository's files, settings filled in.
        toolchain: Pulumi's CLI and language host.
        provider: variables that lead the engine to the provider, and would not be needed for AWS.
        accounts: stack → its account.
    """

    folder: Path
    source: Path
    toolchain: Toolchain
    provider: Mapping[str, str]
    accounts: Mapping[str, Account]

    @property
    def backend(self) -> str:
        """PULUMI_BACKEND_URL."""
        return f"file://{self.folder / 'backend'}"

    def runner(self, folder: Path, github: GitHub, contexts: Json, source: Path | None = None) -> Runner:
        """A runner's machine with Pulumi on PATH, as GitHub's have it.

        Args:
            folder: for all that it keeps.
            github: where it reads and writes posts.
            contexts: `vars`, `secrets`, `matrix`, `github.event`.
            source: the files that are checked out, if others than the repository's.
        """
        roles = {role(stack): account for stack, account in self.accounts.items()}
        known = {"repository": REPOSITORY, "token": "a token of this run"}
        return Runner(
            folder,
            [str(github.folder / "bin"), str(self.toolchain.pulumi.parent), *RUNNERS_PATH],
            {**contexts, "github": known | contexts.get("github", {})},
            {
                "actions/checkout": checkout(source or self.source),
                "actions/setup-python": setup_python,
                "aws-actions/configure-aws-credentials": credentials(roles, self.provider),
            },
        )

    def pulumi(self, stack: str, *arguments: str) -> None:
        """Runs Pulumi as the operator does."""
        environment = os.environ | self.accounts[stack].environment() | dict(self.provider)
        environment |= {"PULUMI_BACKEND_URL": self.backend, "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
        command = [str(self.toolchain.pulumi), "--non-interactive", *arguments]
        done = subprocess.run(command, cwd=self.source, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def role(stack: str) -> str:
    """ARN of the role that a workflow takes on for a stack."""
    return f"arn:aws:iam::{ACCOUNT_ID}:role/{stack}"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """The company, with both stacks made and nothing in them."""
    folder = tmp_path_factory.mktemp("company")
    source = copied(folder / "source")
    for stack, placeholder in STACKS.items():
        file = source / f"Pulumi.{stack}.yaml"
        file.write_text(file.read_text().replace(placeholder, ACCOUNT_ID))
    workspace = Workspace(ROOT, folder / "state")
    workspace.prepare()
    toolchain = find_toolchain(workspace, Console(quiet=True), tell=False)
    needed = engine_environment(workspace, toolchain, None, {})
    provider = {name: needed[name] for name in ("PULUMI_HOME", "AUTHOR_STORAGE_BRIDGE_STATE") if name in needed}
    (folder / "backend").mkdir()
    try:
        started = {stack: accounts.ensure(folder / stack) for stack in STACKS}
        made = Company(folder, source, toolchain, provider, started)
        for stack in STACKS:
            made.pulumi(stack, "stack", "init", stack)
        yield made
    finally:
        for stack in STACKS:
            accounts.stop(folder / stack)
