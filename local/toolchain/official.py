"""Pulumi's own AWS plugin, where the user's Pulumi keeps its plugins."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from local.errors import ExitCode, LocalError
from local.processes import bound
from local.toolchain.cache import Tell


def home(environment: Mapping[str, str]) -> Path:
    """Return the user's PULUMI_HOME."""
    return Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")


def installed(version: str, environment: Mapping[str, str]) -> Path | None:
    """Return the plugin if it is there in this version."""
    plugin = home(environment) / "plugins" / f"resource-aws-v{version}" / "pulumi-resource-aws"
    return plugin if plugin.is_file() else None


def install(pulumi: Path, version: str, environment: Mapping[str, str], tell: Tell) -> None:
    """Have the CLI download the plugin (170 MB, 900 MB unpacked); it makes it whole or not at all.

    Raises:
        LocalError: it could not.
    """
    tell(f"downloading Pulumi's AWS plugin {version} into {home(environment) / 'plugins'}")
    command = [str(pulumi), "plugin", "install", "resource", "aws", version]
    variables = {**environment, "PULUMI_HOME": str(home(environment)), "PULUMI_SKIP_UPDATE_CHECK": "true"}
    done = subprocess.run(
        bound([*command, "--color", "never"]),
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode or installed(version, environment) is None:
        said = [line.strip() for line in done.stdout.splitlines() if line.strip()]
        why = next((line for line in said if line.startswith("error: ")), said[-1] if said else "it said nothing")
        raise LocalError(
            f"Pulumi's AWS plugin {version} can't be had ({why.removeprefix('error: ')}). "
            f"Put a downloaded one into {home(environment) / 'plugins' / f'resource-aws-v{version}'}, "
            "or leave PROVIDER out: Terraform's provider is the tested one.",
            ExitCode.TOOL_MISSING,
        )
