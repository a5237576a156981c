import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.temporary_uploads_cleanup.handler import CleanupError
from runtime.objects import client, patience
from runtime.objects.bucket import Bucket, Refusal
from runtime.objects.entry import Entry
from runtime.objects.tally import Outcome, Tally
from tests.stubs.s3.behaviour import Behaviour, Fault, Throttle
from tests.stubs.s3.control import Stub

pytestmark = pytest.mark.process

Run = Callable[..., dict[str, Any]]
KEYS = sorted(f"{n % 3}/{n:05}" for n in range(4000))
FLAT = [f"k{n:05}" for n in range(9000)]


def failed(clean: Run) -> dict[str, Any]:
    with pytest.raises(CleanupError) as caught:
        clean()
    return json.loads(str(caught.value))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where an answer stops midway: elsewhere a busy machine must not make one late."""
    monkeypatch.setattr(client, "SILENCE", 1)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("kind", ["reset", "truncated", "slow"])
@pytest.mark.parametrize("operation", ["ListObjectsV2", "DeleteObjects"])
def test_an_answer_that_breaks_is_asked_for_again(stub: Stub, clean: Run, log: Any, operation: str, kind: str) -> None:
    stub.fill(KEYS)
    stub.behave(Behaviour(faults=[Fault(operation, kind, first=2, times=2)]))
    summary = clean()
    assert (summary["result"], summary["remaining"], stub.state()["objects"]) == ("clean", 0, 0)
    # What a lost answer had deleted counts as deleted by this run, and is named.
    assert sorted(log.keys("deleted")) == KEYS
    assert summary["gone"] == 0


@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable", "OperationAborted"])
def test_a_refused_request_is_repeated(stub: Stub, clean: Run, code: str) -> None:
    stub.fill(KEYS)
    stub.behave(Behaviour(faults=[Fault(op, "error", 1, 2, code, 503) for op in ("ListObjectsV2", "DeleteObjects")]))
    assert clean()["result"] == "clean"
    assert stub.state()["objects"] == 0


@pytest.mark.parametrize("code", ["InternalError", "SlowDown", "ConditionalRequestConflict"])
def test_only_the_keys_that_failed_are_repeated(stub: Stub, clean: Run, code: str) -> None:
    stub.fill([f"k{n:03}" for n in range(900)])
    stub.behave(Behaviour(faults=[Fault("DeleteObjects", "error", 1, 1, code, key=f"k{n:03}") for n in (5, 6)]))
    summary = clean()
    assert (summary["result"], summary["deleted"]) == ("clean", 900)
    counts = stub.state()["counts"]
    assert (counts["DeleteObjects"], counts["keys"]) == (2, 900)


def test_a_key_that_never_passes_is_counted_and_named(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill([f"k{n:03}" for n in range(900)])
    faults = [Fault(op, "error", 1, 99, "InternalError", key="k007") for op in ("DeleteObjects", "DeleteObject")]
    stub.behave(Behaviour(faults=faults))
    summary = failed(clean)
    assert (summary["failed"], summary["remaining"], summary["deleted"]) == ({"InternalError": 1}, 1, 899)
    assert log.keys("not deleted") == ["k007"]


def test_access_denied_is_not_repeated_and_fails_the_run_with_its_count(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill([f"k{n:03}" for n in range(900)])
    denied = [f"k{n:03}" for n in range(7)]
    stub.behave(Behaviour(faults=[Fault("DeleteObjects", "error", 1, 99, "AccessDenied", key=key) for key in denied]))
    summary = failed(clean)
    assert (summary["result"], summary["denied"], summary["deleted"]) == ("failed", 7, 893)
    assert log.keys("not deleted") == denied
    assert stub.state()["counts"]["DeleteObjects"] == 1


def test_a_whole_request_denied_ends_the_run(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill(FLAT)
    stub.behave(Behaviour(faults=[Fault("DeleteObjects", "error", 1, 999, "AccessDenied", 403)]))
    summary = failed(clean)
    assert summary["denied"] == len(log.keys("not deleted")) >= 1000
    assert summary["error"].startswith("AccessDenied")
    assert stub.state()["objects"] == len(FLAT)
    assert stub.state()["counts"]["DeleteObjects"] <= client.DELETERS, "no deleter goes on after it"


@pytest.mark.parametrize(
    "fault",
    [
        Fault("ListObjectsV2", "error", 7, 999, "ExpiredToken", 400),
        Fault("ListObjectsV2", "error", 7, 999, "RequestTimeTooSkewed", 403),
        Fault("ListObjectsV2", "error", 7, 999, "NoSuchBucket", 404),
        Fault("DeleteObjects", "error", 7, 999, "ExpiredToken", 400),
        Fault("DeleteObjects", "error", 7, 999, "NoSuchBucket", 404),
    ],
    ids=lambda fault: f"{fault.operation}-{fault.code}",
)
def test_an_error_that_stays_is_a_failure_that_says_what_it_did(stub: Stub, clean: Run, log: Any, fault: Fault) -> None:
    stub.fill(FLAT)
    stub.behave(Behaviour(faults=[fault]))
    summary = failed(clean)
    left = stub.state()["objects"]
    assert left > 0
    assert summary["error"].startswith(fault.code)
    assert summary["deleted"] == len(FLAT) - left == len(log.keys("deleted"))
    assert summary["remaining_at_least"] or summary["remaining"] == left


@pytest.mark.parametrize("inside", [False, True], ids=["503", "inside a 200"])
def test_throttled_it_leaves_nothing(stub: Stub, clean: Run, inside: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.1)
    stub.fill([f"{n % 16}/{n:06}" for n in range(9000)])
    stub.behave(Behaviour(throttle=Throttle(rate=3500, inside=inside)))
    summary = clean()
    assert (summary["result"], summary["deleted"], stub.state()["objects"]) == ("clean", 9000, 0)


def test_an_answer_about_keys_that_were_not_sent_is_not_believed(
    stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strange(_self: Bucket, _entries: list[Entry]) -> list[Refusal]:
        return [Refusal("somebody else's", "", "InternalError", "")]

    monkeypatch.setattr(Bucket, "delete_batch", strange)
    stub.fill(["a", "b", "c"])
    assert clean()["deleted"] == 3
    assert stub.state()["objects"] == 0


@pytest.mark.parametrize("miss", [Outcome.DELETED, Outcome.DENIED])
def test_a_tally_that_misses_one_is_a_failure_by_name(
    stub: Stub, clean: Run, log: Any, monkeypatch: pytest.MonkeyPatch, miss: Outcome
) -> None:
    add = Tally.add

    def one_short(self: Tally, outcome: Outcome, things: Any, code: str = "") -> None:
        add(self, outcome, things[1:] if outcome is miss else things, code)

    monkeypatch.setattr(Tally, "add", one_short)
    stub.fill([f"k{n:03}" for n in range(900)])
    stub.behave(Behaviour(faults=[Fault("DeleteObjects", "error", 1, 99, "AccessDenied", key="k007")]))
    summary = failed(clean)
    assert summary["error"].startswith("MiscountError: ")
    assert f"{summary['listed']} entries were listed, 899 have an outcome: " in summary["error"]
    assert (summary["result"], summary["reason"]) == ("failed", "miscount")
    assert [line["result"] for line in log.lines if line["message"] == "summary"] == ["failed"]


def test_the_halves_of_an_unreadable_batch_are_tallied_each_by_itself(stub: Stub, clean: Run) -> None:
    stub.fill([f"k{n:03}" for n in range(64)])
    denied = Fault("DeleteObjects", "error", 5, 99, "AccessDenied", 403)
    stub.behave(Behaviour(unreadable=["k003"], faults=[denied]))
    summary = failed(clean)
    left = stub.state()["objects"]
    assert 0 < left < 64
    assert summary["deleted"] == 64 - left
    assert summary["denied"] + summary["left"] == left


def test_a_success_that_is_none_is_found_at_the_end(stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_self: Bucket, _entries: list[Entry]) -> list[Refusal]:
        return []

    monkeypatch.setattr(Bucket, "delete_batch", nothing)
    stub.fill(["a", "b", "c"])
    summary = clean()
    assert (summary["result"], summary["remaining"]) == ("incomplete", 3)
