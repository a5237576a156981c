"""Nothing of the SDK is lost without a word: each property of each type in the table has an attribute, or is here."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from local.bridge import schema
from local.bridge.binary import verify
from local.bridge.names import ResourceBinding, bind
from local.bridge.schema import ResourceSchema
from local.bridge.terraform import Terraform
from local.bridge.tokens import TOKENS
from tests.local.bridge.conftest import provider_binary

pytestmark = pytest.mark.account

ABSENT: Mapping[str, set[str]] = {
    # Properties that pulumi-aws 7.51.1 has and terraform-provider-aws 5.100.0 has not, besides `region`.
    "aws:cloudwatch/logGroup:LogGroup": {"deletionProtectionEnabled"},
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": {"applyOnTransformedLogs"},
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {"policyScope", "resourceArn", "revisionId"},
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        "evaluationCriteria",
        "evaluationInterval",
        "evaluationWindow",
        "warmUpConfiguration",
    },
    "aws:ecs/taskDefinition:TaskDefinition": {"volumes[].s3filesVolumeConfiguration"},
    "aws:iam/policy:Policy": {"delayAfterPolicyCreationInMs"},
    "aws:lambda/function:Function": {
        "capacityProviderConfig",
        "durableConfig",
        "publishTo",
        "responseStreamingInvokeArn",
        "sourceKmsKeyArn",
        "tenancyConfig",
        "useResourceTimeoutForPropagation",
    },
    "aws:lambda/permission:Permission": {"invokedViaFunctionUrl"},
    "aws:s3/bucket:Bucket": {
        "bucketNamespace",
        "bucketRegion",
        "serverSideEncryptionConfiguration.rule.blockedEncryptionTypes",
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {"skipDestroy"},
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        "rules[].blockedEncryptionTypes"
    },
    "aws:scheduler/schedule:Schedule": {"actionAfterCompletion"},
    "aws:secretsmanager/secret:Secret": {"type"},
    "aws:sns/topic:Topic": {"maximumMessageSize"},
}
# IAM is global; a bucket had a region that is only answered before every resource had one to be chosen.
WITHOUT_REGION = {*(token for token in TOKENS if token.startswith("aws:iam/")), "aws:s3/bucket:Bucket"}


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, ResourceSchema]]:
    state = tmp_path_factory.mktemp("bridge")
    binary_hash = verify(provider_binary(), state)
    terraform = Terraform(provider_binary(), state, dict(os.environ))
    yield schema.load(terraform, state, binary_hash, [token.terraform for token in TOKENS.values()])[1]
    terraform.stop()


@pytest.fixture(scope="module")
def bindings(schemas: Mapping[str, ResourceSchema]) -> Mapping[str, ResourceBinding]:
    return {token: bind(entry, schemas[entry.terraform].type) for token, entry in TOKENS.items()}


@pytest.mark.parametrize("token", sorted(TOKENS))
def test_every_property_is_served_or_refused(bindings: Mapping[str, ResourceBinding], token: str) -> None:
    found = bindings[token]
    expected = ABSENT.get(token, set[str]()) | (set[str]() if token in WITHOUT_REGION else {"region"})
    assert found.absent == expected
    assert found.inputs <= set(found.binding.names) | found.absent


@pytest.mark.parametrize("token", sorted(TOKENS))
def test_every_attribute_a_program_could_set_has_a_name(
    bindings: Mapping[str, ResourceBinding], schemas: Mapping[str, ResourceSchema], token: str
) -> None:
    """What the SDK has no name for is what Pulumi has other means for, or dropped from version 6."""
    fields = schemas[TOKENS[token].terraform].type.fields
    nameless = {name for name, field in fields.items() if field.settable} - set(bindings[token].binding.fields)
    assert nameless <= {"id", "timeouts", "inference_accelerator"}


def test_every_type_has_an_identifier(schemas: Mapping[str, ResourceSchema]) -> None:
    assert [name for name, found in schemas.items() if "id" not in found.type.fields] == []


def test_the_schemas_are_asked_for_once(tmp_path: Path) -> None:
    class Silent:
        def get_schema(self) -> object:
            raise AssertionError("asked again")

        def message(self, name: str) -> object:
            return terraform.message(name)

    terraform = Terraform(provider_binary(), tmp_path, dict(os.environ))
    first = schema.load(terraform, tmp_path, "hash", ["aws_s3_bucket"])
    assert schema.load(Silent(), tmp_path, "hash", ["aws_s3_bucket"]) == first
    terraform.stop()
