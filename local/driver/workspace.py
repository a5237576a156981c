"""Where everything of one checkout's estate is kept, and the environment its tools run in."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.account.daemon import Account
from local.errors import ExitCode, LocalError
from local.toolchain.install import ROOT, Toolchain

STACK = "local"
# Whoever holds settings of a real account must not reach it by accident.
AMBIENT = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


@dataclass(frozen=True)
class Workspace:
    """The folders of one estate.

    Attributes:
        project: folder of Pulumi.yaml and Pulumi.local.yaml.
        state: folder of everything that is kept; by default `.local` of the project.
    """

    project: Path = ROOT
    state: Path = ROOT / ".local"

    @property
    def home(self) -> Path:
        """PULUMI_HOME: CLI, language host, provider."""
        return self.state / "pulumi"

    @property
    def backend(self) -> Path:
        """Where the engine keeps the state of the stack."""
        return self.state / "backend"

    @property
    def account(self) -> Path:
        """Record and log of the account."""
        return self.state / "account"

    @property
    def logs(self) -> Path:
        """One file an operation, of all the engine said."""
        return self.state / "logs"

    @property
    def provider(self) -> Path:
        """Record of the provider that the estate is made with."""
        return self.state / "provider"

    @property
    def passphrase(self) -> Path:
        """What secrets in the state are encrypted with."""
        return self.state / "passphrase"

    def prepare(self) -> None:
        """Make the folders and the passphrase.

        Raises:
            LocalError: the state folder can't be written to.
        """
        try:
            for folder in (self.home, self.backend, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
            (self.state / ".writable").touch()
            if not self.passphrase.exists():
                handle = os.open(self.passphrase, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(secrets.token_urlsafe(32))
        except OSError as error:
            raise LocalError(
                f"{self.state} can't be written to ({error.strerror}); the estate's state is kept there. "
                "Clone the project to a folder you can write to.",
                ExitCode.CHECKOUT_UNUSABLE,
            ) from error


def engine_environment(
    workspace: Workspace, toolchain: Toolchain, account: Account | None, base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the whole environment of a `pulumi` process.

    Args:
        workspace: the estate's folders.
        toolchain: what runs the program.
        account: where resources are made; None for commands that need none.
        base: the environment to start from; by default this process's.
    """
    ambient = os.environ if base is None else base
    settings = {
        name: value
        for name, value in ambient.items()
        if name not in AMBIENT and not name.startswith(("PULUMI_", "AWS_ENDPOINT_URL"))
    }
    settings |= {
        "PULUMI_BACKEND_URL": f"file://{workspace.backend}",
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(workspace.passphrase),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",  # or a language host on PATH comes before the one we say is used
        "PULUMI_DEBUG_COMMANDS": "true",  # makes `--event-log` known, as the Automation API does
        "AUTHOR_STORAGE_BRIDGE_STATE": str(workspace.state / "bridge"),
    }
    if toolchain.provider.binary:
        settings["PULUMI_HOME"] = str(workspace.home)
        settings["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    elif "PULUMI_HOME" in ambient:  # where the official plugin was found
        settings["PULUMI_HOME"] = ambient["PULUMI_HOME"]
    return settings | (account.environment() if account else {})
