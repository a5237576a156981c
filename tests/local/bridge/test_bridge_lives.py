"""What may happen to a resource besides being made, changed and deleted."""

import json
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2

from local.bridge.answers import STATE
from local.bridge.properties import Archive, Asset, encode, secret_names
from local.bridge.values import UNKNOWN
from tests.local.bridge.catalogue import ALARM, BUCKET, EXAMPLES, FUNCTION, KEY, LOGS, QUEUE, ROLE, allow
from tests.local.bridge.conftest import Engine, Made

pytestmark = pytest.mark.account

Client = Callable[[str], Any]
PARAMETER = "aws:ssm/parameter:Parameter"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SCHEDULE = "aws:scheduler/schedule:Schedule"


def failures(answer: provider_pb2.CheckResponse) -> dict[str, str]:
    return {failure.property: failure.reason for failure in answer.failures}


def test_what_can_not_change_in_place_is_replaced_by_deleting_first_if_the_name_stays(
    engine: Engine, unique: str
) -> None:
    declared = {"bucket": unique}
    made = engine.create(BUCKET, declared)
    answer = engine.diff(made, {"bucket": unique, "objectLockEnabled": True})
    assert list(answer.replaces) == ["objectLockEnabled"]
    assert answer.deleteBeforeReplace
    assert answer.detailedDiff["objectLockEnabled"].kind == provider_pb2.PropertyDiff.ADD_REPLACE
    renamed = engine.diff(made, {"bucket": f"{unique}-b"})
    assert list(renamed.replaces) == ["bucket"]
    assert not renamed.deleteBeforeReplace


def test_an_input_the_provider_lacks_is_refused_by_name(engine: Engine, unique: str) -> None:
    declared = {**EXAMPLES[BUCKET].declare({"name": unique}), "bucketNamespace": "account-regional"}
    assert "Terraform provider 5.100" in failures(engine.check(BUCKET, declared))["bucketNamespace"]


def test_a_nested_input_the_provider_lacks_is_refused_by_path(engine: Engine) -> None:
    token = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    rule = {"blockedEncryptionTypes": ["SSE-C"]}
    found = failures(engine.check(token, {"bucket": "b", "rules": [rule]}))
    assert found == {"rules[0].blockedEncryptionTypes": "the provider has no such property"}


def test_only_the_accounts_own_region_is_accepted(engine: Engine, unique: str) -> None:
    assert failures(engine.check(BUCKET, {"bucket": unique, "region": "us-east-1"})) == {}
    assert "us-east-1 only" in failures(engine.check(BUCKET, {"bucket": unique, "region": "eu-central-1"}))["region"]


@pytest.mark.parametrize(
    ("token", "declared", "prop", "reason"),
    [
        (LOGS, {"name": "a", "retentionInDays": 8}, "retentionInDays", "expected retention_in_days to be one of"),
        (BUCKET, {"bukcet": "a"}, "bukcet", "takes no such property"),
        (ROLE, {"name": "a"}, "assumeRolePolicy", "required"),
    ],
)
def test_what_is_not_valid_is_refused_where_it_stands(
    engine: Engine, token: str, declared: dict[str, Any], prop: str, reason: str
) -> None:
    assert reason in failures(engine.check(token, declared))[prop]


def test_a_type_that_is_not_served_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(grpc.RpcError, match="does not serve aws:rds/cluster:Cluster"):
        engine.check("aws:rds/cluster:Cluster", {})


def test_a_data_source_is_refused_by_name(engine: Engine) -> None:
    answer = engine.call("Invoke", provider_pb2.InvokeRequest(tok="aws:index/getCallerIdentity:getCallerIdentity"))
    assert "aws:index/getCallerIdentity:getCallerIdentity" in answer.failures[0].reason


@pytest.mark.parametrize("name", ["profile", "endpoints", "assumeRoles", "httpProxy"])
def test_configuration_that_could_lead_elsewhere_is_refused(engine: Engine, name: str) -> None:
    answer = engine.call("CheckConfig", provider_pb2.CheckRequest(news=encode({name: "x"})))
    assert list(failures(answer)) == [name]


