"""Which Pulumi CLI is used: the one on PATH if recent enough, else the one in the cache, made if it is not there."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from local.errors import ExitCode, LocalError
from local.toolchain import build, download
from local.toolchain.cache import Tell, cache_folder, locked
from local.toolchain.versions import at_least, cli_version, version_of


@dataclass(frozen=True)
class Cli:
    """A Pulumi CLI that runs.

    Attributes:
        path: the executable.
        version: what it answered.
        origin: where it comes from, in words for the user.
    """

    path: Path
    version: str
    origin: str

    @property
    def has_host(self) -> bool:
        """True if Pulumi's own Python language host was delivered with it."""
        return self.path.resolve().with_name("pulumi-language-python").exists()


def find(tell: Tell, cache: Path | None = None, search_path: str | None = None) -> Cli:
    """Return a CLI that is recent enough, downloading or building one if need be.

    Args:
        tell: called with each line of progress.
        cache: folder shared by checkouts; by default the user's cache folder.
        search_path: where `pulumi` is looked for first; by default PATH.

    Raises:
        LocalError: there is none and it can be had neither by download nor by building.
    """
    wanted = cli_version()
    on_path = shutil.which("pulumi", path=search_path)
    if on_path:
        version = version_of(Path(on_path))
        if version and at_least(version, wanted):
            return Cli(Path(on_path), version, "on PATH")
        tell(f"pulumi on PATH ({on_path}) is {version or 'broken'}, need {wanted} or newer; not using it")
    return _cached(tell, cache or cache_folder(), wanted)


def _cached(tell: Tell, cache: Path, wanted: str) -> Cli:
    final = cache / f"pulumi-{wanted}-{build.fingerprint()}"
    executable = final / "bin" / "pulumi"
    if version_of(executable) == wanted:
        return Cli(executable, wanted, f"cached in {final}")
    with locked(cache, "pulumi", "making the Pulumi CLI", tell):
        if version_of(executable) == wanted:  # another checkout made it while we waited
            return Cli(executable, wanted, f"cached in {final}")
        if final.exists():
            tell(f"the cached Pulumi CLI {executable} does not run as version {wanted}; making it again")
            shutil.rmtree(final)
        how = _make(tell, final, wanted)
    return Cli(executable, wanted, how)


def _make(tell: Tell, final: Path, wanted: str) -> str:
    """Make the CLI in a folder beside the final one and rename it: an interrupted attempt is never taken for a CLI."""
    for stale in final.parent.glob(f"{final.name}.new-*"):  # ours alone: we hold the lock
        shutil.rmtree(stale, ignore_errors=True)
    unfinished = final.with_name(f"{final.name}.new-{os.getpid()}")
    try:
        refused = download.download(unfinished, wanted, tell)
        if refused:
            tell(f"the Pulumi CLI {wanted} can't be downloaded ({refused}); building it")
            build.build(unfinished, wanted, tell)
        made = version_of(unfinished / "bin" / "pulumi")
        if made != wanted:
            raise LocalError(
                f"The Pulumi CLI just made says it is version {made}, expected {wanted}; see the lines above.",
                ExitCode.TOOL_BROKEN,
            )
        unfinished.rename(final)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return f"built, kept in {final}" if refused else f"downloaded, kept in {final}"
