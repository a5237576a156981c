"""The stacks that there are, and what their files say: the one reader of `Pulumi.<stack>.yaml`."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from estate.errors import MendableError
from estate.names import PROJECT, Names

ROOT = Path(__file__).resolve().parents[1]

EMBEDDED = "local"
"""The stack of the account that is embedded in this machine."""

_WHERE = (f"{PROJECT}:environment", f"{PROJECT}:account", "aws:region")
_PLACEHOLDER = "https://secret.invalid/placeholder"
"""Value of a stack file's encrypted settings, which only the engine can decrypt."""


class StackError(MendableError):
    """There is no such stack, or its file can't be used; the message names file and key."""


def stacks(root: Path = ROOT) -> tuple[str, ...]:
    """Names every stack that has a file, sorted."""
    return tuple(sorted(path.name.split(".")[1] for path in root.glob("Pulumi.*.yaml")))


def deployed_stacks(root: Path = ROOT) -> tuple[str, ...]:
    """Names every stack that stands in an account of AWS: all but the one of this machine."""
    return tuple(stack for stack in stacks(root) if stack != EMBEDDED)


def add_stack_option(parser: ArgumentParser, default: str | None = None) -> None:
    """Gives a command its `--stack`."""
    usual = f" (default: {default})" if default else ""
    known = ", ".join(stacks())
    parser.add_argument("--stack", default=default, required=default is None, help=f"one of {known}{usual}")


def configuration(stack: str, root: Path = ROOT) -> dict[str, Any]:
    """Reads a stack's settings: full key → value as the file has it.

    Raises:
        StackError: there is no such stack, or its file holds no settings.
    """
    path = root / f"Pulumi.{stack}.yaml"
    try:
        document = cast("dict[str, dict[str, Any]]", yaml.safe_load(path.read_text(encoding="utf-8")))
        return {key if ":" in key else f"{PROJECT}:{key}": value for key, value in document["config"].items()}
    except OSError as error:
        known = ", ".join(stacks(root))
        raise StackError(
            f"there is no stack {stack}; expected one of {known} ({path.name}: {error.strerror})"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        found = " ".join(str(error).split())
        raise StackError(f"{path.name}: expected a stack file with config, found {found}") from None


def as_engine(stack: str, root: Path = ROOT) -> dict[str, str]:
    """Reads a stack's settings as the engine hands them to the program: full key → text, lists as JSON.

    Raises:
        StackError: see `configuration`.
    """
    return {key: _as_text(value) for key, value in configuration(stack, root).items()}


def names_of(stack: str, root: Path = ROOT) -> Names:
    """Reads where a stack stands.

    Raises:
        StackError: see `configuration`, or a key is missing.
    """
    settings = configuration(stack, root)
    if missing := [key for key in _WHERE if key not in settings]:
        raise StackError(f"Pulumi.{stack}.yaml: {', '.join(missing)} is missing; it says where the stack stands")
    environment, account, region = (str(settings[key]) for key in _WHERE)
    return Names(environment, account, region)


def _as_text(value: Any) -> str:
    if isinstance(value, Mapping) and "secure" in value:
        return _PLACEHOLDER
    return value if isinstance(value, str) else json.dumps(value)
