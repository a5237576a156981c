"""A PULUMI_HOME of the checkout's own, so that neither Pulumi.yaml nor PATH needs to know which plugins are used.

The engine looks for a language host beside its own executable, and for providers in PULUMI_HOME/plugins.
"""

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from local.toolchain.cli import Cli
from local.toolchain.provider import Provider
from local.toolchain.versions import provider_version

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Toolchain:
    """What runs the program.

    Attributes:
        cli: where it was found.
        provider: what serves AWS resources.
        pulumi: the executable to start; the one of `cli`, or a link to it with our language host beside.
        host: who runs Python programs, in words for the user.
    """

    cli: Cli
    provider: Provider
    pulumi: Path
    host: str


def install(home: Path, cli: Cli, provider: Provider) -> Toolchain:
    """Fill a PULUMI_HOME; what is there already is left alone."""
    if cli.has_host:
        pulumi, host = cli.path, "Pulumi's own"
    else:
        pulumi, host = home / "bin" / "pulumi", "local/host"
        _link(cli.path.resolve(), pulumi)
        _script(pulumi.with_name("pulumi-language-python"), "local.host", {})
    plugin = home / "plugins" / f"resource-aws-v{provider_version()}" / "pulumi-resource-aws"
    if provider.binary:
        _script(plugin, "local.bridge", {"AUTHOR_STORAGE_TF_PROVIDER": str(provider.binary)})
    else:
        shutil.rmtree(plugin.parent, ignore_errors=True)
    return Toolchain(cli, provider, pulumi, host)


def _link(source: Path, target: Path) -> None:
    """Make `target` the same file: a hard link, or a copy on another filesystem (a symlink would be resolved)."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and (target.samefile(source) or _alike(source, target)):
        return
    unfinished = target.with_name(f"{target.name}.new-{os.getpid()}")
    try:
        os.link(source, unfinished)
    except OSError:
        shutil.copy2(source, unfinished)
    unfinished.replace(target)


def _alike(source: Path, target: Path) -> bool:
    first, second = source.stat(), target.stat()
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def _script(path: Path, module: str, environment: dict[str, str]) -> None:
    """Write an executable that runs a module of this checkout, whatever the folder it is started in.

    The checkout is not put on PYTHONPATH, which the program it runs would inherit.
    """
    run = f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r}); runpy.run_module({module!r}, run_name='__main__')"
    lines = ["#!/bin/sh", f"# Runs {module} of this checkout; written by local/toolchain/install.py."]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    lines += [f'exec {shlex.quote(sys.executable)} -P -c {shlex.quote(run)} "$@"', ""]
    text = "\n".join(lines)
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.new-{os.getpid()}")
    unfinished.write_text(text)
    unfinished.chmod(0o755)
    unfinished.replace(path)
