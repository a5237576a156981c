"""What an interrupted run made is taken over, not made twice."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from local.account import Account
from local.bridge.adopt import Place, identity, means_existing
from local.bridge.values import UNKNOWN
from tests.local.bridge.catalogue import BUCKET, EXAMPLES, FUNCTION, GROUP, KEY, LOGS, POLICY, QUEUE, ROLE, TOPIC
from tests.local.bridge.conftest import Engine, running

Client = Callable[[str], Any]
TASK = "aws:ecs/taskDefinition:TaskDefinition"
ALIAS = "aws:kms/alias:Alias"
PARAMETER = "aws:ssm/parameter:Parameter"
DOCUMENT = "aws:ssm/document:Document"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
SECRET = "aws:secretsmanager/secret:Secret"
SCHEDULE = "aws:scheduler/schedule:Schedule"
PERMISSION = "aws:lambda/permission:Permission"
GROUP_OF_RULES = "aws:ec2/securityGroup:SecurityGroup"

PLACE = Place("http://127.0.0.1:5000", "us-east-1", "123456789012")


@pytest.fixture(scope="module")
def later(account: Account, tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Callable[[], Engine]]:
    """Start a bridge that was not there when things were made: the one of the next run."""
    folder: Path = tmp_path_factory.mktemp("later")
    opened: list[Any] = []

    def start() -> Engine:
        time.sleep(1.1)  # AWS tells creation times in whole seconds
        opened.append(running(account, folder))
        return opened[-1].__enter__()

    yield start
    for context in opened:
        context.__exit__(None, None, None)


@pytest.mark.account
def test_what_stands_under_the_same_name_is_taken_over_and_brought_up_to_date(
    engine: Engine, later: Callable[[], Engine], unique: str, client: Client
) -> None:
    tokens = [BUCKET, LOGS, ROLE, POLICY, QUEUE, TOPIC, GROUP, SCHEDULE, PARAMETER, DOCUMENT, OIDC, SECRET]
    known: dict[str, Any] = {"name": unique}
    for token in tokens:  # recorded nowhere: the engine was killed
        known[token] = engine.create(token, EXAMPLES[token].declare(known)).properties
    again = later()
    for token in tokens:
        declared = {**EXAMPLES[token].declare(known), **EXAMPLES[token].change}
        made = again.create(token, declared)
        assert made.properties["arn"] == known[token]["arn"]
        assert again.drift(made) == [], token
    names = [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]
    assert names.count(unique) == 1


@pytest.mark.account
def test_a_function_and_its_permission_are_taken_over(
    engine: Engine, later: Callable[[], Engine], unique: str, client: Client
) -> None:
    known: dict[str, Any] = {"name": unique}
    for token in (ROLE, QUEUE, FUNCTION, PERMISSION):
        known[token] = engine.create(token, EXAMPLES[token].declare(known)).properties
    again = later()
    for token in (FUNCTION, PERMISSION):
        again.create(token, EXAMPLES[token].declare(known))
    policy = json.loads(client("lambda").get_policy(FunctionName=unique)["Policy"])
    assert [statement["Sid"] for statement in policy["Statement"]] == ["schedule"]


@pytest.mark.account
@pytest.mark.parametrize("token", [KEY, TASK, GROUP_OF_RULES])
def test_what_has_no_name_is_found_by_what_it_is(
    engine: Engine, later: Callable[[], Engine], unique: str, token: str
) -> None:
    declared = EXAMPLES[token].declare({"name": unique})
    made = engine.create(token, declared)
    assert later().create(token, declared).properties["arn"] == made.properties["arn"]


@pytest.mark.account
@pytest.mark.parametrize("token", [KEY, TASK])
def test_two_alike_of_one_run_stay_two(engine: Engine, unique: str, token: str) -> None:
    declared = EXAMPLES[token].declare({"name": unique})
    first, second = engine.create(token, declared), engine.create(token, declared)
    assert first.properties["arn"] != second.properties["arn"]


@pytest.mark.account
def test_a_key_that_the_engine_knows_is_not_taken_for_another(
    engine: Engine, later: Callable[[], Engine], unique: str
) -> None:
    declared = EXAMPLES[KEY].declare({"name": unique})
    first = engine.create(KEY, declared)
    again = later()
    again.diff(first, declared)
    assert again.create(KEY, declared).id != first.id


@pytest.mark.account
def test_what_only_a_replacement_could_change_is_not_taken_over(
    engine: Engine, later: Callable[[], Engine], unique: str
) -> None:
    engine.create(ROLE, {**EXAMPLES[ROLE].declare({"name": unique}), "path": "/a/"})
    with pytest.raises(grpc.RpcError, match="delete it first"):
        later().create(ROLE, EXAMPLES[ROLE].declare({"name": unique}))


@pytest.mark.parametrize(
    ("terraform_type", "configuration", "expected"),
    [
        ("aws_iam_policy", {"name": "p", "path": None}, "arn:aws:iam::123456789012:policy/p"),
        ("aws_iam_policy", {"name": "p", "path": "/a/"}, "arn:aws:iam::123456789012:policy/a/p"),
        ("aws_iam_openid_connect_provider", {"url": "https://a/b"}, "arn:aws:iam::123456789012:oidc-provider/a/b"),
        ("aws_scheduler_schedule", {"name": "s", "group_name": None}, "default/s"),
        ("aws_sqs_queue", {"name": "q"}, "http://127.0.0.1:5000/123456789012/q"),
        ("aws_lambda_permission", {"function_name": "f", "statement_id": None}, None),
        ("aws_s3_bucket", {"bucket": UNKNOWN}, None),
        ("aws_kms_key", {"description": "d"}, None),
    ],
)
def test_identity(terraform_type: str, configuration: dict[str, Any], expected: str | None) -> None:
    assert identity(terraform_type, configuration, PLACE) == expected


def test_only_errors_of_existence_lead_to_adoption() -> None:
    assert means_existing("EntityAlreadyExists: Role with name a already exists.")
    assert means_existing("creating Lambda Function: ResourceConflictException: Function already exist: a")
    assert not means_existing("AccessDenied: not authorized to perform iam:CreateRole")
