"""An estate on an embedded account of its own, as tests drive it."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import psutil

from local.account import daemon as accounts
from local.account.record import ROOT_ACCESS_KEY, ROOT_SECRET

ROOT = Path(__file__).resolve().parents[2]
SMALL = Path(__file__).with_name("small")
Done = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Estate:
    """An estate on an embedded account of its own.

    Attributes:
        project: folder of Pulumi.yaml.
        state: folder where the account, the stack's state and the logs are.
    """

    project: Path
    state: Path

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of `python -m local …` for this estate."""
        at = arguments.index("--") if "--" in arguments else len(arguments)
        where = ["--project", str(self.project), "--state", str(self.state)]
        return [sys.executable, "-m", "local", *arguments[:at], *where, *arguments[at:]]

    def local(self, *arguments: str, check: bool = True) -> Done:
        """Run `python -m local …`; with `check`, a failure is the test's."""
        done = subprocess.run(self.command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise AssertionError(f"{arguments} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def pulumi(self, *arguments: str, check: bool = True) -> Done:
        """Run `pulumi …` on the local stack."""
        return self.local("pulumi", "--", *arguments, check=check)

    @property
    def endpoint(self) -> str:
        """Where the account listens."""
        return str(self._account()["endpoint"])

    @property
    def account_pid(self) -> int:
        """The account's process."""
        return int(self._account()["pid"])

    def _account(self) -> dict[str, Any]:
        return json.loads((self.state / "account" / "account.json").read_text())

    def client(self, service: str) -> Any:
        """Return a boto3 client of the account."""
        make = cast("Callable[..., Any]", cast("Any", boto3).client)
        keys = {"aws_access_key_id": ROOT_ACCESS_KEY, "aws_secret_access_key": ROOT_SECRET}
        return make(service, endpoint_url=self.endpoint, region_name="us-east-1", **keys)

    def drop(self) -> None:
        """Stop the account, and with it all that stands there: quicker than `down`."""
        accounts.stop(self.state / "account")

    def deployment(self) -> dict[str, Any]:
        """Return what the stack's state holds."""
        return json.loads(self.pulumi("stack", "export").stdout)["deployment"]

    def processes(self) -> list[psutil.Process]:
        """List the processes that work for this estate, the account's server among them.

        Plugins are told by their environment, as their command lines do not name the estate. Pulumi's own language
        host is left out: once its engine is killed it serves nobody, and looks for the engine every five minutes.
        """
        wanted = str(self.state)
        return [process for process in psutil.process_iter() if wanted in _traces(process)]


def _traces(process: psutil.Process) -> str:
    """Return what tells for whom a process works; nothing for one that has ended."""
    try:
        if process.name() == "pulumi-language-python":  # ours is called python
            return ""
        environment = process.environ()
        return " ".join(
            [*process.cmdline(), environment.get("PULUMI_HOME", ""), environment.get("PULUMI_BACKEND_URL", "")]
        )
    except psutil.Error:
        return ""
