"""An estate's own SHA-256, which some of its properties hold: the name it is stored by, the marker of a deployment.

A text can't hold its own hash. In the declared estate `OWN_HASH` stands for it; whoever compares puts it in.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from estate.model import Estate

OWN_HASH = "e57a7e" + "0" * 58
"""Stands in a declared estate for the estate's own hash."""


def estate_path(stack: str) -> str:
    """Where `make estate` puts a stack's file, relative to the project: states name no machine's folders."""
    return f"build/estate-{stack}.json"


def own_hash(declared: Estate) -> str:
    """SHA-256, in hex, of the estate as JSON, `OWN_HASH` standing in it."""
    return hashlib.sha256(declared.to_json().encode()).hexdigest()


def with_own_hash(declared: Estate) -> Estate:
    """Puts the estate's hash where `OWN_HASH` stands for it."""
    digest = own_hash(declared)
    resources = tuple(replace(r, properties=_put(r.properties, digest)) for r in declared.resources)
    return replace(declared, resources=resources)


def _put(value: Any, digest: str) -> Any:
    if isinstance(value, Mapping):
        return {k: _put(v, digest) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_put(v, digest) for v in cast("list[Any]", value)]
    return value.replace(OWN_HASH, digest) if isinstance(value, str) else value