def test_a_name_is_chosen_once(engine: Engine) -> None:
    declared = {"retentionInDays": 30}
    first = engine.inputs(LOGS, declared)
    name = first.fields["name"].string_value
    assert name.startswith("res-")
    assert len(name) == len("res-") + 7
    assert engine.inputs(LOGS, declared, first).fields["name"].string_value == name
    assert engine.inputs(LOGS, {**declared, "name": "given"}, first).fields["name"].string_value == "given"


def test_unknown_inputs_make_unknown_text_and_no_error(engine: Engine, unique: str) -> None:
    planned = engine.preview(
        "aws:s3/bucketPolicy:BucketPolicy", {"bucket": unique, "policy": allow("s3:*", UNKNOWN, "*")}
    )
    assert (planned["bucket"], planned["policy"]) == (unique, UNKNOWN)
    assert engine.preview(KEY, {"description": UNKNOWN})["description"] == UNKNOWN


def test_an_update_with_an_unknown_is_previewed_as_unknown(engine: Engine, unique: str) -> None:
    made = engine.create(LOGS, {"name": unique, "retentionInDays": 30})
    preview = engine.update(made, {"name": unique, "retentionInDays": 30, "tags": {"key": UNKNOWN}}, preview=True)
    assert preview.properties["tags"] == {"key": UNKNOWN} or preview.properties["tags"] == UNKNOWN


def test_what_the_provider_calls_sensitive_is_a_secret(engine: Engine, unique: str) -> None:
    made = engine.create(PARAMETER, {"name": f"/{unique}", "type": "SecureString", "value": "hush"})
    assert "value" in made.secrets
    assert STATE in secret_names(made.outputs)
    assert not secrets_in_clear(made.outputs, "hush")


def test_a_secret_of_the_program_stays_one(engine: Engine, unique: str) -> None:
    declared = {"bucket": unique, "tags": {"pin": "hush"}}
    made = engine.create(BUCKET, declared, secrets=("tags",))
    assert secret_names(made.inputs) == {"tags"}
    assert not secrets_in_clear(made.inputs, "hush")
    assert "tags" in made.secrets
    found = engine.read(made)
    assert found
    assert "tags" in found.secrets & secret_names(found.inputs)


def secrets_in_clear(struct: struct_pb2.Struct, text: str) -> bool:
    hidden = secret_names(struct)
    return any(text in str(value) for name, value in struct.fields.items() if name not in hidden)


def test_a_resource_is_imported_by_its_identifier(engine: Engine, unique: str, client: Client) -> None:
    client("sqs").create_queue(QueueName=unique, Attributes={"VisibilityTimeout": "77"})
    url = client("sqs").get_queue_url(QueueName=unique)["QueueUrl"]
    found = engine.import_(QUEUE, url)
    assert found
    assert found.id == url
    assert found.declared["visibilityTimeoutSeconds"] == 77
    assert (
        "visibilityTimeoutSeconds" in engine.diff(found, {"name": unique, "visibilityTimeoutSeconds": 60}).detailedDiff
    )
    assert engine.import_(ROLE, f"{unique}-nobody") is None


def test_the_code_of_a_function_is_told_by_its_content(engine: Engine, unique: str) -> None:
    def code(text: str) -> dict[str, Any]:
        return {"handler.py": Asset(None, text, "")}

    role = engine.create(ROLE, EXAMPLES[ROLE].declare({"name": unique}))
    declared = {
        "name": unique,
        "role": role.properties["arn"],
        "runtime": "python3.12",
        "handler": "handler.handle",
        "code": Archive(None, code("a = 1"), "1" * 64),
    }
    made = engine.create(FUNCTION, declared)
    assert made.properties["code"] == declared["code"]
    known_by_hash = {**declared, "code": Archive(None, None, "1" * 64)}
    assert not engine.diff(made, known_by_hash).detailedDiff
    answer = engine.diff(made, {**declared, "code": Archive(None, code("a = 2"), "2" * 64)})
    assert [path.split("[")[0].split(".")[0] for path in answer.detailedDiff] == ["code"]


