"""The whole table of S3's behaviour, and how a row is played where buckets are made."""

from collections.abc import Iterable
from typing import Any

import pytest

from tests.local.account.behaviour import listings, locks, policies, versions, writes
from tests.local.account.behaviour.player import Row, play
from tests.local.account.conftest import Aws

TABLE = (*versions.ROWS, *locks.ROWS, *listings.ROWS, *writes.ROWS, *policies.ROWS)


def cases(rows: Iterable[Row]) -> list[Any]:
    """Each row as a case that is named as the row says."""
    return [pytest.param(row, id=row.says) for row in rows]


def play_on(aws: Aws, row: Row) -> None:
    """Play a row on a bucket of its own."""
    play(aws.s3, aws.bucket(versioned=row.bucket == "versioned", locked=row.bucket == "locked"), row.steps)
