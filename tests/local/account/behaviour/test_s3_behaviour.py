"""The embedded account does what S3 does; plain moto does not, where a row says so."""

import pytest

from tests.local.account.behaviour.player import Row
from tests.local.account.behaviour.table import TABLE, cases, play_on
from tests.local.account.conftest import GAP, Aws

pytestmark = pytest.mark.account


@pytest.mark.parametrize("row", cases(TABLE))
def test_the_account_does_what_s3_does(ours: Aws, row: Row) -> None:
    play_on(ours, row)


@GAP
@pytest.mark.parametrize("row", cases(row for row in TABLE if row.gap))
def test_plain_moto_does_what_s3_does(plain: Aws, row: Row) -> None:
    play_on(plain, row)


def test_each_row_says_something_else_and_cites_aws() -> None:
    assert len({row.says for row in TABLE}) == len(TABLE)
    assert all(row.source.startswith("https://docs.aws.amazon.com/") for row in TABLE)
