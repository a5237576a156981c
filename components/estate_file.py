"""The file of what the stack declares, which the stack itself uploads for the audit in the account.

It is made beforehand, by the program run without engine (`make estate`); in that run, `OWN_HASH` stands for its hash.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pulumi

from estate.errors import MendableError
from estate.hash import estate_path

ROOT = Path(__file__).resolve().parent.parent


class EstateFileError(pulumi.RunError, MendableError):
    """The file has not been made."""


@dataclass(frozen=True)
class EstateFile:
    """What a stack declares, as a file.

    Attributes:
        path: where it is, relative to the project.
        sha256: its hash, in hex.
    """

    path: str
    sha256: str


def built(stack: str, own_hash: str | None) -> EstateFile:
    """Finds a stack's file.

    Args:
        stack: its name.
        own_hash: what stands for the hash while the file is being made; None in a deployment.

    Raises:
        EstateFileError: it has not been made.
    """
    path = estate_path(stack)
    if own_hash:
        return EstateFile(path, own_hash)
    try:
        return EstateFile(path, hashlib.sha256((ROOT / path).read_bytes()).hexdigest())
    except OSError as error:
        raise EstateFileError(f"{path} can't be read ({error.strerror}); run `make estate STACK={stack}`") from error
