"""What every component and every resource is held to."""

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from components.base import Component, Section
from components.wildcards import REASONS
from declared.program import Declaration
from declared.stacks import stacks
from estate.paths import keys
from estate.views import FACETS
from policies.rules.unknowns import MAY_BE_UNKNOWN, unknown_paths
from tests.components.single import configured, declared

ROOT = Path(__file__).resolve().parents[2]
STACKS = stacks()
HOLDS_DATA = {"aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:kms/alias:Alias"}
PHYSICAL_NAME = {
    "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
    "aws:cloudwatch/eventTarget:EventTarget": "targetId",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": "policyName",
    "aws:ecs/taskDefinition:TaskDefinition": "family",
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "functionName",
    "aws:sns/topicPolicy:TopicPolicy": "arn",
}
"""Where a resource's physical name stands, if not in `name` or, for the parts of a bucket, in `bucket`."""


@pytest.fixture(scope="module", params=STACKS)
def declaration(request: pytest.FixtureRequest) -> Declaration:
    return declared(str(request.param))


def classes() -> dict[str, type[Component]]:
    """Component classes by name, each with the module that declares it."""
    found: dict[str, type[Component]] = {}
    for path in sorted((ROOT / "components").glob("*.py")):
        module = importlib.import_module(f"components.{path.stem}")
        own = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__]
        components = [c for c in own if issubclass(c, Component) and c is not Component]
        assert len(components) <= 1, f"{path.name} declares {len(components)} components; one a file"
        found.update({c.__name__: c for c in components})
    return found


@pytest.mark.parametrize(("name", "component"), classes().items())
def test_a_component_has_frozen_arguments_each_documented(name: str, component: type[Component]) -> None:
    arguments = getattr(inspect.getmodule(component), f"{name}Args")
    assert is_dataclass(arguments)
    assert cast("Any", arguments).__dataclass_params__.frozen
    documented = set(re.findall(r"^        (\w+): ", inspect.getdoc(arguments) or "", re.MULTILINE)) | set(
        re.findall(r"^    (\w+): ", inspect.getdoc(arguments) or "", re.MULTILINE)
    )
    assert {field.name for field in fields(arguments)} <= documented
    assert list(inspect.signature(component).parameters) == ["name", "site", "args", "opts"]
    assert component.__doc__
    assert component.runbook in Section


def test_every_component_is_used_under_its_type_token(declaration: Declaration) -> None:
    tokens = {component.type for component in declaration.components}
    assert tokens == {f"author:storage:{name}" for name in classes()}


def test_every_component_registers_its_outputs(declaration: Declaration) -> None:
    assert {f"{c.type} {c.name}" for c in declaration.components} == declaration.finished


def test_every_resource_belongs_to_a_component(declaration: Declaration) -> None:
    components = {component.name for component in declaration.components}
    assert [str(r) for r in declaration.estate.resources if r.parent not in components] == []


def test_everything_that_can_carry_tags_carries_ours(declaration: Declaration) -> None:
    estate = declaration.estate
    taggable = [r for r in estate.resources if "tags" in sdk_inputs(r.type)]
    assert len(taggable) > 30
    for resource in taggable:
        tags = resource.properties["tags"]
        assert tags.keys() >= {"project", "environment", "owner", "runbook"}, resource
        assert (tags["project"], tags["environment"]) == ("author-storage", estate.environment)
        assert tags["owner"]


def test_every_section_in_a_tag_exists_in_the_runbook() -> None:
    titles = re.findall(r"^#+ (.+)$", (ROOT / "docs" / "runbook.md").read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles}
    assert {str(section) for section in Section} <= anchors


def test_production_protects_what_holds_data_and_the_others_nothing(declaration: Declaration) -> None:
    protected = {str(r) for r in declaration.estate.resources if r.protect}
    holds = {str(r) for r in declaration.estate.resources if r.type in HOLDS_DATA}
    assert len(holds) > 10
    assert protected == (holds if declaration.estate.stack == "prod" else set())


def test_only_local_empties_buckets_on_destroy(declaration: Declaration) -> None:
    emptied = {r.properties["forceDestroy"] for r in declaration.estate.of_type("s3/bucket:Bucket")}
    assert emptied == {declaration.estate.stack == "local"}


def test_every_physical_name_is_explicit(declaration: Declaration) -> None:
    for resource in declaration.estate.resources:
        inputs = sdk_inputs(resource.type)
        named_by = PHYSICAL_NAME.get(resource.type) or ("name" if "name" in inputs else None)
        if named_by is None:
            assert {"bucket", "topic"} & resource.properties.keys() or resource.type == "aws:kms/key:Key", resource
        else:
            assert resource.properties.get(named_by), f"{resource}: {named_by} is left to the provider"


def test_no_resource_names_a_provider_s_region_or_prefix(declaration: Declaration) -> None:
    for resource in declaration.estate.resources:
        assert not {"region", "namePrefix", "bucketPrefix"} & resource.properties.keys(), resource


def test_a_first_preview_of_production_knows_all_but_the_ids_of_keys() -> None:
    estate = configured("prod").estate
    unknown = {(r.type, keys(path)) for r in estate.resources for path in unknown_paths(r)}
    assert unknown == {
        ("aws:kms/alias:Alias", ("targetKeyId",)),
        (f"aws:{FACETS['encryption']}", ("rules", "applyServerSideEncryptionByDefault", "kmsMasterKeyId")),
        ("aws:sns/topic:Topic", ("kmsMasterKeyId",)),
    }
    assert unknown <= set(MAY_BE_UNKNOWN.items())


def test_every_wildcard_in_a_policy_has_a_written_reason_and_every_reason_a_wildcard() -> None:
    starred = {sid for stack in STACKS for sid, text in statements(declared(stack)) if "*" in text}
    assert starred - REASONS.keys() == set()
    assert REASONS.keys() - starred == set()


def test_no_statement_turns_its_list_around(declaration: Declaration) -> None:
    for sid, text in statements(declaration):
        assert not re.search(r"NotAction|NotResource|NotPrincipal", text), sid


def statements(declaration: Declaration) -> Iterator[tuple[str, str]]:
    """Every statement of every policy: its sid and itself as text."""
    keys = ("policy", "assumeRolePolicy", "policyDocument")
    documents = [r.properties[key] for r in declaration.estate.resources for key in keys if key in r.properties]
    assert len(documents) > 20
    for document in documents:
        for statement in document["Statement"]:
            yield statement["Sid"], str(statement)


def sdk_inputs(token: str) -> set[str]:
    """The inputs that the SDK knows for a type, in camelCase: `aws:s3/bucket:Bucket` → {"bucket", "tags", …}."""
    module, name = token.removeprefix("aws:").split("/")[0], token.rsplit(":", 1)[-1]
    package = importlib.import_module(f"pulumi_aws.{'lambda_' if module == 'lambda' else module}")
    arguments = getattr(package, f"{name}Args", None)
    assert arguments is not None, f"pulumi_aws has no arguments class of {token}"
    snake = inspect.signature(arguments).parameters
    return {re.sub(r"_([a-z0-9])", lambda m: m[1].upper(), parameter) for parameter in snake}


def test_the_inputs_of_a_type_are_found() -> None:
    assert {"bucket", "tags", "forceDestroy"} <= sdk_inputs("aws:s3/bucket:Bucket")
    assert "tags" not in sdk_inputs("aws:s3/bucketPolicy:BucketPolicy")
