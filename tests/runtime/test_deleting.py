from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError, ReadTimeoutError

from runtime.objects.bucket import Bucket, Refusal
from runtime.objects.control import Control, Reason
from runtime.objects.deleting import Deleter
from runtime.objects.entry import Entry
from runtime.objects.lanes import Batch
from runtime.objects.pace import LOWEST, Pace
from runtime.objects.tally import Outcome, Tally
from tests.runtime.conftest import Clock, MakeControl
from tests.runtime.memory_s3 import LOCKED, Answer, Asked, Before, MemoryS3, error

Delete = Callable[..., Tally]
Twist = Answer | Callable[[Answer], Answer]


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


@pytest.fixture
def limits(control: MakeControl) -> Control:
    return control(lasts=300.0, max_deletes=1000)


@pytest.fixture
def delete(s3: MemoryS3, bucket: Bucket, limits: Control, pace: Pace) -> Delete:
    """Deletes everything listed as one batch; returns the tally, whose sums add up."""

    def run(entries: list[Entry] | None = None, holds: Any = None) -> Tally:
        listed = bucket.page("", {}).entries if entries is None else entries
        s3.asked.clear()
        tally = Tally()
        tally.add_listed(len(listed))
        assert limits.grant(len(listed)) == len(listed)
        Deleter(bucket, limits, tally, holds).delete(Batch(listed, pace))
        assert tally.miscount() is None
        return tally

    return run


def outcomes(tally: Tally) -> dict[Outcome, int]:
    return {outcome: tally[outcome] for outcome in Outcome if tally[outcome]}


def fill(s3: MemoryS3, count: int = 8) -> list[str]:
    keys = [f"k{n:02}" for n in range(count)]
    for key in keys:
        s3.put(key)
    return keys


def first(operation: str, times: int, twist: Twist) -> Before:
    """Twists the first so many answers to an operation, or gives them."""
    left = [operation] * times

    def before(asked: Asked) -> Twist | None:
        if asked.operation in left:
            left.remove(asked.operation)
            return twist
        return None

    return before


def test_a_batch_is_one_request(s3: MemoryS3, delete: Delete, limits: Control) -> None:
    fill(s3)
    tally = delete()
    assert (outcomes(tally), tally.size, s3.rows) == ({Outcome.DELETED: 8}, 56, {})
    assert s3.counts() == {"DeleteObjects": 1}
    assert (limits.remainder, limits.reason) == (992, None)


def test_nothing_is_not_asked_for(s3: MemoryS3, delete: Delete) -> None:
    assert outcomes(delete([])) == {}
    assert s3.asked == []


def test_a_lone_entry_goes_by_itself(s3: MemoryS3, delete: Delete) -> None:
    fill(s3, 1)
    assert outcomes(delete()) == {Outcome.DELETED: 1}
    assert s3.counts() == {"DeleteObject": 1}


def test_what_xml_cannot_carry_goes_by_itself_and_the_rest_together(s3: MemoryS3, delete: Delete) -> None:
    fill(s3)
    for odd in ("bell\x07", "\ufffe", "x\x01y"):
        s3.put(odd)
    assert outcomes(delete()) == {Outcome.DELETED: 11}
    assert s3.counts() == {"DeleteObjects": 1, "DeleteObject": 3}


@pytest.mark.parametrize("odd", ["tab\t", "line\n", "return\r", "\x7f", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff"])
def test_what_xml_can_carry_goes_with_the_others(s3: MemoryS3, delete: Delete, odd: str) -> None:
    fill(s3, 2)
    s3.put(odd)
    assert outcomes(delete()) == {Outcome.DELETED: 3}
    assert s3.counts() == {"DeleteObjects": 1}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("NoSuchKey", Outcome.GONE),
        ("NoSuchVersion", Outcome.GONE),
        ("PreconditionFailed", Outcome.CHANGED),
        ("AccessDenied", Outcome.DENIED),
        (LOCKED, Outcome.HELD),
        ("InvalidRequest", Outcome.FAILED),
        ("404", Outcome.FAILED),
    ],
)
@pytest.mark.parametrize("count", [1, 8])
def test_what_each_code_means_alone_and_in_company(
    s3: MemoryS3, delete: Delete, code: str, outcome: Outcome, count: int
) -> None:
    fill(s3, count)
    s3.codes["k00"] = code
    tally = delete()
    assert tally[outcome] == 1
    assert tally[Outcome.DELETED] == count - 1
    assert tally.failed == ({code: 1} if outcome is Outcome.FAILED else {})
    assert len(s3.asked) == 1


