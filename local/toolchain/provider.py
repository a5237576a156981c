"""Which AWS provider serves the engine: Pulumi's official plugin, Terraform's provider through our bridge, or none."""

import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.bridge.binary import KNOWN, BinaryError, verify
from local.errors import ExitCode, LocalError
from local.toolchain.versions import provider_version

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Provider:
    """What serves AWS resources.

    Attributes:
        binary: Terraform's provider, served by `local.bridge`; None where the official plugin serves.
        description: in words for the user.
    """

    binary: Path | None
    description: str


def find(cache: Path, environment: Mapping[str, str] | None = None, places: list[Path] | None = None) -> Provider:
    """Return the provider this machine has.

    Args:
        cache: folder where the binary's checksum is remembered.
        environment: variables that name folders; by default this process's.
        places: folders to look for Terraform's provider in; by default the usual ones.

    Raises:
        LocalError: there is neither, or the Terraform provider is not a build this project knows.
    """
    variables = os.environ if environment is None else environment
    version = provider_version()
    if official(version, variables):
        return Provider(
            None, f"official Pulumi AWS plugin {version} (this combination is untested: it runs no test of ours)"
        )
    folders = plugin_folders(variables) if places is None else places
    refused: BinaryError | None = None
    for binary in binaries(folders):
        try:
            digest = verify(binary, cache)
        except BinaryError as error:
            refused = error
            continue
        return Provider(binary, f"Terraform AWS provider {KNOWN[digest]} ({binary}), served by local/bridge")
    if refused:
        raise LocalError(str(refused), ExitCode.TOOL_BROKEN)
    raise LocalError(_missing(version, folders), ExitCode.TOOL_MISSING)


def official(version: str, environment: Mapping[str, str]) -> Path | None:
    """Return Pulumi's own AWS plugin if it is installed in the user's plugin folder."""
    home = Path(environment.get("PULUMI_HOME") or Path.home() / ".pulumi")
    plugin = home / "plugins" / f"resource-aws-v{version}" / "pulumi-resource-aws"
    return plugin if plugin.is_file() else None


def plugin_folders(environment: Mapping[str, str]) -> list[Path]:
    """List where Terraform keeps provider plugins, those named by its configuration first.

    https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
    """
    named = [environment[name] for name in ("TF_PLUGIN_CACHE_DIR",) if environment.get(name)]
    configuration = Path(environment.get("TF_CLI_CONFIG_FILE") or Path.home() / ".terraformrc")
    if configuration.is_file():
        # Both `path = "…"` of a filesystem_mirror and `plugin_cache_dir = "…"`.
        named += re.findall(r'^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"', configuration.read_text(), re.MULTILINE)
    data = Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    usual = [Path.home() / ".terraform.d" / "plugins", data / "terraform" / "plugins"]
    usual += [Path("/usr/local/share/terraform/plugins"), Path("/usr/share/terraform/plugins")]
    return [*(Path(os.path.expandvars(name)).expanduser() for name in named), *usual, *sorted(Path("/opt").glob("*/"))]


def binaries(folders: list[Path]) -> Iterator[Path]:
    """Yield the AWS providers for this machine in an unpacked mirror, newest version first within a folder."""
    for folder in folders:
        yield from sorted(
            folder.glob(f"*/hashicorp/aws/*/{_platform()}/terraform-provider-aws_v*"),
            key=lambda path: [int(part) for part in re.findall(r"\d+", path.parents[1].name)],
            reverse=True,
        )


def _platform() -> str:
    machine = platform.machine()
    return f"{platform.system().lower()}_{ARCHITECTURES.get(machine, machine)}"


def _missing(version: str, folders: list[Path]) -> str:
    known = ", ".join(sorted(set(KNOWN.values())))
    return (
        f"No AWS provider found. Install Pulumi's plugin (`pulumi plugin install resource aws {version}`), or unpack "
        f"terraform-provider-aws {known} to {folders[0] if folders else Path('plugins')}"
        f"/registry.terraform.io/hashicorp/aws/{known}/{_platform()}/ (`terraform providers mirror` does it)."
    )
