"""Which AWS provider serves the engine: Terraform's through our bridge, which is tested, or Pulumi's own plugin."""

import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.bridge.binary import BinaryError, verify
from local.errors import ExitCode, LocalError
from local.toolchain import official
from local.toolchain import terraform_provider as terraform
from local.toolchain.cache import Tell, cache_folder, locked
from local.toolchain.choice import Choice
from local.toolchain.terraform_provider import FetchError, Release
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

    @property
    def choice(self) -> Choice:
        """Which of the two it is."""
        return Choice.TERRAFORM if self.binary else Choice.OFFICIAL


@dataclass(frozen=True)
class Machine:
    """Where this machine keeps providers.

    Attributes:
        environment: variables that name folders.
        folders: Terraform's plugin folders.
        cache: what checkouts share.
        release: the build of Terraform's provider that is accepted here; None where there is no such.
    """

    environment: Mapping[str, str]
    folders: list[Path]
    cache: Path
    release: Release | None

    @staticmethod
    def this() -> "Machine":
        """Return the machine we run on, as this process's variables describe it."""
        return Machine(
            os.environ, plugin_folders(os.environ), cache_folder(), terraform.RELEASES.get(machine_platform())
        )


def find(choice: Choice | None, pulumi: Path, hashes: Path, tell: Tell, machine: Machine | None = None) -> Provider:
    """Return a provider, fetching it if need be.

    Args:
        choice: which one; None prefers Terraform's and takes the official plugin only where Terraform's can't be had.
        pulumi: the CLI that downloads the official plugin.
        hashes: folder where the checksum of Terraform's provider is remembered.
        tell: called with each line of progress.
        machine: where to look; by default this machine.

    Raises:
        LocalError: it is not here and can't be fetched; the text names what to do.
    """
    machine = machine or Machine.this()
    if choice is Choice.OFFICIAL:
        return _official(pulumi, tell, machine)
    if machine.release is None:
        if choice is Choice.TERRAFORM:
            raise LocalError(_no_release(), ExitCode.TOOL_MISSING)
        tell(_no_release())
        return _official(pulumi, tell, machine)
    try:
        binary = _terraform(machine.release, machine, hashes, tell)
    except FetchError as error:
        if choice is None and official.installed(provider_version(), machine.environment):
            tell(f"Terraform's AWS provider can't be fetched ({error}); the official plugin is here")
            return _official(pulumi, tell, machine)
        raise LocalError(_offline(machine.release, machine.cache, error), ExitCode.TOOL_MISSING) from error
    return Provider(binary, f"Terraform AWS provider {machine.release.version} ({binary}), served by local/bridge")


def _official(pulumi: Path, tell: Tell, machine: Machine) -> Provider:
    version = provider_version()
    if official.installed(version, machine.environment) is None:
        official.install(pulumi, version, machine.environment, tell)
    return Provider(
        None, f"official Pulumi AWS plugin {version} (this combination is untested: it runs no test of ours)"
    )


def _terraform(release: Release, machine: Machine, hashes: Path, tell: Tell) -> Path:
    """Return Terraform's provider: one that is here, else fetched into the cache.

    Raises:
        FetchError: it is not here and can't be fetched.
    """
    ours = terraform.kept(machine.cache, release)
    found = _accepted([*binaries(machine.folders, release), ours], hashes, tell)
    if found:
        return found
    with locked(machine.cache, "provider", "fetching the AWS provider", tell):
        # Another checkout may have fetched it while we waited.
        return _accepted([ours], hashes, tell) or _fetched(release, machine, hashes, tell)


def _fetched(release: Release, machine: Machine, hashes: Path, tell: Tell) -> Path:
    binary = terraform.obtain(release, machine.cache, archives(machine, release), tell)
    try:
        verify(binary, hashes)
    except BinaryError as error:
        raise LocalError(str(error), ExitCode.TOOL_BROKEN) from error
    return binary


def _accepted(candidates: list[Path], hashes: Path, tell: Tell) -> Path | None:
    for binary in candidates:
        if not binary.exists():
            continue
        try:
            verify(binary, hashes)
        except BinaryError as error:
            tell(f"{error} Not using it.")
            continue
        return binary
    return None


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


def binaries(folders: list[Path], release: Release) -> Iterator[Path]:
    """Yield the executables of this release in unpacked mirrors."""
    for folder in folders:
        yield from folder.glob(
            f"*/hashicorp/aws/{release.version}/{release.platform}/terraform-provider-aws_v{release.version}*"
        )


def archives(machine: Machine, release: Release) -> Iterator[Path]:
    """Yield the release's zips: put into the cache by hand, or in a packed mirror (`terraform providers mirror`)."""
    yield from machine.cache.glob(release.archive)
    for folder in machine.folders:
        yield from folder.glob(f"*/hashicorp/aws/{release.archive}")


def machine_platform() -> str:
    """Return the kind of this machine as the publisher writes it, such as `linux_amd64`."""
    machine = platform.machine()
    return f"{platform.system().lower()}_{ARCHITECTURES.get(machine, machine)}"


def _no_release() -> str:
    return (
        f"Terraform's AWS provider is tested and pinned for {', '.join(terraform.RELEASES)} only, this machine is "
        f"{machine_platform()}; Pulumi's official plugin (PROVIDER=official) is what remains"
    )


def _offline(release: Release, cache: Path, why: FetchError) -> str:
    return (
        f"No AWS provider: {release.archive} is not on this machine and can't be had from {terraform.base()} ({why}). "
        f"HTTPS_PROXY names a proxy, {terraform.MIRROR_VARIABLE} another server; without a network, fetch "
        f"{release.url(terraform.PUBLISHER)} elsewhere and put it into {cache}."
    )