def test_only_what_passes_is_sent_again(s3: MemoryS3, delete: Delete, clock: Clock) -> None:
    fill(s3)
    s3.codes |= {"k01": "InternalError", "k02": "SlowDown", "k03": "AccessDenied"}

    def heal(asked: Asked) -> None:
        if len(s3.asked) == 2:
            assert [b"k01" in asked.body, b"k02" in asked.body, b"k00" in asked.body] == [True, True, False]
            s3.codes.clear()

    s3.before = heal
    assert outcomes(delete()) == {Outcome.DELETED: 7, Outcome.DENIED: 1}
    assert len(s3.asked) == 2
    assert 0.1 <= clock.waited[0] <= 0.2


def test_what_never_passes_fails_after_ten_attempts_by_its_code(s3: MemoryS3, delete: Delete) -> None:
    fill(s3)
    s3.codes["k01"] = "InternalError"
    tally = delete()
    assert (outcomes(tally), dict(tally.failed)) == ({Outcome.DELETED: 7, Outcome.FAILED: 1}, {"InternalError": 1})
    assert s3.counts() == {"DeleteObjects": 1, "DeleteObject": 9}


def test_throttled_it_goes_on_until_the_run_ends_and_what_is_left_may_be_used_again(
    s3: MemoryS3, delete: Delete, limits: Control, clock: Clock
) -> None:
    fill(s3)
    s3.before = lambda _asked: error(503, "SlowDown")
    tally = delete([Entry(f"k{n}", 7, "", '"e"', "", True) for n in range(8)])
    assert outcomes(tally) == {Outcome.LEFT: 8}
    assert (limits.remainder, limits.reason) == (1000, Reason.DEADLINE)
    assert len(s3.asked) > 30
    assert sum(clock.waited) == pytest.approx(300)


@pytest.mark.parametrize(
    ("twist", "remainder"),
    [
        (error(500, "InternalError"), 992),
        (Answer(200, "<html/>"), 992),
        (error(503, "SlowDown"), 1000),
    ],
    ids=["perhaps carried out", "foreign", "certainly not"],
)
def test_what_may_have_been_carried_out_stays_used_up_of_a_limit(
    s3: MemoryS3, delete: Delete, limits: Control, twist: Answer, remainder: int
) -> None:
    fill(s3)

    def ends(asked: Asked) -> Answer | None:
        if asked.operation != "DeleteObjects":
            return None
        limits.enough()
        return twist

    s3.before = ends
    assert outcomes(delete()) == {Outcome.LEFT: 8}
    assert limits.remainder == remainder


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_status_that_passes_is_asked_again(s3: MemoryS3, delete: Delete, status: int) -> None:
    fill(s3)
    s3.before = first("DeleteObjects", 3, Answer(status, "<html>gateway</html>"))
    assert outcomes(delete()) == {Outcome.DELETED: 8}
    assert s3.counts() == {"DeleteObjects": 4}


def test_what_a_lost_answer_had_deleted_was_deleted_by_this_run(s3: MemoryS3, delete: Delete) -> None:
    fill(s3)
    s3.before = first("DeleteObjects", 1, lambda _answer: Answer(200, "<html/>"))
    assert outcomes(delete()) == {Outcome.DELETED: 8}


def test_what_is_gone_after_throttling_was_deleted_by_somebody_else(s3: MemoryS3, delete: Delete) -> None:
    keys = fill(s3)

    def gone(_answer: Answer) -> Answer:
        s3.rows.clear()
        return error(503, "SlowDown")

    s3.before = first("DeleteObjects", 1, gone)
    assert outcomes(delete()) == {Outcome.GONE: len(keys)}


def test_a_request_that_nothing_carried_out_is_made_again(s3: MemoryS3, delete: Delete) -> None:
    fill(s3)

    def lose(asked: Asked) -> None:
        if asked.operation == "DeleteObjects" and len(s3.asked) == 1:
            raise ReadTimeoutError(endpoint_url="x")

    s3.before = lose
    assert outcomes(delete()) == {Outcome.DELETED: 8}


@pytest.mark.parametrize(
    ("code", "outcome"), [("AccessDenied", Outcome.DENIED), ("NoSuchBucket", Outcome.FAILED), ("404", Outcome.FAILED)]
)
def test_a_whole_request_refused_for_good_ends_the_run_and_is_everybodys(
    s3: MemoryS3, delete: Delete, limits: Control, code: str, outcome: Outcome
) -> None:
    fill(s3)
    s3.before = first("DeleteObjects", 99, error(404, code))
    tally = delete()
    assert outcomes(tally) == {outcome: 8}
    assert (limits.reason, limits.remainder, s3.counts()) == (Reason.ERROR, 992, {"DeleteObjects": 1})


