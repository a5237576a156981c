"""Pulumi property values: how the engine writes them in its messages.

They are JSON-like (protobuf Struct); what JSON can't say is an object with a signature (secrets, assets, archives), and
unknown values are strings that nobody would write.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from google.protobuf import struct_pb2

from local.bridge.values import UNKNOWN, is_list, is_object

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a constant of the protocol
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"

UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_UNKNOWN: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)

Property = Any
"""A property value: None, bool, int, float, str, list, dict, Asset, Archive or UNKNOWN."""


@dataclass(frozen=True)
class Asset:
    """A file's content: of a path, or the text itself; neither is known of one read back from a state file."""

    path: Path | None
    text: str | None
    digest: str


@dataclass(frozen=True)
class Archive:
    """Several files: below a path, or named one by one; neither is known of one read back from a state file."""

    path: Path | None
    members: "Mapping[str, Asset | Archive] | None"
    digest: str


class PropertyError(Exception):
    """A property value of a form the bridge does not take."""


def decode(struct: struct_pb2.Struct) -> dict[str, Property]:
    """Decode a message's properties, secrets in clear; `secret_names` tells which they were."""
    return {name: _decode(value) for name, value in struct.fields.items()}


def secret_names(struct: struct_pb2.Struct) -> frozenset[str]:
    """Return the properties that are secret or hold a secret anywhere inside."""
    return frozenset(name for name, value in struct.fields.items() if _has_secret(value))


def encode(properties: Mapping[str, Property], secrets: Collection[str] = ()) -> struct_pb2.Struct:
    """Encode properties, those named in `secrets` as secrets."""
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        target = struct.fields[name]
        if name in secrets:
            target.struct_value.fields[SIGNATURE].string_value = SECRET
            target = target.struct_value.fields["value"]
        _encode(value, target)
    return struct


def _decode(value: struct_pb2.Value) -> Property:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWN else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_decode(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _decode_object(value.struct_value)
    return None


def _decode_object(struct: struct_pb2.Struct) -> Property:
    if SIGNATURE not in struct.fields:
        return decode(struct)
    signature = struct.fields[SIGNATURE].string_value
    if signature in (SECRET, OUTPUT):
        return _decode(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    if signature == ASSET:
        plain = _plain(struct)
        _refuse_uri(plain)
        text = plain.get("text")
        return Asset(_path(plain), text if text or not plain.get("path") else None, str(plain.get("hash", "")))
    if signature == ARCHIVE:
        plain = _plain(struct)
        _refuse_uri(plain)
        members: Any = plain.get("assets") or None
        return Archive(_path(plain), members, str(plain.get("hash", "")))
    if signature == RESOURCE:
        return _decode(struct.fields["id"])
    raise PropertyError(f"the bridge does not take property values with signature {signature}")


def _plain(struct: struct_pb2.Struct) -> dict[str, Property]:
    return {name: _decode(value) for name, value in struct.fields.items() if name != SIGNATURE}


def _refuse_uri(plain: Mapping[str, Property]) -> None:
    if plain.get("uri"):
        raise PropertyError(f"remote assets are not served ({plain['uri']}); use a file or text of this machine")


def _path(plain: Mapping[str, Property]) -> Path | None:
    return Path(plain["path"]) if plain.get("path") else None


def _has_secret(value: struct_pb2.Value) -> bool:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return any(_has_secret(item) for item in value.list_value.values)
    if kind == "struct_value":
        fields = value.struct_value.fields
        signature = fields[SIGNATURE].string_value if SIGNATURE in fields else ""
        if signature == SECRET or (signature == OUTPUT and "secret" in fields and fields["secret"].bool_value):
            return True
        return any(_has_secret(item) for item in fields.values())
    return False


def _encode(value: Property, target: struct_pb2.Value) -> None:
    if is_list(value):
        target.list_value.SetInParent()
        for item in value:
            _encode(item, target.list_value.values.add())
    elif is_object(value):
        target.struct_value.SetInParent()
        for name, item in value.items():
            _encode(item, target.struct_value.fields[name])
    elif isinstance(value, Asset | Archive):
        _encode(_signed(value), target)
    else:
        _encode_scalar(value, target)


def _encode_scalar(value: Property, target: struct_pb2.Value) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif value == UNKNOWN:
        target.string_value = UNKNOWN_STRING
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    else:
        target.string_value = str(value)


def _signed(value: Asset | Archive) -> dict[str, Property]:
    content: dict[str, Property] = {SIGNATURE: ASSET if isinstance(value, Asset) else ARCHIVE, "hash": value.digest}
    if value.path is not None:
        content["path"] = str(value.path)
    if isinstance(value, Asset) and value.text is not None:
        content["text"] = value.text
    if isinstance(value, Archive) and value.members is not None:
        content["assets"] = dict(value.members)
    return content
