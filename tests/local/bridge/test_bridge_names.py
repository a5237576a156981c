"""How the SDK's names and Terraform's are matched, and values carried over. No provider is needed for this."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.bridge.convert import ConversionError, to_configuration, to_properties
from local.bridge.names import ResourceBinding, bind, camel, plural
from local.bridge.properties import Archive
from local.bridge.schema import Field, Type
from local.bridge.tokens import TOKENS
from local.bridge.values import UNKNOWN

STRING, NUMBER, BOOL = Type("string"), Type("number"), Type("bool")


def block(**fields: Field) -> Type:
    return Type("object", fields=fields)


def listed(type_: Type) -> Field:
    return Field(Type("list", element=type_), block=True)


LIFECYCLE = block(
    id=Field(STRING, computed=True),
    bucket=Field(STRING, required=True),
    rule=listed(
        block(
            id=Field(STRING, required=True),
            status=Field(STRING, required=True),
            transition=Field(Type("set", element=block(days=Field(NUMBER), storage_class=Field(STRING))), block=True),
            expiration=listed(block(days=Field(NUMBER, optional=True))),
        )
    ),
)
FUNCTION = block(
    function_name=Field(STRING, required=True),
    filename=Field(STRING, optional=True),
    tags=Field(Type("map", element=STRING), optional=True),
    publish=Field(BOOL, optional=True),
    timeout=Field(NUMBER, optional=True),
)


@pytest.fixture(scope="module")
def lifecycle() -> ResourceBinding:
    return bind(TOKENS["aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"], LIFECYCLE)


@pytest.fixture(scope="module")
def function() -> ResourceBinding:
    return bind(TOKENS["aws:lambda/function:Function"], FUNCTION)


def configuration(binding: ResourceBinding, properties: Mapping[str, Any]) -> Any:
    return to_configuration(binding.binding, properties, lambda content: f"{content.digest}.zip")


@pytest.mark.parametrize(
    ("name", "expected"), [("storage_class", "storageClass"), ("sha256", "sha256"), ("a_b_c", "aBC")]
)
def test_camel(name: str, expected: str) -> None:
    assert camel(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("rule", "rules"), ("policy", "policies"), ("key", "keys"), ("bus", "buses")]
)
def test_plural(name: str, expected: str) -> None:
    assert plural(name) == expected


def test_a_list_has_the_plural_and_a_single_block_is_flat(lifecycle: ResourceBinding) -> None:
    rules = lifecycle.binding.fields["rule"]
    assert lifecycle.binding.names["rules"] == "rule"
    assert not rules.flat
    assert rules.item.names == {"id": "id", "status": "status", "transitions": "transition", "expiration": "expiration"}
    assert rules.item.fields["expiration"].flat


def test_renamed_properties_come_from_the_table(function: ResourceBinding) -> None:
    assert (function.binding.names["name"], function.binding.names["code"]) == ("function_name", "filename")


def test_what_the_schema_lacks_is_absent_at_any_depth(lifecycle: ResourceBinding) -> None:
    assert {"region", "rules[].prefix", "rules[].expiration.date"} <= lifecycle.absent
    assert "rules[].expiration.days" not in lifecycle.absent


def test_a_configuration_has_every_attribute(lifecycle: ResourceBinding) -> None:
    rule = {"id": "a", "status": "Enabled", "transitions": [{"days": 7.0, "storageClass": "GLACIER"}]}
    assert configuration(lifecycle, {"bucket": "b", "rules": [{**rule, "expiration": {"days": "45"}}]}) == {
        "id": None,
        "bucket": "b",
        "rule": [
            {
                "id": "a",
                "status": "Enabled",
                "transition": [{"days": 7, "storage_class": "GLACIER"}],
                "expiration": [{"days": 45}],
            }
        ],
    }


def test_a_state_comes_back_as_it_was_declared(lifecycle: ResourceBinding) -> None:
    rule = {"id": "a", "status": "Enabled", "transitions": [{"days": 7, "storageClass": "GLACIER"}]}
    declared = {"bucket": "b", "rules": [{**rule, "expiration": {"days": 45}}]}
    assert to_properties(lifecycle.binding, configuration(lifecycle, declared)) == declared


@pytest.mark.parametrize(
    ("properties", "path", "reason"),
    [
        ({"rules": [{"id": "a", "prefix": "p"}]}, "rules[0].prefix", "no such property"),
        ({"rules": [{"expiration": {"days": "many"}}]}, "rules[0].expiration.days", "expected a number"),
        ({"rules": {"id": "a"}}, "rules", "expected a list"),
        ({"rules": [{"expiration": 3}]}, "rules[0].expiration", "expected an object"),
        ({"rules": [{"expiration": {"days": [1]}}]}, "rules[0].expiration.days", "expected a number, found a list"),
    ],
)
def test_what_can_not_be_said_is_named(
    lifecycle: ResourceBinding, properties: Mapping[str, Any], path: str, reason: str
) -> None:
    with pytest.raises(ConversionError, match=reason) as refused:
        configuration(lifecycle, properties)
    assert refused.value.path == path


def test_scalars_take_the_form_the_schema_wants(function: ResourceBinding) -> None:
    found = configuration(function, {"name": 5, "publish": "true", "timeout": "60", "tags": {"a": True, "b": None}})
    assert found == {"function_name": "5", "filename": None, "publish": True, "timeout": 60, "tags": {"a": "true"}}


def test_code_becomes_the_name_of_a_file(function: ResourceBinding) -> None:
    assert configuration(function, {"code": Archive(None, None, "abc")})["filename"] == "abc.zip"


def test_an_object_in_the_place_of_text_is_json_or_unknown(function: ResourceBinding) -> None:
    assert json.loads(configuration(function, {"name": {"b": [1], "a": True}})["function_name"]) == {
        "a": True,
        "b": [1],
    }
    assert configuration(function, {"name": {"a": [UNKNOWN]}})["function_name"] == UNKNOWN


def test_unknown_stays_unknown_both_ways(lifecycle: ResourceBinding) -> None:
    value = configuration(lifecycle, {"bucket": UNKNOWN, "rules": UNKNOWN})
    assert (value["bucket"], value["rule"]) == (UNKNOWN, UNKNOWN)
    assert to_properties(lifecycle.binding, value) == {"bucket": UNKNOWN, "rules": UNKNOWN}
