"""One table of S3's behaviour, played against whatever stands in for S3 here."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.local.account.behaviour import listings, locks, policies, versions, writes
from tests.local.account.behaviour.player import Row, play
from tests.local.account.conftest import GAP, Aws

pytestmark = pytest.mark.account

TABLE = (*versions.ROWS, *locks.ROWS, *listings.ROWS, *writes.ROWS, *policies.ROWS)


def _cases(rows: Iterable[Row]) -> list[Any]:
    return [pytest.param(row, id=row.says) for row in rows]


def _play(aws: Aws, row: Row) -> None:
    play(aws.s3, aws.bucket(versioned=row.bucket == "versioned", locked=row.bucket == "locked"), row.steps)


@pytest.mark.parametrize("row", _cases(TABLE))
def test_the_account_does_what_s3_does(ours: Aws, row: Row) -> None:
    _play(ours, row)


@GAP
@pytest.mark.parametrize("row", _cases(row for row in TABLE if row.gap))
def test_plain_moto_does_what_s3_does(plain: Aws, row: Row) -> None:
    _play(plain, row)
