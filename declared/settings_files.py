"""Settings that stand in files beside the program, read into an estate as resources, so that rules can compare them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from declared.stacks import configuration, stacks
from estate.errors import MendableError, using
from estate.model import Estate, Resource
from estate.settings import ENVIRONMENT_SETTING, SETTINGS, STACK_SETTING

RESTORE = "scripts/storage/restore.env"


class SettingsFileError(MendableError):
    """A settings file can't be read; the message names file and line."""


def with_settings(declared: Estate, root: Path) -> Estate:
    """Adds the settings files of the estate's stack, and of every other stack's file the environment that it names.

    Args:
        declared: the estate.
        root: the repository's folder.

    Raises:
        SettingsFileError: a file is missing or broken.
        StackError: a stack's file is.
    """
    files = [
        Resource(SETTINGS, name, _env(root, name)) for name in (f"jobs/retention/{declared.environment}.env", RESTORE)
    ]
    files += [
        Resource(SETTINGS, f"Pulumi.{stack}.yaml", _stack(root, stack, own=stack == declared.stack))
        for stack in {declared.stack, *stacks(root)}
    ]
    others = [r for r in declared.resources if r.type != SETTINGS]
    return replace(declared, resources=tuple(sorted([*others, *files], key=lambda r: (r.type, r.name))))


def _text(root: Path, name: str) -> str:
    with using(name, "every stack needs it"):
        return (root / name).read_text(encoding="utf-8")


def _env(root: Path, name: str) -> dict[str, str]:
    """Reads `NAME=value` lines; `#` begins a comment line."""
    values: dict[str, str] = {}
    for number, line in enumerate(_text(root, name).splitlines(), 1):
        key, equals, value = line.partition("=")
        if not line.strip() or line.startswith("#"):
            continue
        if not equals or not key.isidentifier() or key in values:
            raise SettingsFileError(f"{name}:{number}: expected NAME=value, each name once, found {line!r}")
        values[key] = value.strip()
    return values


def _stack(root: Path, stack: str, *, own: bool) -> dict[str, Any]:
    kept = {ENVIRONMENT_SETTING, STACK_SETTING} if own else {ENVIRONMENT_SETTING}
    return {k: v for k, v in configuration(stack, root).items() if k in kept}
