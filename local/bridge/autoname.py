"""Physical names for resources that were given none: the resource's name and seven random characters, remembered."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from local.bridge.names import ResourceBinding
from local.bridge.properties import Property

DEFAULTS = "__defaults"
"""Input that lists the properties which were not set by the program but here."""

_SUFFIX = 7


@dataclass(frozen=True)
class Autoname:
    """Names one resource.

    Attributes:
        type: its Pulumi type.
        binding: its binding.
        name: what the program calls it.
        seed: random bytes of the engine, the same again where it repeats a run.
    """

    type: str
    binding: ResourceBinding
    name: str
    seed: bytes

    def defaults(self, olds: Mapping[str, Property], news: Mapping[str, Property]) -> dict[str, Property]:
        """Return the inputs that the program left to us: the physical name, if any, and the note of it.

        The name chosen once stays for as long as the program gives none.
        """
        prop = "bucket" if self.type == "aws:s3/bucket:Bucket" else "name"
        has_one = prop in self.binding.inputs and prop in self.binding.binding.names
        if not has_one or prop in news or f"{prop}Prefix" in news:
            return {DEFAULTS: []}
        chosen = olds.get(prop) if prop in olds.get(DEFAULTS, []) else None
        return {prop: chosen or self._choose(news), DEFAULTS: [prop]}

    def _choose(self, news: Mapping[str, Property]) -> str:
        suffix = hashlib.sha256(self.seed).hexdigest() if self.seed else secrets.token_hex(_SUFFIX)
        name = f"{self.name}-{suffix[:_SUFFIX]}"
        if self.type == "aws:s3/bucket:Bucket":
            return name.lower()
        if self.type == "aws:kms/alias:Alias":
            return f"alias/{name}"
        return f"{name}.fifo" if news.get("fifoTopic") or news.get("fifoQueue") else name
