"""An estate's own SHA-256, which some of its properties hold: the name it is stored by, the marker of a deployment.

A text can't hold its own hash. In the declared estate `OWN_HASH` stands for it; whoever compares puts it in.
"""

import hashlib
from dataclasses import replace
from typing import Any

from estate.model import Estate
from estate.paths import mapped

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

    def put(value: Any) -> Any:
        return value.replace(OWN_HASH, digest) if isinstance(value, str) else value

    resources = tuple(replace(r, properties=mapped(r.properties, put)) for r in declared.resources)
    return replace(declared, resources=resources)