def test_an_error_of_ours_is_everybodys_too(s3: MemoryS3, delete: Delete, limits: Control, bucket: Bucket) -> None:
    fill(s3)
    listed = bucket.page("", {}).entries

    def broken(_asked: Asked) -> None:
        raise NoCredentialsError

    s3.before = broken
    tally = delete(listed)
    assert dict(tally.failed) == {"NoCredentialsError": 8}
    assert isinstance(limits.error, NoCredentialsError)


@pytest.mark.parametrize("code", ["MalformedXML", "EntityTooLarge", "MaxMessageLengthExceeded"])
def test_a_batch_that_s3_cannot_read_is_halved_down_to_its_odd_key(s3: MemoryS3, delete: Delete, code: str) -> None:
    fill(s3)
    s3.before = lambda asked: error(400, code) if b"k05" in asked.body else None
    assert outcomes(delete()) == {Outcome.DELETED: 8}
    assert s3.counts() == {"DeleteObjects": 5, "DeleteObject": 2}
    assert [asked.key for asked in s3.asked if asked.key] == ["k05", "k04"]


def test_a_lone_key_that_s3_cannot_read_fails(s3: MemoryS3, delete: Delete) -> None:
    fill(s3, 1)
    s3.codes["k00"] = "MalformedXML"
    s3.before = first("DeleteObject", 1, lambda answer: answer._replace(status=400))
    assert dict(delete().failed) == {"MalformedXML": 1}


def test_halves_are_tallied_each_by_itself(s3: MemoryS3, delete: Delete, limits: Control) -> None:
    fill(s3)
    answers: Iterator[Answer | None] = iter([error(400, "MalformedXML"), None, error(403, "AccessDenied")])

    def twist(asked: Asked) -> Answer | None:
        if asked.operation != "DeleteObjects":
            return None
        return next(answers)

    s3.before = twist
    assert outcomes(delete()) == {Outcome.DELETED: 4, Outcome.DENIED: 4}
    assert limits.reason is Reason.ERROR


def test_an_answer_about_what_was_not_sent_is_not_believed(
    s3: MemoryS3, delete: Delete, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strange(_self: Bucket, _entries: list[Entry]) -> list[Refusal]:
        return [Refusal("somebody else's", "", "InternalError", "")]

    monkeypatch.setattr(Bucket, "delete_batch", strange)
    fill(s3, 3)
    assert outcomes(delete()) == {Outcome.DELETED: 3}
    assert s3.counts() == {"DeleteObject": 3}


class Held:
    def __init__(self, *keys: str) -> None:
        self.keys = keys
        self.asked: list[str] = []

    def among(self, entries: list[Entry]) -> set[Entry]:
        self.asked = [entry.key for entry in entries]
        return {entry for entry in entries if entry.key in self.keys}


def test_what_is_held_is_not_sent_and_not_used_up_of_a_limit(s3: MemoryS3, delete: Delete, limits: Control) -> None:
    keys = fill(s3)
    holds = Held("k02", "k03")
    assert outcomes(delete(holds=holds)) == {Outcome.HELD: 2, Outcome.DELETED: 6}
    assert (holds.asked, sorted(s3.rows), limits.remainder) == (keys, ["k02", "k03"], 994)


def test_what_is_all_held_is_not_asked_for(s3: MemoryS3, delete: Delete) -> None:
    assert outcomes(delete(holds=Held(*fill(s3)))) == {Outcome.HELD: 8}
    assert s3.asked == []


def test_after_the_end_nothing_is_sent_and_no_hold_asked_for(s3: MemoryS3, delete: Delete, limits: Control) -> None:
    fill(s3)
    holds = Held("k02")
    limits.enough()
    assert outcomes(delete(holds=holds)) == {Outcome.LEFT: 8}
    assert (holds.asked, s3.asked, limits.remainder) == ([], [], 1000)


def test_a_complaint_slows_the_batches_own_prefix_down(s3: MemoryS3, delete: Delete, pace: Pace) -> None:
    fill(s3)
    s3.before = first("DeleteObjects", 1, error(503, "SlowDown"))
    delete()
    assert pace.rate == LOWEST


def test_no_complaint_slows_nothing_down(s3: MemoryS3, delete: Delete, pace: Pace) -> None:
    fill(s3)
    s3.before = first("DeleteObjects", 1, error(500, "InternalError"))
    delete()
    assert (pace.rate, vars(pace)["_accepted"]) == (None, 16)
