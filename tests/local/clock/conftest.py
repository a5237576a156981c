"""The account the clock works on, and functions deployed to it."""

import io
import json
import textwrap
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.account.daemon import Account, ensure, stop
from local.clock.aws import Clients

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client

Deploy = Callable[..., str]
TIMEOUT = 300
"""Seconds that a function may take, its cold start on a busy machine among them."""


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clock")


@pytest.fixture(scope="session")
def running(state: Path) -> Iterator[Account]:
    yield ensure(state)
    stop(state)


@pytest.fixture(scope="session")
def clients(running: Account) -> Clients:
    return Clients(running)


@pytest.fixture(scope="session")
def functions(clients: Clients) -> "LambdaClient":
    return clients.make("lambda")


@pytest.fixture(scope="session")
def s3(clients: Clients) -> "S3Client":
    return clients.make("s3")


@pytest.fixture(scope="session")
def logs(clients: Clients) -> "CloudWatchLogsClient":
    return clients.make("logs")


def make_role(clients: Clients, service: str, *statements: dict[str, Any]) -> str:
    """Make a role that a service may take, and return its ARN."""
    name = f"role-{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    arn = clients.iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        clients.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
    return arn


@pytest.fixture(scope="session")
def deploy(clients: Clients, functions: "LambdaClient") -> Deploy:
    def deployed(code: str, *statements: dict[str, Any], trusts: str = "lambda.amazonaws.com", **settings: Any) -> str:
        """Deploy a function of one file under a role with these statements, and return its name."""
        name = f"function-{uuid.uuid4().hex[:8]}"
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("main.py", textwrap.dedent(code))
        usual: dict[str, Any] = {"Runtime": "python3.11", "Handler": "main.handler", "Timeout": TIMEOUT}
        functions.create_function(
            FunctionName=name,
            Role=make_role(clients, trusts, *statements),
            Code={"ZipFile": package.getvalue()},
            **(usual | settings),
        )
        return name

    return deployed
