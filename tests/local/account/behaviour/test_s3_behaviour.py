"""One table of S3's behaviour, played against whatever stands in for S3 here."""

from collections.abc import Generator, Iterable
from typing import Any

import pytest

from tests.local.account.behaviour import listings, locks, policies, versions, writes
from tests.local.account.behaviour.player import Row, play
from tests.local.account.behaviour.seaweedfs import running_seaweedfs
from tests.local.account.conftest import ANY_ERROR, GAP, Aws
from tests.stubs.s3.control import Stub, running_stub

pytestmark = pytest.mark.account

TABLE = (*versions.ROWS, *locks.ROWS, *listings.ROWS, *writes.ROWS, *policies.ROWS)


def _cases(rows: Iterable[Row]) -> list[Any]:
    return [pytest.param(row, id=row.says) for row in rows]


def _play(aws: Aws, row: Row) -> None:
    play(aws.s3, aws.bucket(versioned=row.bucket == "versioned", locked=row.bucket == "locked"), row.steps)


@pytest.mark.parametrize("row", _cases(TABLE))
def test_the_account_does_what_s3_does(ours: Aws, row: Row) -> None:
    _play(ours, row)


@pytest.fixture(scope="module")
def stub() -> Generator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.mark.parametrize("row", _cases(row for row in TABLE if not row.beyond_stub))
def test_the_stub_does_what_s3_does(stub: Stub, row: Row) -> None:
    stub.reset(versioned=row.bucket == "versioned", locked=row.bucket == "locked")
    play(Aws(stub.endpoint).s3, "bucket", row.steps)


@pytest.fixture(scope="module")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Generator[Aws]:
    with running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as endpoint:
        yield Aws(endpoint)


def _differs(row: Row) -> list[pytest.MarkDecorator]:
    """SeaweedFS need not do as documented, where the row says so; a pass there means that the row is out of date."""
    return [pytest.mark.xfail(reason=f"SeaweedFS {row.seaweedfs}", raises=ANY_ERROR)] if row.seaweedfs else []


@pytest.mark.parametrize("row", [pytest.param(row, id=row.says, marks=_differs(row)) for row in TABLE])
def test_seaweedfs_does_what_s3_does(seaweedfs: Aws, row: Row) -> None:
    _play(seaweedfs, row)


@GAP
@pytest.mark.parametrize("row", _cases(row for row in TABLE if row.gap))
def test_plain_moto_does_what_s3_does(plain: Aws, row: Row) -> None:
    _play(plain, row)