@pytest.mark.parametrize(
    ("token", "error"),
    [(ROLE, "EntityAlreadyExists"), (LOGS, "ResourceAlreadyExistsException"), (PARAMETER, "ParameterAlreadyExists")],
)
def test_a_creation_of_what_exists_is_the_providers_error(engine: Engine, unique: str, token: str, error: str) -> None:
    declared = EXAMPLES[token].declare({"name": unique})
    engine.create(token, declared)
    with pytest.raises(grpc.RpcError, match=error):
        engine.create(token, declared)


def test_what_is_gone_is_read_as_gone(engine: Engine, unique: str, client: Client) -> None:
    made = engine.create(LOGS, {"name": unique})
    client("logs").delete_log_group(logGroupName=unique)
    assert engine.read(made) is None
    engine.delete(made)


def test_each_kind_of_drift_is_told_as_what_was_declared(engine: Engine, unique: str, client: Client) -> None:
    declared = EXAMPLES[ALARM].declare({"name": unique})
    made = engine.create(ALARM, declared)
    alarm = client("cloudwatch").describe_alarms(AlarmNames=[unique])["MetricAlarms"][0]
    kept = ("AlarmName", "ComparisonOperator", "EvaluationPeriods", "Namespace", "MetricName", "Period", "Statistic")
    changed = {"Threshold": 5.0, "TreatMissingData": "ignore", "Dimensions": [{"Name": "Bucket", "Value": "b"}]}
    client("cloudwatch").put_metric_alarm(**{name: alarm[name] for name in kept}, **changed)
    found = engine.read(made)
    assert found
    assert found.declared["threshold"] == 5
    assert found.declared["dimensions"] == {"Bucket": "b"}
    assert engine.drift(made) == ["dimensions.Bucket", "threshold", "treatMissingData"]


def test_what_was_added_by_hand_is_drift_too(engine: Engine, unique: str, client: Client) -> None:
    made = engine.create(BUCKET, {"bucket": unique})
    client("s3").put_bucket_tagging(Bucket=unique, Tagging={"TagSet": [{"Key": "who", "Value": "knows"}]})
    assert engine.drift(made) == ["tags"]


def test_what_the_program_ignores_and_the_account_set_by_itself_is_no_change(
    engine: Engine, unique: str, client: Client
) -> None:
    engine.create(BUCKET, {"bucket": unique, "objectLockEnabled": True})
    retention = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}}
    client("s3").put_object_lock_configuration(Bucket=unique, ObjectLockConfiguration=retention)
    declared = {"bucket": unique, "key": "a", "content": "b", "checksumAlgorithm": "SHA256"}
    made = engine.create("aws:s3/bucketObjectv2:BucketObjectv2", declared)
    found = engine.read(made)
    assert found
    locked = ("objectLockMode", "objectLockRetainUntilDate")
    assert {*engine.diff(found, declared).diffs} == {*locked}
    assert not engine.diff(found, declared, ignored=locked).diffs


def test_a_policy_changed_by_hand_is_shown_where_it_changed(engine: Engine, unique: str, client: Client) -> None:
    role = engine.create(ROLE, EXAMPLES[ROLE].declare({"name": unique}))
    declared = {"name": "inline", "role": unique, "policy": allow("s3:GetObject", "arn:aws:s3:::a/*")}
    made = engine.create("aws:iam/rolePolicy:RolePolicy", declared)
    wide = json.dumps(allow("s3:*", "arn:aws:s3:::a/*"))
    client("iam").put_role_policy(RoleName=role.id, PolicyName="inline", PolicyDocument=wide)
    assert engine.drift(made) == ["policy.Statement[0].Action"]


def test_a_state_of_another_plugin_is_not_touched(engine: Engine, unique: str) -> None:
    made = engine.create(LOGS, {"name": unique})
    foreign = Made(made.token, made.urn, made.id, made.inputs, encode(made.properties))
    with pytest.raises(grpc.RpcError, match="recorded by another AWS plugin"):
        engine.delete(foreign)
    assert engine.read(made) is not None
