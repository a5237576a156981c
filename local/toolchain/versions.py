"""Which versions fit together, each read from the one place that pins it."""

import json
import re
import subprocess
from importlib import metadata
from pathlib import Path

GO_MODULE = Path(__file__).resolve().parents[1] / "cli"
"""The wrapper module the Pulumi CLI is built from; its go.sum is what makes the build reproducible."""


def cli_version() -> str:
    """Return the CLI's version that the SDK in the lock was proven with, as go.mod pins it."""
    text = (GO_MODULE / "go.mod").read_text()
    found = re.search(r"github\.com/pulumi/pulumi/pkg/v3 v(\S+)", text)
    assert found, "local/cli/go.mod names no version of the Pulumi CLI"  # noqa: S101 - a committed file of ours
    return found[1]


def provider_version() -> str:
    """Return the AWS plugin's version that the installed SDK package asks the engine for."""
    plugin = metadata.distribution("pulumi-aws").locate_file("pulumi_aws/pulumi-plugin.json")
    return json.loads(Path(str(plugin)).read_text())["version"]


def at_least(version: str, minimum: str) -> bool:
    """Compare versions number by number; anything that is no version is too old."""
    try:
        return _numbers(version) >= _numbers(minimum)
    except ValueError:
        return False


def version_of(pulumi: Path) -> str | None:
    """Return what `pulumi version` says without its `v`; None if the program does not run or says no version."""
    try:
        answer = subprocess.run([str(pulumi), "version"], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+\.\d+\.\d+\S*)", answer.stdout)
    return found[1] if found else None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.split(r"[-+]", version)[0].split("."))
