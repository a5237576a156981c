from collections.abc import Callable
from typing import Any

import pytest

from runtime.objects import sweep as sweeping
from runtime.objects.bucket import Bucket
from runtime.objects.control import Control, Reason
from runtime.objects.entry import Entry
from runtime.objects.holds import LockHolds
from runtime.objects.sweep import Left, count_left, rehearse, sweep
from runtime.objects.tally import Outcome, Tally
from tests.runtime.conftest import Clock, MakeControl
from tests.runtime.memory_s3 import NEW, OLD, Answer, Asked, MemoryS3, error

KEYS = [f"{prefix}/{n:02}" for prefix in "abc" for n in range(20)]
NOTHING_LEFT = Left(0, at_least=False)


def old(entry: Entry) -> bool:
    return entry.modified < NEW


@pytest.fixture
def tally() -> Tally:
    return Tally()


def outcomes(tally: Tally) -> dict[Outcome, int]:
    assert tally.miscount() is None
    return {outcome: tally[outcome] for outcome in Outcome if tally[outcome]}


def fill(s3: MemoryS3, versioning: str = "") -> None:
    s3.versioning, s3.page = versioning, 7
    for key in KEYS:
        s3.put(key)
    s3.put("new", NEW)


def test_what_is_wanted_goes_and_the_rest_stays(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    limits = control()
    assert sweep(bucket, old, limits, tally) == NOTHING_LEFT
    assert (outcomes(tally), list(s3.rows)) == ({Outcome.DELETED: 60, Outcome.UNWANTED: 1}, ["new"])
    assert limits.reason is None


def test_any_predicate_will_do(s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally) -> None:
    fill(s3)
    assert sweep(bucket, lambda entry: entry.key.startswith("b/"), control(), tally) == NOTHING_LEFT
    assert outcomes(tally) == {Outcome.DELETED: 20, Outcome.UNWANTED: 41}


def test_a_second_look_finds_what_came_late(s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally) -> None:
    fill(s3)

    def come(asked: Asked) -> None:
        if asked.operation == "DeleteObjects" and "late" not in s3.rows:
            s3.put("late")
            s3.put("z/late")

    s3.before = come
    assert sweep(bucket, old, control(), tally) == NOTHING_LEFT
    assert list(s3.rows) == ["new"]
    assert outcomes(tally)[Outcome.DELETED] == 62


def test_three_looks_and_no_more(s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally) -> None:
    s3.put("k")
    s3.before = lambda asked: Answer(204) if asked.operation == "DeleteObject" else None
    assert sweep(bucket, old, control(), tally) == Left(1, at_least=False)
    assert (s3.counts()["DeleteObject"], sweeping.PASSES) == (3, 3)


def test_what_failed_is_not_tried_in_another_pass(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    s3.codes["a/03"] = "InvalidRequest"
    assert sweep(bucket, old, control(), tally) == Left(1, at_least=False)
    assert outcomes(tally) == {Outcome.DELETED: 59, Outcome.FAILED: 1, Outcome.UNWANTED: 1}


def test_a_limit_leaves_the_rest_and_says_at_least(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    s3.page = 1000
    limits = control(max_deletes=10)
    left = sweep(bucket, old, limits, tally)
    assert (tally[Outcome.DELETED], limits.reason, limits.remainder) == (10, Reason.MAX_DELETES, 0)
    assert left.entries == tally[Outcome.LEFT] == tally.listed - 10 - tally[Outcome.UNWANTED]


def test_a_limit_that_is_just_enough_is_no_end(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    limits = control(max_deletes=60)
    assert sweep(bucket, old, limits, tally) == NOTHING_LEFT
    assert limits.reason is None


def test_an_end_of_which_nobody_looked_says_at_least(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally, clock: Clock
) -> None:
    fill(s3)

    def late(asked: Asked) -> None:
        if asked.operation == "DeleteObjects":
            clock.now += 1000

    s3.before = late
    left = sweep(bucket, old, control(), tally)
    assert left.entries == tally[Outcome.LEFT] == tally.listed - tally[Outcome.DELETED] - tally[Outcome.UNWANTED]
    assert left.at_least


def test_a_listing_that_breaks_is_the_runs_error_and_what_was_deleted_is_counted(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    s3.before = lambda asked: error(403, "AccessDenied") if asked.query.get("prefix") == "b/" else None
    limits = control()
    left = sweep(bucket, old, limits, tally)
    assert (limits.reason, left.at_least) == (Reason.ERROR, True)
    assert (tally[Outcome.DELETED], tally.miscount()) == (61 - len(s3.rows), None)


def test_a_predicate_that_breaks_is_the_runs_error(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    def broken(_entry: Entry) -> bool:
        raise KeyError("ours")

    fill(s3)
    limits = control()
    assert sweep(bucket, broken, limits, tally).at_least
    assert isinstance(limits.error, KeyError)
    assert len(s3.rows) == 61


def test_a_listener_that_breaks_ends_the_run_and_shows_in_the_sums(
    s3: MemoryS3, bucket: Bucket, control: MakeControl
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the log is full")

    fill(s3)
    limits = control()
    sweep(bucket, old, limits, Tally(broken))
    assert isinstance(limits.error, OSError)
    assert limits.reason is Reason.ERROR


@pytest.mark.parametrize("versioning", ["Enabled", "Suspended"])
def test_versions_and_markers_go_and_null_markers_stay(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally, versioning: str
) -> None:
    s3.versioning = "Enabled"
    for _ in range(2):
        s3.put("twice")
    s3.versioning = versioning
    s3.put("deleted")
    s3.mark("deleted")
    bucket.overview()
    assert sweep(bucket, old, control(), tally) == NOTHING_LEFT
    if versioning == "Enabled":
        assert (outcomes(tally), s3.rows) == ({Outcome.DELETED: 4}, {})
    else:
        assert outcomes(tally) == {Outcome.DELETED: 2, Outcome.NULL_MARKER: 1}
        assert [row.key for row in s3.versions()] == ["deleted"]


@pytest.mark.parametrize(("above", "deleted", "left"), [(OLD, 2, 0), (NEW, 0, 1)])
def test_a_buried_null_version_goes_only_after_what_lies_above_it(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, *, above: str, deleted: int, left: int
) -> None:
    s3.versioning = "Suspended"
    s3.put("k")
    s3.versioning = "Enabled"
    s3.put("k", above)
    bucket.overview()
    tally = Tally()
    assert sweep(bucket, old, control(), tally) == Left(left, at_least=False)
    assert (tally[Outcome.DELETED], len(s3.versions())) == (deleted, 2 - deleted)
    assert tally.miscount() is None


@pytest.mark.parametrize("asks", [True, False], ids=["asked before", "S3's refusal"])
def test_what_is_held_stays_and_is_counted(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally, asks: bool
) -> None:
    s3.versioning = "Enabled"
    for number, key in enumerate(KEYS):
        s3.put(key).hold = number % 4 == 0
    now = bucket.overview().now
    limits = control()
    left = sweep(bucket, old, limits, tally, LockHolds(bucket, now, limits) if asks else None)
    assert left == Left(15, at_least=False)
    assert outcomes(tally) == {Outcome.HELD: 15, Outcome.DELETED: 45}
    assert all(row.hold for row in s3.versions())


def test_a_rehearsal_deletes_nothing_and_keeps_to_a_limit(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    limits = control(max_deletes=25)
    left = rehearse(bucket, old, limits, tally)
    assert (len(s3.rows), set(s3.counts())) == (61, {"ListObjectsV2"})
    assert (tally[Outcome.REHEARSED], limits.reason, tally.miscount()) == (25, Reason.MAX_DELETES, None)
    assert left.entries == 25 + tally[Outcome.LEFT]


def test_a_whole_rehearsal_counts_what_a_sweep_would_delete(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    assert rehearse(bucket, old, control(), tally) == Left(60, at_least=False)
    assert outcomes(tally) == {Outcome.REHEARSED: 60, Outcome.UNWANTED: 1}


def test_a_rehearsal_past_the_end_names_nothing(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    fill(s3)
    limits = control(lasts=0.0)
    assert rehearse(bucket, old, limits, tally).at_least
    assert tally[Outcome.REHEARSED] == 0


Arrange = Callable[[MemoryS3], Any]


@pytest.mark.parametrize(("versioning", "count"), [("", 60), ("Enabled", 60), ("Suspended", 60)])
def test_counting_counts_what_may_be_deleted(
    s3: MemoryS3, bucket: Bucket, control: MakeControl, versioning: str, count: int
) -> None:
    fill(s3, versioning)
    if versioning == "Suspended":
        s3.mark("only a marker")
    bucket.overview()
    assert count_left(bucket, old, control()) == Left(count, at_least=False)


def test_counting_that_is_cut_short_says_at_least(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    fill(s3)
    limits: Control = control(lasts=0.0)
    assert count_left(bucket, old, limits).at_least
