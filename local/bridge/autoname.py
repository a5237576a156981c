"""Physical names for resources that were given none: the resource's name and seven random characters, remembered."""

import hashlib
import secrets
from collections.abc import Mapping

from local.bridge.names import ResourceBinding
from local.bridge.properties import Property

DEFAULTS = "__defaults"
"""Input that lists the properties which were not set by the program but here."""

_SUFFIX = 7


def name_property(token: str, binding: ResourceBinding) -> str | None:
    """Return the property that holds a type's physical name, None if it has none to be chosen."""
    name = "bucket" if token == "aws:s3/bucket:Bucket" else "name"
    return name if name in binding.inputs and name in binding.binding.names else None


def with_name(
    token: str,
    binding: ResourceBinding,
    olds: Mapping[str, Property],
    news: Mapping[str, Property],
    resource: str,
    seed: bytes,
) -> Mapping[str, Property]:
    """Return the inputs that the program left to us: the physical name, if any, and the note of it.

    The old name stays for as long as the program names none.
    """
    prop = name_property(token, binding)
    if prop is None or prop in news or f"{prop}Prefix" in news:
        return {DEFAULTS: []}
    chosen = olds.get(prop) if prop in olds.get(DEFAULTS, []) else None
    return {prop: chosen or _name(token, resource, news, seed), DEFAULTS: [prop]}


def _name(token: str, resource: str, news: Mapping[str, Property], seed: bytes) -> str:
    suffix = hashlib.sha256(seed).hexdigest() if seed else secrets.token_hex(_SUFFIX)
    name = f"{resource}-{suffix[:_SUFFIX]}"
    if token == "aws:s3/bucket:Bucket":  # noqa: S105 - a resource type
        return name.lower()
    if token == "aws:kms/alias:Alias":  # noqa: S105 - a resource type
        return f"alias/{name}"
    return f"{name}.fifo" if news.get("fifoTopic") or news.get("fifoQueue") else name
