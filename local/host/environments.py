"""Which Python runs a program or policy pack, and what is installed in it."""

import json
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import cast

from google.protobuf import json_format
from pulumi.runtime.proto import language_pb2


class EnvironmentUnfitError(Exception):
    """Pulumi's own language host could not use the environment either; the text says what is wrong with it."""


def python_of(info: language_pb2.ProgramInfo) -> Path:
    """Return the interpreter of the environment named by the runtime option `virtualenv`.

    The option is relative to the folder of Pulumi.yaml or PulumiPolicy.yaml. It and pip are demanded because Pulumi's
    own host, with which the same files must run, would take the first Python on PATH without the option, and asks pip
    what is installed.

    Raises:
        EnvironmentUnfitError: no environment is named, or the one named has no interpreter or no pip.
    """
    options = cast("dict[str, object]", json_format.MessageToDict(info.options))
    named = options.get("virtualenv")
    if not named:
        raise EnvironmentUnfitError(f"The project in {info.root_directory} names no environment; set `virtualenv`.")
    python = Path(info.root_directory) / str(named) / "bin" / "python"
    if not python.exists():
        raise EnvironmentUnfitError(f"The option `virtualenv: {named}` names no environment: {python} does not exist.")
    if not any((folder / "pip").is_dir() for folder in _site_packages(python)):
        raise EnvironmentUnfitError(f"The environment of {python} has no pip; put it into the lock and install that.")
    return python


def distributions(python: Path) -> list[tuple[str, str]]:
    """List name and version of what is installed beside an interpreter, sorted."""
    found = metadata.distributions(path=[str(folder) for folder in _site_packages(python)])
    return sorted({(item.name, item.version) for item in found})


def provider_plugins(python: Path) -> list[tuple[str, str]]:
    """List name and version of the provider plugins that the installed SDK packages need, sorted."""
    found: set[tuple[str, str]] = set()
    for folder in _site_packages(python):
        for path in folder.glob("*/pulumi-plugin.json"):
            plugin = json.loads(path.read_text())
            if plugin.get("resource"):
                found.add((plugin.get("name", path.parent.name), plugin.get("version", "")))
    return sorted(found)


def _site_packages(python: Path) -> Iterator[Path]:
    # The interpreter is a symlink out of the environment; its place, not its target, says which environment it is.
    return (python.parent.parent / "lib").glob("python3*/site-packages")
