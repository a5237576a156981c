"""What stands in for GitHub's actions, its CLI and AWS when a workflow is played here."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.account.daemon import Account
from tests.workflows.player import ROOT, ActionError, Double, Runner

REPOSITORY = "company/author-storage"
RUNNERS_PATH = ("/usr/local/bin", "/usr/bin", "/bin")
WRITABLE = {"pull-requests": ("issues/7/comments", "issues/comments"), "issues": ("issues",)}
"""Permission of a job → what its token may write to, with pull request 7."""


def copied(target: Path) -> Path:
    """Copies the files of this checkout that git knows or would add, and stands in for a filled environment.

    `.venv` is this checkout's own, so `make environment` finds it done: what fills it needs a package index.
    """
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / ".venv").symlink_to(ROOT / ".venv")
    return target


def checkout(source: Path) -> Double:
    """`actions/checkout`: puts a copy of a folder into the workspace."""

    def double(runner: Runner, _: Mapping[str, str]) -> None:
        assert runner.permissions.get("contents") == "read", "checking out needs `contents: read`"
        shutil.copytree(source, runner.workspace, symlinks=True, dirs_exist_ok=True)

    return double


def setup_python(runner: Runner, _: Mapping[str, str]) -> None:
    """`actions/setup-python`: puts this Python, without the packages of any environment, first on PATH."""
    runner.path.insert(0, str(Path(sys.base_prefix) / "bin"))


def credentials(accounts: Mapping[str, Account], provider: Mapping[str, str]) -> Double:
    """`aws-actions/configure-aws-credentials`: sets AWS_* to the embedded account that a role belongs to.

    Args:
        accounts: ARN of a role → its account; any other role can't be assumed.
        provider: variables that lead the engine to the provider which serves embedded accounts; AWS needs none.
    """

    def double(runner: Runner, options: Mapping[str, str]) -> None:
        assert runner.permissions.get("id-token") == "write", "assuming a role needs `id-token: write`"
        account = accounts.get(options["role-to-assume"])
        if account is None:
            raise ActionError("Not authorized to perform sts:AssumeRoleWithWebIdentity")
        runner.environment |= account.environment() | dict(provider)

    return double


@dataclass(frozen=True)
class GitHub:
    """The repository's posts, and the CLI that reads and writes them.

    Attributes:
        folder: where both are kept.
    """

    folder: Path

    def install(self, job: Mapping[str, Any], posts: Mapping[str, list[dict[str, Any]]]) -> Path:
        """Puts `gh` into a folder for PATH.

        Args:
            job: whose permissions decide what may be written.
            posts: what stands there already: `issues/7/comments` or `issues` → posts.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        named = {f"repos/{REPOSITORY}/{name}": items for name, items in posts.items()}
        writable = [name for p, names in WRITABLE.items() if job["permissions"].get(p) == "write" for name in names]
        kept = {"posts": named, "may_write": [f"repos/{REPOSITORY}/{name}" for name in writable]}
        (self.folder / "state.json").write_text(json.dumps(kept))
        command = self.folder / "bin" / "gh"
        command.parent.mkdir(exist_ok=True)
        stub = Path(__file__).with_name("gh.py")
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{stub}" "{self.folder / "state.json"}" "$@"\n')
        command.chmod(0o755)
        return command.parent

    def posts(self, name: str) -> list[dict[str, Any]]:
        """The posts of a name, in the order they were made."""
        return json.loads((self.folder / "state.json").read_text())["posts"].get(f"repos/{REPOSITORY}/{name}", [])
