"""Two servers a session: our account and, to prove that each gap is real, moto as it comes."""

import io
import json
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.account.daemon import Account, ensure, stop
from local.processes import bound

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient

PLAIN = """
import signal
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
signal.pause()
"""
# One for all: each of its own would read the services' models anew.
SESSION = boto3.Session(region_name="us-east-1")
QUICK = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


@dataclass(frozen=True)
class Aws:
    """Clients of one endpoint under one set of credentials."""

    endpoint: str
    access_key: str = "AKIAADMINADMINADMIN1"
    secret: str = "any"
    token: str | None = None

    def _client(self, service: str) -> Any:
        # The stubs cover only the services in use, which leaves the overloads partly unknown.
        make: Callable[..., Any] = SESSION.client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        keys = {"aws_access_key_id": self.access_key, "aws_secret_access_key": self.secret}
        return make(service, endpoint_url=self.endpoint, config=QUICK, aws_session_token=self.token, **keys)

    @cached_property
    def s3(self) -> "S3Client":
        return self._client("s3")

    @cached_property
    def sqs(self) -> "SQSClient":
        return self._client("sqs")

    @cached_property
    def sns(self) -> "SNSClient":
        return self._client("sns")

    @cached_property
    def iam(self) -> "IAMClient":
        return self._client("iam")

    @cached_property
    def sts(self) -> "STSClient":
        return self._client("sts")

    @cached_property
    def functions(self) -> "LambdaClient":
        return self._client("lambda")

    @cached_property
    def logs(self) -> "CloudWatchLogsClient":
        return self._client("logs")

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        return self._client("cloudwatch")

    @cached_property
    def scheduler(self) -> "EventBridgeSchedulerClient":
        return self._client("scheduler")

    @cached_property
    def cloudtrail(self) -> "CloudTrailClient":
        return self._client("cloudtrail")

    def bucket(self, *, versioned: bool = False, locked: bool = False) -> str:
        """Make a bucket with a name of its own."""
        name = f"bucket-{uuid.uuid4().hex[:12]}"
        self.s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
        if versioned:
            self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def function(self, trusts: str = "ec2.amazonaws.com") -> str:
        """Make a function with a name, and a role, of its own; some service is trusted with the role."""
        name = f"function-{uuid.uuid4().hex[:8]}"
        statement = {"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        role = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("main.py", "def handler(event, context): return event")
        self.functions.create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.11",
            Handler="main.handler",
            Code={"ZipFile": package.getvalue()},
            DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
            LoggingConfig={"LogFormat": "JSON", "LogGroup": "/author/cleanup"},
        )
        return name


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    state = tmp_path_factory.mktemp("account")
    yield ensure(state)
    stop(state)


@pytest.fixture(scope="session")
def plain_endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = (tmp_path_factory.mktemp("plain") / "log").open("wb")
    command = bound([sys.executable, "-c", PLAIN])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as server:
        assert server.stdout
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.kill()


@pytest.fixture(scope="session")
def ours(running: Account) -> Aws:
    return Aws(running.endpoint)


@pytest.fixture(scope="session")
def plain(plain_endpoint: str) -> Aws:
    return Aws(plain_endpoint)


ANY_ERROR = (AssertionError, KeyError, ClientError, BotoCoreError, pytest.fail.Exception)
GAP = pytest.mark.xfail(reason="the gap; a pass here means that moto closed it and our patch can go", raises=ANY_ERROR)


@pytest.fixture(params=["account", pytest.param("plain moto", marks=GAP)])
def gap(request: pytest.FixtureRequest) -> Aws:
    """Run a test on our account, where it must pass, and on plain moto, where it must fail."""
    return request.getfixturevalue("ours" if request.param == "account" else "plain")


def code_of(error: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    """Return the HTTP status and the error code of a refusal."""
    answer = cast("Any", error.value.response)
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]
