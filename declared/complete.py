"""The declared estate in full: with the settings files, and the functions' code as its hash."""

import base64
import hashlib
from dataclasses import replace
from pathlib import Path

from declared.settings_files import with_settings
from estate.errors import using
from estate.model import Estate, Resource


def complete(declared: Estate, root: Path) -> Estate:
    """Adds what stands in files.

    Args:
        declared: what the program declares.
        root: the repository's folder; the functions' zips are built in it.

    Raises:
        MendableError: a settings file is missing or broken, or a function's zip has not been built.
    """
    resources = tuple(_with_code_hash(r, root) for r in declared.resources)
    return with_settings(replace(declared, resources=resources), root)


def _with_code_hash(resource: Resource, root: Path) -> Resource:
    """Lambda knows code by the SHA-256 of its zip, in base64; the program by the zip's path."""
    if resource.type != "aws:lambda/function:Function":
        return resource
    path = root / str(resource.properties["code"])
    with using(path, "run `make package`"):
        digest = base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    return replace(resource, properties={**resource.properties, "code": digest})
