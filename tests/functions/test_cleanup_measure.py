import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from functions.temporary_uploads_cleanup.handler import CleanupError, handler
from functions.temporary_uploads_cleanup.measuring import LONGEST_CHAIN, Backlog, overdue
from tests.stubs.s3.behaviour import Behaviour, Fault
from tests.stubs.s3.control import BUCKET, Stub

pytestmark = pytest.mark.process

Capture = pytest.CaptureFixture[str]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
THREE = time(3, 0)


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 900_000


def measured(**more: object) -> dict[str, Any]:
    return handler({"mode": "measure", **more}, Context())


def emitted(capsys: Capture) -> dict[str, Any]:
    """The one embedded metric document that a run printed."""
    (document,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    return document


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_it_publishes_bytes_objects_and_oldest_age(stub: Stub, capsys: Capture) -> None:
    stub.put("a/1", "12345", modified=ago(hours=2))
    stub.put("b/1", "123", modified=ago(minutes=5))
    summary = measured()
    document = emitted(capsys)
    (described,) = document["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"], document["Bucket"]) == (
        "Author/Storage",
        [["Bucket"]],
        BUCKET,
    )
    units = {metric["Name"]: metric["Unit"] for metric in described["Metrics"]}
    assert units == {"BacklogObjects": "Count", "BacklogBytes": "Bytes", "BacklogOldestAge": "Seconds"}
    assert (document["BacklogObjects"], document["BacklogBytes"]) == ([2], [8])
    assert document["BacklogOldestAge"][0] == pytest.approx(7200, abs=5)
    assert (summary["at_least"], stub.state()["objects"]) == (False, 2)


def test_an_empty_bucket_measures_zero(stub: Stub, capsys: Capture) -> None:
    measured()
    document = emitted(capsys)
    assert (document["BacklogBytes"], document["BacklogOldestAge"]) == ([0], [0])


def test_far_above_the_threshold_it_stops_listing_and_says_at_least(stub: Stub, capsys: Capture) -> None:
    stub.fill([f"k{n:06}" for n in range(60_000)], size=1024)
    summary = measured()
    assert summary["at_least"]
    assert 10_000_000 < summary["bytes"] < 60_000 * 1024
    assert stub.state()["counts"]["ListObjectsV2"] < 45
    assert emitted(capsys)["BacklogBytes"][0] == summary["bytes"]


@pytest.mark.parametrize("event", [{}, {"heal": False}, {"chain": "by-hand"}])
def test_looking_starts_nothing_whatever_is_left(stub: Stub, event: dict[str, Any]) -> None:
    stub.put("left", "x", modified=ago(days=3))
    assert not measured(**event)["new_chain"]
    assert stub.state()["invocations"] == []


def test_the_schedules_measurement_starts_a_new_chain_where_work_is_left(stub: Stub) -> None:
    stub.put("left", "x", modified=ago(days=3))
    assert measured(heal=True)["new_chain"]
    (event,) = stub.state()["invocations"]
    assert (event["mode"], event["depth"]) == ("clean", 1)
    assert datetime.fromisoformat(event["before"]) < datetime.now(UTC) - LONGEST_CHAIN


def test_an_upload_of_this_hour_starts_nothing(stub: Stub) -> None:
    stub.put("new", "x", modified=ago(minutes=20))
    assert not measured(heal=True)["new_chain"]
    assert stub.state()["invocations"] == []


def test_a_measurement_that_fails_raises_and_publishes_nothing(stub: Stub, capsys: Capture) -> None:
    stub.behave(Behaviour(faults=[Fault("ListObjectsV2", "error", 1, 99, "AccessDenied", 403)]))
    with pytest.raises(CleanupError, match=r"measure of .* failed: .*AccessDenied"):
        measured()
    assert '"_aws"' not in capsys.readouterr().out


def test_null_markers_are_counted_apart_and_are_no_work_left(stub: Stub, capsys: Capture) -> None:
    stub.reset(versioned=True)
    stub.suspend()
    stub.put("deleted", "12345")
    stub.delete("deleted", modified=ago(days=3))
    stub.put("new", "123", modified=ago(minutes=1))
    summary = measured(heal=True)
    assert (summary["objects"], summary["null_markers"], summary["bytes"], summary["new_chain"]) == (1, 1, 3, False)
    assert emitted(capsys)["BacklogOldestAge"][0] == pytest.approx(60, abs=5)


def test_measuring_does_not_heed_the_stop(stub: Stub) -> None:
    stub.parameters({})
    stub.put("a", "x", modified=ago(minutes=1))
    assert measured()["objects"] == 1


@pytest.mark.parametrize(
    ("oldest", "now", "expected"),
    [
        (NOON - timedelta(hours=9, seconds=1), NOON, NOON.replace(hour=3)),
        (NOON - timedelta(hours=9), NOON, None),
        (NOON.replace(hour=2), NOON.replace(hour=5), None),
        (NOON.replace(hour=2), NOON.replace(hour=6), NOON.replace(hour=3)),
        (NOON.replace(hour=2) - timedelta(days=1), NOON.replace(hour=5), NOON.replace(hour=3) - timedelta(days=1)),
        (None, NOON, None),
    ],
    ids=["a second older", "as old", "a chain may still run", "no chain runs any more", "yesterday's", "empty"],
)
def test_overdue(oldest: datetime | None, now: datetime, expected: datetime | None) -> None:
    assert overdue(Backlog(1, 1, oldest, at_least=False), THREE, now) == expected


def test_what_cannot_be_seen_counts_as_left() -> None:
    assert overdue(Backlog(1, 1, NOON, at_least=True), THREE, NOON) == NOON.replace(hour=3)
