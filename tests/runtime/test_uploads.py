from datetime import UTC, datetime

import pytest
from botocore.exceptions import ReadTimeoutError

from runtime.objects.bucket import Bucket
from runtime.objects.control import Reason
from runtime.objects.entry import Upload
from runtime.objects.tally import Outcome, Tally
from runtime.objects.uploads import abort_uploads
from tests.runtime.conftest import Clock, MakeControl
from tests.runtime.memory_s3 import Asked, MemoryS3, error

CUTOFF = datetime(2026, 11, 23, 3, tzinfo=UTC)


def wanted(upload: Upload) -> bool:
    return upload.began < CUTOFF


@pytest.fixture
def tally() -> Tally:
    return Tally()


@pytest.fixture
def uploads(s3: MemoryS3) -> MemoryS3:
    """Fifty old ones on three pages, and one of today."""
    s3.page = 20
    for number in range(50):
        s3.uploads[f"k{number:02}", f"u{number:02}"] = "2026-11-20T00:00:00.000Z"
    s3.uploads["young", "u"] = "2026-11-23T03:00:00.000Z"
    return s3


def outcomes(tally: Tally) -> dict[Outcome, int]:
    assert tally.miscount() is None
    return {outcome: tally[outcome] for outcome in Outcome if tally[outcome]}


def test_old_ones_are_aborted_and_young_ones_stay(
    uploads: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    assert abort_uploads(bucket, wanted, control(), tally)
    assert list(uploads.uploads) == [("young", "u")]
    assert outcomes(tally) == {Outcome.DELETED: 50, Outcome.UNWANTED: 1}
    assert uploads.counts() == {"ListMultipartUploads": 3, "AbortMultipartUpload": 50}


def test_a_rehearsal_aborts_nothing(uploads: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally) -> None:
    assert abort_uploads(bucket, wanted, control(), tally, rehearse=True)
    assert (len(uploads.uploads), outcomes(tally)) == (51, {Outcome.REHEARSED: 50, Outcome.UNWANTED: 1})


@pytest.mark.parametrize(
    ("code", "outcome"),
    [("NoSuchUpload", Outcome.GONE), ("AccessDenied", Outcome.DENIED), ("InvalidRequest", Outcome.FAILED)],
)
def test_what_one_abort_meets_is_its_own(
    uploads: MemoryS3, bucket: Bucket, control: MakeControl, code: str, outcome: Outcome
) -> None:
    tally = Tally()
    statuses = {"NoSuchUpload": 404, "AccessDenied": 403}
    first = "AbortMultipartUpload", "k00"
    uploads.before = lambda asked: (
        error(statuses.get(code, 400), code) if (asked.operation, asked.key) == first else None
    )
    limits = control()
    assert abort_uploads(bucket, wanted, limits, tally)
    assert outcomes(tally) == {Outcome.DELETED: 49, Outcome.UNWANTED: 1, outcome: 1}
    assert tally.failed == ({code: 1} if outcome is Outcome.FAILED else {})
    assert limits.reason is None


def test_a_listing_that_is_denied_is_the_runs_failure_and_not_its_end(
    uploads: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    uploads.before = lambda asked: error(403, "AccessDenied") if asked.operation == "ListMultipartUploads" else None
    limits = control()
    assert not abort_uploads(bucket, wanted, limits, tally)
    assert (limits.reason, limits.ended()) == (Reason.ERROR, False)


def test_an_abort_whose_answer_is_lost_was_perhaps_done_and_is_asked_for_again(
    uploads: MemoryS3, bucket: Bucket, control: MakeControl, tally: Tally
) -> None:
    lost: list[str] = []

    def lose(asked: Asked) -> None:
        if asked.operation == "AbortMultipartUpload" and asked.key not in lost:
            lost.append(asked.key)
            raise ReadTimeoutError(endpoint_url="x")

    uploads.before = lose
    assert abort_uploads(bucket, wanted, control(), tally)
    assert outcomes(tally)[Outcome.DELETED] == 50


def test_at_the_deadline_the_rest_of_a_page_is_left_and_the_next_is_not_asked_for(
    uploads: MemoryS3, bucket: Bucket, control: MakeControl, clock: Clock, tally: Tally
) -> None:
    def late(asked: Asked) -> None:
        if asked.operation == "AbortMultipartUpload":
            clock.now += 1000

    uploads.before = late
    assert not abort_uploads(bucket, wanted, control(), tally)
    found = outcomes(tally)
    assert found[Outcome.LEFT] + found[Outcome.DELETED] == 20
    assert found[Outcome.LEFT] >= 12
    assert uploads.counts()["ListMultipartUploads"] == 1
