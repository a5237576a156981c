from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from runtime.objects.bucket import Bucket
from runtime.objects.entry import Entry
from runtime.objects.holds import LockHolds, is_held, is_retained
from tests.runtime.conftest import MakeControl
from tests.runtime.memory_s3 import OLD, Answer, Asked, MemoryS3, error

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
LISTED = Entry("k", 7, OLD, '"e1"', "v2", True)
UNTIL = "<Retention><RetainUntilDate>{}</RetainUntilDate></Retention>"


@pytest.fixture
def holds(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> LockHolds:
    s3.versioning = "Enabled"
    s3.put("k")
    return LockHolds(bucket, NOW, control())


def test_what_neither_is_held_nor_retained_is_free(holds: LockHolds, s3: MemoryS3) -> None:
    assert holds.among([LISTED]) == set()
    assert [(asked.operation, asked.query["versionId"]) for asked in s3.asked] == [
        ("GetObjectLegalHold", "v2"),
        ("GetObjectRetention", "v2"),
    ]


@pytest.mark.parametrize("kind", ["hold", "retained"])
def test_either_holds(holds: LockHolds, s3: MemoryS3, kind: str) -> None:
    other = s3.put("other")
    setattr(s3.rows["k"][0], kind, True)
    assert holds.among([LISTED, Entry("other", 7, OLD, other.etag, other.id, True)]) == {LISTED}


def test_nothing_can_hold_a_delete_marker(holds: LockHolds, s3: MemoryS3) -> None:
    assert holds.among([LISTED._replace(etag="")]) == set()
    assert s3.asked == []


@pytest.mark.parametrize("operation", ["GetObjectLegalHold", "GetObjectRetention"])
@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchKey", "NoSuchVersion", "InvalidRequest", "MethodNotAllowed"])
def test_every_other_answer_leaves_it_unknown_and_unknown_is_held(
    holds: LockHolds, s3: MemoryS3, operation: str, code: str
) -> None:
    s3.before = lambda asked: error(404, code) if asked.operation == operation else None
    assert holds.among([LISTED]) == {LISTED}


@pytest.mark.parametrize("operation", ["GetObjectLegalHold", "GetObjectRetention"])
def test_no_answer_is_held(holds: LockHolds, s3: MemoryS3, operation: str) -> None:
    def lose(asked: Asked) -> None:
        if asked.operation == operation:
            raise ReadTimeoutError(endpoint_url="x")

    s3.before = lose
    assert holds.among([LISTED]) == {LISTED}


def test_an_answer_that_passes_is_asked_for_again(holds: LockHolds, s3: MemoryS3) -> None:
    s3.before = lambda _asked: error(503, "SlowDown") if len(s3.asked) < 3 else None
    assert holds.among([LISTED]) == set()
    assert s3.counts() == {"GetObjectLegalHold": 3, "GetObjectRetention": 1}


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (None, False),
        ({"LegalHold": {"Status": "ON"}}, True),
        ({"LegalHold": {"Status": "OFF"}}, False),
        ({}, False),
    ],
)
def test_a_legal_hold_is_read(answer: Any, held: bool) -> None:
    assert is_held(answer) is held


@pytest.mark.parametrize(
    ("answer", "held"),
    [
        (None, False),
        ({}, True),
        ({"Retention": {}}, True),
        ({"Retention": {"RetainUntilDate": NOW + timedelta(seconds=1)}}, True),
        ({"Retention": {"RetainUntilDate": NOW}}, False),
        ({"Retention": {"RetainUntilDate": NOW - timedelta(seconds=1)}}, False),
    ],
)
def test_a_retention_holds_until_its_moment(answer: Any, held: bool) -> None:
    assert is_retained(answer, NOW) is held


@pytest.mark.parametrize(("until", "held"), [("2026-11-24T03:00:01Z", True), ("2026-11-24T03:00:00Z", False)])
def test_a_retentions_moment_comes_from_s3(holds: LockHolds, s3: MemoryS3, until: str, held: bool) -> None:
    s3.before = lambda asked: Answer(200, UNTIL.format(until)) if asked.operation == "GetObjectRetention" else None
    assert bool(holds.among([LISTED])) is held
