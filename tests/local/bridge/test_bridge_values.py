"""Terraform values on the wire, and Pulumi's in the engine's messages."""

import json
from pathlib import Path

import msgpack
import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from local.bridge.properties import (
    OUTPUT,
    SECRET,
    SIGNATURE,
    Archive,
    Asset,
    PropertyError,
    decode,
    encode,
    secret_names,
)
from local.bridge.schema import Field, Type, parse_type
from local.bridge.values import UNKNOWN, empty, equal, is_known, pack, unpack

PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=5), PLAIN))
def test_a_value_survives_both_wires(value: dict[str, object]) -> None:
    assert unpack(pack(value)) == value
    if SIGNATURE not in value:
        assert decode(encode(value)) == value


def test_unknown_survives_both_wires_and_is_found_at_any_depth() -> None:
    value = {"a": [{"b": UNKNOWN}]}
    assert unpack(pack(value)) == value == decode(encode(value))
    assert not is_known(value)
    assert is_known({"a": [{"b": 1}]})


def test_a_refined_unknown_is_unknown() -> None:
    assert unpack(pack(msgpack.ExtType(12, b"\x81\x01\xc2"))) == UNKNOWN


def test_numbers_are_equal_however_they_are_spelled() -> None:
    assert equal(Type("number"), "30", 30.0)
    assert not equal(Type("number"), 30, 77)
    assert not equal(Type("string"), "30", "30.0")


def test_an_empty_collection_is_as_good_as_none() -> None:
    assert equal(Type("map", element=Type("string")), {}, None)
    assert not equal(Type("string"), "", None)


def test_json_is_compared_by_meaning_only_where_the_schema_says_so() -> None:
    spaced, tight = '{"a": [1, 2]}', '{"a":[1,2]}'
    assert equal(Type("string", json=True), spaced, tight)
    assert not equal(Type("string", json=True), spaced, '{"a":[2,1]}')
    assert not equal(Type("string"), spaced, tight)


def test_an_empty_object_has_every_attribute() -> None:
    type_ = Type(
        "object",
        fields={
            "one": Field(Type("string")),
            "block": Field(Type("object"), block=True),
            "blocks": Field(Type("set", element=Type("object")), block=True),
            "list": Field(Type("list", element=Type("string"))),
        },
    )
    assert empty(type_) == {"one": None, "block": None, "blocks": [], "list": None}


def test_types_are_read_as_the_protocol_spells_them() -> None:
    type_ = parse_type(json.loads('["map", ["set", ["object", {"a": "number"}]]]'))
    assert [type_.kind, type_.item.kind, type_.item.item.kind] == ["map", "set", "object"]
    assert type_.item.item.fields["a"].type.kind == "number"


def test_a_secret_is_found_wherever_it_hides() -> None:
    struct = encode({"plain": {"a": 1}, "deep": {"list": [1]}})
    hidden = struct.fields["deep"].struct_value.fields["list"].list_value.values[0]
    hidden.CopyFrom(struct_pb2.Value(struct_value=encode({SIGNATURE: SECRET, "value": "hush"})))
    assert secret_names(struct) == {"deep"}
    assert decode(struct)["deep"] == {"list": ["hush"]}


def test_an_output_without_value_is_unknown() -> None:
    struct = encode({"later": {SIGNATURE: OUTPUT, "secret": True}})
    assert decode(struct) == {"later": UNKNOWN}
    assert secret_names(struct) == {"later"}


def test_assets_and_archives_survive() -> None:
    value = {
        "text": Asset(None, "hello", "aa"),
        "file": Asset(Path("a.txt"), None, "bb"),
        "code": Archive(None, {"a.py": Asset(None, "", "cc"), "lib": Archive(Path("lib"), None, "dd")}, "ee"),
    }
    assert decode(encode(value)) == value


def test_what_stands_elsewhere_is_refused() -> None:
    remote = encode({"code": {SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "uri": "https://example.com/a"}})
    with pytest.raises(PropertyError, match=r"https://example\.com/a"):
        decode(remote)
