"""Nothing too new, nothing not wanted and nothing held is ever gone, and what is left is counted exactly."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from runtime.objects.bucket import Bucket
from runtime.objects.control import Control
from runtime.objects.entry import Entry
from runtime.objects.holds import LockHolds
from runtime.objects.sweep import Left, sweep
from runtime.objects.switch import Switch
from runtime.objects.tally import Outcome, Tally
from tests.runtime.conftest import Clock, Clocked
from tests.runtime.histories import VERSIONINGS, Act, History, acts, faults, others
from tests.runtime.memory_s3 import ACCOUNT, NEW, MemoryS3, Version

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UNWANTED = "d/2"


def wanted(entry: Entry) -> bool:
    return entry.modified < NEW and entry.key != UNWANTED


def may_go(row: Version) -> bool:
    return row.modified < NEW and row.key != UNWANTED and not (row.hold or row.retained)


def is_null_marker(row: Version) -> bool:
    return not row.etag and row.id == "null"


def swept(client: "S3Client", history: History, *, asks: bool, limit: int | None) -> tuple[Tally, Left, Control]:
    clock = Clock()
    control = Control(
        deadline=clock() + 10**6,
        switch=Switch(lambda: "run", clock),
        max_deletes=limit,
        clock=clock,
        wake=Clocked(clock),
    )
    bucket, tally = Bucket("b", ACCOUNT, client), Tally()
    now = bucket.overview().now
    left = sweep(bucket, wanted, control, tally, LockHolds(bucket, now, control) if asks else None)
    return tally, left, control


def check(client: "S3Client", history: History, *, asks: bool, limit: int | None) -> None:
    s3 = history.s3
    before = s3.versions()
    tally, left, control = swept(client, history, asks=asks, limit=limit)
    after = s3.versions()
    gone = [row for row in before if row not in after and row not in history.taken]
    assert all(may_go(row) and not is_null_marker(row) for row in gone), "only what was wanted is gone"
    assert control.error is None
    assert tally.miscount() is None
    if limit is not None:
        assert tally[Outcome.DELETED] <= limit
        assert len(gone) <= limit
    if limit is None and history.over:
        remaining = [row for row in after if row.modified < NEW and row.key != UNWANTED and not is_null_marker(row)]
        assert left == Left(len(remaining), at_least=False)
        assert all(row.hold or row.retained or row.id == "null" for row in remaining), "nothing else had to stay"


def play(s3: MemoryS3, client: "S3Client", versioning: str, drawn: st.DataObject) -> None:
    s3.__init__(versioning=versioning, page=drawn.draw(st.integers(1, 4)))
    past: list[Act] = drawn.draw(acts)
    history = History(s3, drawn.draw(others), drawn.draw(faults()))
    history.begin(past, suspended=versioning == "Suspended")
    limit = drawn.draw(st.none() | st.none() | st.integers(1, 6))
    check(client, history, asks=drawn.draw(st.booleans()), limit=limit)


FEW = settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


@pytest.mark.parametrize("versioning", VERSIONINGS)
@given(drawn=st.data())
@FEW
def test_a_few_histories(s3: MemoryS3, client: "S3Client", versioning: str, drawn: st.DataObject) -> None:
    play(s3, client, versioning, drawn)


@pytest.mark.process  # for its time
@pytest.mark.parametrize("versioning", VERSIONINGS)
@given(drawn=st.data())
@settings(FEW, max_examples=120, phases=list(Phase))
def test_many_histories(s3: MemoryS3, client: "S3Client", versioning: str, drawn: st.DataObject) -> None:
    play(s3, client, versioning, drawn)
