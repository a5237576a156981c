"""The stub of S3 and SeaweedFS do what S3 does; SeaweedFS but for what a row says."""

import time
from collections.abc import Generator

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.local.account.behaviour.player import Row, play
from tests.local.account.behaviour.seaweedfs import START_SECONDS, running_seaweedfs
from tests.local.account.behaviour.table import TABLE, cases, play_on
from tests.local.account.conftest import ANY_ERROR, Aws
from tests.stubs.s3.control import Stub, running_stub

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def stub() -> Generator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.mark.parametrize("row", cases(row for row in TABLE if not row.beyond_stub))
def test_the_stub_does_what_s3_does(stub: Stub, row: Row) -> None:
    stub.reset(versioned=row.bucket == "versioned", locked=row.bucket == "locked")
    play(Aws(stub.endpoint).s3, "bucket", row.steps)


@pytest.fixture(scope="module")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Generator[Aws]:
    with running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as endpoint:
        aws = Aws(endpoint)
        _await_volumes(aws)
        yield aws


def _await_volumes(aws: Aws) -> None:
    """It answers before it can store anything."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            aws.s3.put_object(Bucket=aws.bucket(), Key="first", Body=b"x")
        except (ClientError, BotoCoreError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _differs(row: Row) -> list[pytest.MarkDecorator]:
    """SeaweedFS need not do as documented where the row says so; a pass there means that the row is out of date."""
    return [pytest.mark.xfail(reason=f"SeaweedFS {row.seaweedfs}", raises=ANY_ERROR)] if row.seaweedfs else []


@pytest.mark.parametrize("row", [pytest.param(row, id=row.says, marks=_differs(row)) for row in TABLE])
def test_seaweedfs_does_what_s3_does(seaweedfs: Aws, row: Row) -> None:
    play_on(seaweedfs, row)
