from typing import Any

import pytest

from local.bridge.tokens import TOKENS
from local.driver.adopt import adopted, identity
from local.driver.searches import SEARCHES, Clients
from local.driver.stack import Deployment
from local.errors import LocalError
from local.identities import DECLARED, collide

NOWHERE = Clients("http://127.0.0.1:9", "us-east-1", "123456789012")
BUCKET = "aws:s3/bucket:Bucket"


def resource(name: str, kind: str = BUCKET, **inputs: Any) -> dict[str, Any]:
    return {"urn": f"urn:pulumi:local::p::{kind}::{name}", "type": kind, "custom": True, "inputs": inputs}


def pending(item: dict[str, Any], kind: str = "creating") -> dict[str, Any]:
    return {"resource": item, "type": kind}


def test_a_pending_creation_is_entered_under_the_identity_the_account_knows() -> None:
    recorded = {**resource("a", bucket="a-bucket"), "id": "a-bucket", "outputs": {"bucket": "a-bucket"}}
    begun = resource("b", bucket="b-bucket")
    done = adopted(Deployment([recorded], [pending(begun)]), NOWHERE)
    assert done == Deployment([recorded, {**begun, "id": "b-bucket", "outputs": {}}], [])


@pytest.mark.parametrize("kind", ["updating", "deleting", "reading"])
def test_other_pending_operations_are_dropped_as_the_resource_is_recorded(kind: str) -> None:
    recorded: dict[str, Any] = {**resource("a", bucket="a-bucket"), "id": "a-bucket", "outputs": {}}
    assert adopted(Deployment([recorded], [pending(recorded, kind)]), NOWHERE) == Deployment([recorded], [])


def test_a_pending_replacement_leaves_what_it_replaces() -> None:
    recorded: dict[str, Any] = {**resource("a", bucket="old"), "id": "old", "outputs": {}}
    done = adopted(Deployment([recorded], [pending(resource("a", bucket="new"))]), NOWHERE)
    assert done == Deployment([recorded], [])


def test_what_does_not_stand_in_the_account_is_not_looked_for() -> None:
    provider = resource("default", "pulumi:providers:aws", region="us-east-1")
    assert adopted(Deployment([], [pending(provider)]), NOWHERE) == Deployment([], [])


def test_an_unknown_type_is_an_error_that_names_it_and_the_table() -> None:
    with pytest.raises(LocalError, match=r"identities\.py does not say how to find a aws:x/y:Z"):
        adopted(Deployment([], [pending(resource("a", "aws:x/y:Z"))]), NOWHERE)


def test_every_type_the_bridge_serves_has_an_identity() -> None:
    assert {*TOKENS} - {*DECLARED, *SEARCHES} == set()
    assert {*DECLARED} & {*SEARCHES} == set()


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("aws:cloudwatch/eventRule:EventRule", {"name": "r"}, "r"),
        ("aws:cloudwatch/eventRule:EventRule", {"name": "r", "eventBusName": "b"}, "b/r"),
        ("aws:cloudwatch/eventTarget:EventTarget", {"rule": "r", "targetId": "t"}, "default/r/t"),
        ("aws:cloudwatch/logMetricFilter:LogMetricFilter", {"logGroupName": "/g", "name": "f"}, "/g:f"),
        ("aws:iam/policy:Policy", {"name": "p"}, "arn:aws:iam::123456789012:policy/p"),
        ("aws:iam/rolePolicy:RolePolicy", {"role": "r", "name": "p"}, "r:p"),
        (
            "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
            {"url": "https://token.actions.githubusercontent.com"},
            "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
        ),
        ("aws:lambda/permission:Permission", {"function": "f", "statementId": "s"}, "f/s"),
        ("aws:s3/inventory:Inventory", {"bucket": "b", "name": "weekly"}, "b:weekly"),
        ("aws:scheduler/schedule:Schedule", {"name": "s", "groupName": "g"}, "g/s"),
        ("aws:sns/topic:Topic", {"name": "t"}, "arn:aws:sns:us-east-1:123456789012:t"),
    ],
)
def test_identities_are_what_terraform_imports(kind: str, inputs: dict[str, str], expected: str) -> None:
    assert identity(kind, inputs, NOWHERE) == expected


def test_a_name_the_provider_was_to_choose_makes_no_identity() -> None:
    assert identity(BUCKET, {"bucketPrefix": "b-"}, NOWHERE) is None


@pytest.mark.parametrize(
    ("kind", "one", "other", "both"),
    [
        (BUCKET, {"bucket": "a"}, {"bucket": "b"}, True),
        (BUCKET, {"bucket": "a"}, {"bucket": "a", "objectLockEnabled": True}, False),
        ("aws:lambda/permission:Permission", {"function": "f", "statementId": "s"}, {"function": "f"}, True),
        ("aws:ec2/securityGroup:SecurityGroup", {"name": "g"}, {"name": "g", "description": "new"}, False),
        ("aws:kms/key:Key", {"description": "k"}, {"description": "k"}, True),
    ],
)
def test_two_of_one_identity_can_not_stand_side_by_side(
    kind: str, one: dict[str, Any], other: dict[str, Any], both: bool
) -> None:
    assert collide(kind, one, other) is not both
