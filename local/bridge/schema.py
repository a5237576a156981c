"""The shape of each resource type, as the provider itself declares it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

Kind = Literal["string", "number", "bool", "dynamic", "list", "set", "map", "object"]

_REPEATED: Mapping[int, Kind] = {2: "list", 3: "set", 4: "map"}  # NestingMode; 1 and 5 are a single block

# Compared as text by the provider, which relies on AWS writing them without spaces; the emulator writes some.
_JSON_TEXT = frozenset({"redrive_policy", "redrive_allow_policy"})


@dataclass(frozen=True)
class Type:
    """A Terraform type. Blocks and attributes look the same here: a block is an object, a repeated one a list or set.

    Attributes:
        kind: what sort of type.
        element: type of the members of a list, set or map.
        fields: members of an object, by Terraform name.
        json: a string that holds JSON, compared by meaning.
    """

    kind: Kind
    element: "Type | None" = None
    fields: Mapping[str, "Field"] = field(default_factory=dict[str, "Field"])
    json: bool = False

    @property
    def item(self) -> "Type":
        """The element type of something that has one."""
        if self.element is None:
            raise TypeError(f"a {self.kind} has no element type")
        return self.element

    @cached_property
    def sensitive(self) -> bool:
        """Whether anything inside is declared sensitive."""
        inner = [member.sensitive or member.type.sensitive for member in self.fields.values()]
        return any(inner) or (self.element is not None and self.element.sensitive)


@dataclass(frozen=True)
class Field:
    """A member of an object.

    Attributes:
        type: its type.
        required: the configuration has to set it.
        optional: the configuration may set it.
        computed: the provider sets it where the configuration does not.
        sensitive: its value is secret.
        block: it is a nested block and not an attribute: it is never null if it repeats.
        min_items: how many blocks there have to be.
    """

    type: Type
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    block: bool = False
    min_items: int = 0

    @property
    def repeated_block(self) -> bool:
        """Whether its absence is written as an empty list."""
        return self.block and self.type.kind in ("list", "set")

    @property
    def settable(self) -> bool:
        """Whether a configuration can hold it."""
        return self.block or self.required or self.optional


@dataclass(frozen=True)
class ResourceSchema:
    """Type and schema version of a resource type."""

    version: int
    type: Type


class Source(Protocol):
    """What the schemas are asked of: a running provider."""

    def get_schema(self) -> Any:
        """Return the GetProviderSchema response."""
        ...

    def message(self, name: str) -> Any:
        """Return the message class of a name in the protocol."""
        ...


def load(source: Source, cache: Path, binary_hash: str, types: Sequence[str]) -> tuple[Type, dict[str, ResourceSchema]]:
    """Return the provider's configuration type and the schemas of the resource types named.

    Asking takes about a second, so the answer is kept in `cache`, in a file whose name holds the binary's hash and the
    list of types.
    """
    key = hashlib.sha256("\n".join([binary_hash, *sorted(types)]).encode()).hexdigest()[:32]
    kept = cache / f"schema-{key}.binpb"
    response = source.message("GetProviderSchema.Response")()
    try:
        response.ParseFromString(kept.read_bytes())
    except (OSError, ValueError):
        answer = source.get_schema()
        response.provider.CopyFrom(answer.provider)
        for name in types:
            response.resource_schemas[name].CopyFrom(answer.resource_schemas[name])
        cache.mkdir(parents=True, exist_ok=True)
        partial = kept.with_suffix(f".{id(response)}")
        partial.write_bytes(response.SerializeToString())
        partial.replace(kept)
    resources = {
        name: ResourceSchema(int(schema.version), _block(schema.block))
        for name, schema in response.resource_schemas.items()
    }
    return _block(response.provider.block), resources


def _block(block: Any) -> Type:
    fields: dict[str, Field] = {}
    for attribute in block.attributes:
        type_ = parse_type(json.loads(attribute.type))
        fields[attribute.name] = Field(
            type=replace(type_, json=True) if attribute.name in _JSON_TEXT else type_,
            required=attribute.required,
            optional=attribute.optional,
            computed=attribute.computed,
            sensitive=attribute.sensitive,
        )
    for nested in block.block_types:
        inner, kind = _block(nested.block), _REPEATED.get(nested.nesting)
        type_ = Type(kind, element=inner) if kind else inner
        fields[nested.type_name] = Field(type=type_, block=True, min_items=int(nested.min_items))
    return Type("object", fields=fields)


def parse_type(spelled: Any) -> Type:
    """Read a type as the protocol spells it: `"string"`, `["list", T]`, `["object", {"name": T}]`."""
    if isinstance(spelled, str):
        kinds: dict[str, Kind] = {"string": "string", "number": "number", "bool": "bool", "dynamic": "dynamic"}
        return Type(kinds[spelled])
    kind, inner = spelled
    if kind == "object":
        fields = {name: Field(parse_type(member), optional=True) for name, member in inner.items()}
        return Type("object", fields=fields)
    containers: dict[str, Kind] = {"list": "list", "set": "set", "map": "map"}
    return Type(containers[kind], element=parse_type(inner))
