import inspect
import re
from dataclasses import fields

import pytest

from components.outputs import Outputs
from declared.recorder import SECRET
from declared.stacks import stacks
from estate.names import DATA_BUCKETS
from tests.components.single import configured, declared


@pytest.mark.slow
@pytest.mark.parametrize("stack", stacks())
def test_every_output_is_there_known_before_the_first_deployment_and_not_secret(stack: str) -> None:
    outputs = configured(stack).outputs
    assert {re.sub(r"[A-Z]", lambda m: "_" + m[0].lower(), name) for name in outputs} == {
        *(field.name for field in fields(Outputs)),
        *(f"{of.short.replace('-', '_')}_bucket" for of in DATA_BUCKETS),
    }
    assert "<unknown>" not in str(outputs)
    assert SECRET not in str(outputs)
    assert "canary" not in str(outputs)


def test_every_output_is_documented() -> None:
    documented = re.findall(r"^    (\w+): ", inspect.getdoc(Outputs) or "", re.MULTILINE)
    assert documented == [field.name for field in fields(Outputs)]


def test_outputs_name_what_is_declared() -> None:
    declaration = declared("prod")
    names = {
        str(v) for r in declaration.estate.resources for k, v in r.properties.items() if k.lower().endswith("name")
    }
    names |= {str(r.properties.get("bucket")) for r in declaration.estate.of_type("s3/bucket:Bucket")}
    names |= {str(r.properties.get("family")) for r in declaration.estate.of_type("ecs/taskDefinition:TaskDefinition")}
    said = {v for k, v in declaration.outputs.items() if isinstance(v, str) and k not in {"account", "region"}}
    assert said - names == set()
    aliases = {str(r.properties["name"]) for r in declaration.estate.of_type("kms/alias:Alias")}
    assert set(declaration.outputs["encryptionKeys"].values()) <= aliases
    assert {arn.rsplit(":", 1)[-1] for arn in declaration.outputs["topics"].values()} <= names
