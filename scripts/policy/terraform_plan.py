"""Writes an estate as the plan document that Terraform would print, for tools that read only those.

Pulumi's AWS provider is made from Terraform's: types and properties have the same names in another spelling. Format:
https://developer.hashicorp.com/terraform/internals/json-format
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from estate.model import Estate, Resource, Unknown

TYPES = {
    "s3/inventory": "aws_s3_bucket_inventory",
    "s3/bucketObject": "aws_s3_object",
    "s3/bucketObjectv2": "aws_s3_object",
}
"""Types whose Terraform name is not the plain respelling."""

SINGULAR = {
    "rules": "rule",
    "transitions": "transition",
    "noncurrentVersionTransitions": "noncurrent_version_transition",
    "metricQueries": "metric_query",
    "settings": "setting",
}
"""Lists of blocks, which Pulumi calls by their plural."""

MAPS = frozenset({"tags", "tagsAll", "dimensions", "variables"})
"""Properties that are maps; every other object is a block, and a block is a list in a plan."""

DOCUMENTS = frozenset(
    {
        "assumeRolePolicy",
        "containerDefinitions",
        "content",
        "dashboardBody",
        "eventPattern",
        "input",
        "policy",
        "policyDocument",
        "redrivePolicy",
        "filterPolicy",
    }
)
"""Properties that are JSON text."""


def plan(estate: Estate) -> dict[str, Any]:
    """Makes the document: every resource is to be created, with its values and what it refers to."""
    resources = [(_type(r), _label(r), r) for r in estate.resources if r.type.startswith("aws:")]
    names = {
        str(r.properties.get("bucket")): f"{type_}.{label}" for type_, label, r in resources if type_ == "aws_s3_bucket"
    }
    planned = [_planned(type_, label, r) for type_, label, r in resources]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": [
            {**p, "change": {"actions": ["create"], "before": None, "after": p["values"], "after_unknown": {}}}
            for p in planned
        ],
        "configuration": {
            "root_module": {"resources": [_configured(type_, label, r, names) for type_, label, r in resources]}
        },
    }


def _type(resource: Resource) -> str:
    name = resource.type.split(":")[1]
    return TYPES.get(name) or f"aws_{_snake(name.replace('/', '_'))}"


def _label(resource: Resource) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", resource.name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _planned(type_: str, label: str, resource: Resource) -> dict[str, Any]:
    return {
        "address": f"{type_}.{label}",
        "mode": "managed",
        "type": type_,
        "name": label,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "schema_version": 0,
        "values": {_key(k): _value(k, v) for k, v in resource.properties.items()},
    }


def _key(name: str) -> str:
    return SINGULAR.get(name) or _snake(name)


def _value(name: str, value: Any) -> Any:
    if isinstance(value, Unknown):
        return None
    if name in DOCUMENTS and isinstance(value, Mapping | list):
        return json.dumps(value)
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        if name in MAPS:
            return dict(items)
        return [{_key(k): _value(k, v) for k, v in items.items()}]
    if isinstance(value, list):
        return [_item(name, v) for v in cast("Sequence[Any]", value)]
    return value


def _item(name: str, value: Any) -> Any:
    """An item of a list of blocks is the block itself."""
    inner = _value(name, value)
    return cast("list[Any]", inner)[0] if isinstance(value, Mapping) else inner


def _configured(type_: str, label: str, resource: Resource, buckets: Mapping[str, str]) -> dict[str, Any]:
    """Says which bucket a resource refers to; tools join a bucket and its parts by that."""
    target = buckets.get(str(resource.properties.get("bucket"))) if type_ != "aws_s3_bucket" else None
    expressions = {"bucket": {"references": [f"{target}.id", target]}} if target else {}
    return {
        "address": f"{type_}.{label}",
        "mode": "managed",
        "type": type_,
        "name": label,
        "provider_config_key": "aws",
        "expressions": expressions,
        "schema_version": 0,
    }
