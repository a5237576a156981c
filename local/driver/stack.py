"""The local stack: its state file, its configuration, and its encryption, without a change to the project's own files.

The engine writes a stack's encryption salt into the stack's configuration file. Ours is committed and holds no such
thing, so operations read a copy with the salt (`--config-file`), and commands that have no such option run in a small
project of the same name beside that copy.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from local.driver.engine import Engine
from local.driver.workspace import STACK, Workspace
from local.errors import LocalError

Json = dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    """What the state file says, as last written.

    Attributes:
        resources: every resource with urn, type, id, inputs and outputs.
        pending: operations begun and not known to be done, each with `resource` and `type` (creating, updating, …).
    """

    resources: list[Json]
    pending: list[Json]


class Stack:
    """The stack `local` of a workspace."""

    def __init__(self, workspace: Workspace, engine: Engine) -> None:
        self._workspace = workspace
        self._engine = engine
        self.shadow = workspace.state / "project"
        self.config_file = self.shadow / f"Pulumi.{STACK}.yaml"
        project = cast("Json", yaml.safe_load((workspace.project / "Pulumi.yaml").read_text()))
        self.project_name = str(project["name"])

    @property
    def state_file(self) -> Path:
        """Where the engine's file backend keeps the stack."""
        return self._workspace.backend / ".pulumi" / "stacks" / self.project_name / f"{STACK}.json"

    @property
    def lock_folder(self) -> Path:
        """Where the engine's file backend keeps the stack's locks."""
        return self._workspace.backend / ".pulumi" / "locks" / "organization" / self.project_name / STACK

    def ensure(self) -> None:
        """Make the stack if there is none, and refresh the copy of its configuration."""
        self.shadow.mkdir(parents=True, exist_ok=True)
        (self.shadow / "Pulumi.yaml").write_text(json.dumps({"name": self.project_name, "runtime": "python"}))
        salt = self._salt()
        self._write_configuration(salt)
        if not self.state_file.exists():
            self._run("stack", "init", STACK, "--no-select")
        elif salt is None:
            raise LocalError(
                f"{self.config_file} lost its encryption salt, without which {self.state_file} can't be read. "
                "Run `make down`, which then forgets the stack."
            )

    def read(self) -> Deployment:
        """Read what the stack holds; empty if it was never provisioned."""
        if not self.state_file.exists():
            return Deployment([], [])
        latest: Json = json.loads(self.state_file.read_text())["checkpoint"].get("latest") or {}
        return Deployment(latest.get("resources") or [], latest.get("pending_operations") or [])

    def rewrite(self, deployment: Deployment) -> None:
        """Replace what the stack holds, by the engine's own import, which checks it."""
        exported = cast("Json", json.loads(self._run("stack", "export", "--stack", STACK)))
        exported["deployment"]["resources"] = deployment.resources
        exported["deployment"]["pending_operations"] = deployment.pending
        path = self.shadow / "import.json"
        path.write_text(json.dumps(exported))
        try:
            self._run("stack", "import", "--stack", STACK, "--file", str(path), "--force")
        finally:
            path.unlink()

    def forget(self) -> None:
        """Remove the stack and what its state says, without touching any resource."""
        self._run("stack", "rm", STACK, "--force", "--yes", "--preserve-config")

    def _run(self, *arguments: str) -> str:
        return self._engine.quiet(arguments, self.shadow)

    def _salt(self) -> str | None:
        if not self.config_file.exists():
            return None
        found = re.search(r"^encryptionsalt: (\S+)$", self.config_file.read_text(), re.MULTILINE)
        return found[1] if found else None

    def _write_configuration(self, salt: str | None) -> None:
        committed = self._workspace.project / f"Pulumi.{STACK}.yaml"
        text = committed.read_text() if committed.exists() else ""
        self.config_file.write_text(f"{text.rstrip()}\n" + (f"encryptionsalt: {salt}\n" if salt else ""))
