import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.temporary_uploads_cleanup import handler
from functions.temporary_uploads_cleanup.handler import CleanupError
from runtime.objects import control, lanes, switch
from runtime.objects.bucket import Bucket, Refusal
from runtime.objects.deleting import Deleter
from runtime.objects.document import BrokenAnswerError
from runtime.objects.entry import Entry
from runtime.objects.lanes import Batch
from runtime.objects.pace import Pace
from runtime.objects.switch import Switch
from runtime.objects.tally import Outcome, Tally
from tests.stubs.s3.behaviour import Behaviour, Fault
from tests.stubs.s3.control import ACCOUNT, BUCKET, STOP_PARAMETER, Stub

pytestmark = pytest.mark.process

Run = Callable[..., dict[str, Any]]
KEYS = [f"k{n:05}" for n in range(6000)]
AT_ONCE_OVER = 30_000
"""Milliseconds of which nothing is left once the reserve is kept free."""


def test_a_dry_run_names_everything_and_deletes_nothing(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill(KEYS)
    summary = clean(dry_run=True)
    assert (summary["result"], summary["deleted"], summary["remaining"]) == ("incomplete", 0, 6000)
    assert sorted(log.keys("would be deleted")) == KEYS
    counts = stub.state()["counts"]
    assert not {"DeleteObjects", "DeleteObject", "AbortMultipartUpload"} & set(counts)


def test_max_deletes_is_never_exceeded(stub: Stub, clean: Run) -> None:
    stub.fill(KEYS)
    summary = clean(max_deletes=1500)
    assert (summary["result"], summary["reason"], summary["deleted"]) == ("incomplete", "max_deletes", 1500)
    assert stub.state()["objects"] == 4500
    assert stub.state()["invocations"] == []


class Clock:
    """A clock that a test sets ahead."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def midway(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Batches of ten, and a deadline that passes while the first of them is deleted."""
    clock = Clock()
    delete = Bucket.delete_batch

    def late(self: Bucket, entries: list[Entry]) -> list[Refusal]:
        clock.ahead = 10_000.0
        return delete(self, entries)

    monkeypatch.setattr(lanes, "BATCH", 10)
    monkeypatch.setattr(handler, "Control", partial(control.Control, clock=clock))
    monkeypatch.setattr(Bucket, "delete_batch", late)
    return clock


def test_a_limit_holds_for_the_whole_chain(
    stub: Stub, clean: Run, midway: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.fill(KEYS)
    event: dict[str, Any] = {"max_deletes": 1000, "chain": "by-hand"}
    deleted = 0
    for run in (1, 2):
        midway.ahead = 0.0
        summary = clean(**event)
        deleted += summary["deleted"]
        assert (summary["reason"], summary["continues"]) == ("deadline", True)
        event = stub.state()["invocations"][-1]
        assert (event["max_deletes"], event["depth"], event["chain"]) == (1000 - deleted, run + 1, "by-hand")
        del event["mode"]
    assert 0 < deleted < 1000
    midway.ahead = 0.0
    monkeypatch.setattr(handler, "Control", control.Control)
    last = clean(**event)
    assert (last["reason"], last["continues"], deleted + last["deleted"]) == ("max_deletes", False, 1000)
    assert (stub.state()["objects"], len(stub.state()["invocations"])) == (5000, 2)


def test_a_limit_used_up_at_the_deadline_is_not_continued(stub: Stub, clean: Run, midway: Clock) -> None:
    stub.fill(KEYS)
    summary = clean(max_deletes=10)
    assert (midway.ahead, summary["deleted"], summary["reason"]) == (10_000.0, 10, "max_deletes")
    assert (summary["continues"], stub.state()["invocations"]) == (False, [])


def test_a_run_that_miscounts_is_not_continued(
    stub: Stub, clean: Run, midway: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Tally.add

    def all_but_left(self: Tally, outcome: Outcome, things: Any, code: str = "") -> None:
        if outcome is not Outcome.LEFT:
            add(self, outcome, things, code)

    monkeypatch.setattr(Tally, "add", all_but_left)
    stub.fill(KEYS)
    with pytest.raises(CleanupError, match=r'"reason": "miscount", "error": "MiscountError: '):
        clean()
    assert (midway.ahead, stub.state()["invocations"]) == (10_000.0, [])


def test_a_dry_run_is_not_continued(stub: Stub, clean: Run) -> None:
    stub.fill(KEYS)
    summary = clean(dry_run=True, remaining=AT_ONCE_OVER)
    assert (summary["reason"], summary["continues"], summary["remaining_at_least"]) == ("deadline", False, True)
    assert stub.state()["invocations"] == []


def test_a_dry_run_keeps_to_the_limit_too(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill(KEYS)
    summary = clean(dry_run=True, max_deletes=1500)
    assert (summary["would_delete"], summary["reason"], len(log.keys("would be deleted"))) == (
        1500,
        "max_deletes",
        1500,
    )
    assert stub.state()["objects"] == 6000


@pytest.mark.parametrize(("limit", "starts"), [({"max_deletes": 5000}, 1), ({}, 2)])
def test_a_limited_continuation_is_asked_for_once_even_if_no_answer_comes(
    stub: Stub, clean: Run, midway: Clock, limit: dict[str, int], starts: int
) -> None:
    stub.fill(KEYS)
    stub.behave(Behaviour(faults=[Fault("Invoke", "reset")]))
    if starts == 1:
        with pytest.raises(CleanupError):
            clean(**limit)
    else:
        assert clean(**limit)["continues"]
    assert (midway.ahead, len(stub.state()["invocations"])) == (10_000.0, starts)


def test_a_run_that_cannot_be_continued_has_said_what_it_did(stub: Stub, clean: Run, midway: Clock, log: Any) -> None:
    stub.fill(KEYS)
    stub.behave(Behaviour(faults=[Fault("Invoke", "reset")]))
    with pytest.raises(CleanupError):
        clean(max_deletes=5000)
    (summary,) = [line for line in log.lines if line["message"] == "summary"]
    assert summary["deleted"] == 6000 - stub.state()["objects"] > 0
    assert midway.ahead


@pytest.mark.parametrize(
    ("error", "remainder"),
    [
        (BrokenAnswerError("cut"), 3),
        (ClientError({"Error": {"Code": "SlowDown"}}, "DeleteObjects"), 5),
    ],
    ids=["perhaps carried out", "certainly not"],
)
def test_what_was_granted_and_not_carried_out_is_given_back(
    monkeypatch: pytest.MonkeyPatch, stub: Stub, error: Exception, remainder: int
) -> None:
    values = ["run"]

    def refuse(_self: Bucket, _entries: list[Entry]) -> list[Refusal]:
        values[0] = "stop"
        raise error

    monkeypatch.setattr(switch, "FRESH", 0.0)
    monkeypatch.setattr(Bucket, "delete_batch", refuse)
    limits = control.Control(deadline=time.monotonic() + 600, switch=Switch(lambda: values[0]), max_deletes=5)
    tally = Tally()
    entries = [Entry(key, 1, "", '"e"', "", True) for key in ("k1", "k2")]
    assert limits.grant(2) == 2
    Deleter(Bucket(BUCKET, ACCOUNT), limits, tally).delete(Batch(entries, Pace()))
    assert (tally[Outcome.LEFT], limits.remainder, limits.reason) == (2, remainder, "stopped")
    assert stub.state()["counts"].get("DeleteObjects", 0) == 0


def test_at_its_deadline_it_stops_and_starts_its_continuation(
    stub: Stub, clean: Run, midway: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.fill(KEYS)
    summary = clean(chain="nightly", depth=3)
    left = stub.state()["objects"]
    assert (summary["result"], summary["reason"]) == ("incomplete", "deadline")
    assert 0 < left == 6000 - summary["deleted"] < 6000
    assert summary["remaining_at_least"] or summary["remaining"] == left
    (event,) = stub.state()["invocations"]
    assert (event["mode"], event["chain"], event["depth"]) == ("clean", "nightly", 4)
    midway.ahead = 0.0
    monkeypatch.setattr(handler, "Control", control.Control)
    assert clean(**{k: v for k, v in event.items() if k != "mode"})["result"] == "clean"
    assert stub.state()["objects"] == 0


def test_a_continuation_keeps_the_first_runs_beginning(stub: Stub, clean: Run) -> None:
    stub.put("before", "x", modified="2026-01-01T02:59:59.000Z")
    stub.put("after", "x", modified="2026-01-01T03:00:01.000Z")
    clean(before="2026-01-01T03:00:00+00:00", chain="nightly", depth=2)
    assert list(stub.state()["keys"]) == ["after"]


def test_a_chain_ends_at_ten(stub: Stub, clean: Run) -> None:
    stub.fill(KEYS)
    assert clean(remaining=AT_ONCE_OVER, chain="nightly", depth=10)["reason"] == "deadline"
    assert stub.state()["invocations"] == []


@pytest.mark.parametrize("parameters", [{STOP_PARAMETER: "stop"}, {STOP_PARAMETER: ""}], ids=["stop", "empty"])
def test_a_stop_stops_before_anything_is_deleted(stub: Stub, clean: Run, parameters: dict[str, str]) -> None:
    stub.fill(KEYS)
    stub.parameters(parameters)
    summary = clean()
    assert (summary["result"], summary["reason"], stub.state()["objects"]) == ("incomplete", "stopped", 6000)
    assert stub.state()["invocations"] == []


def test_a_stop_that_cannot_be_read_is_a_stop(stub: Stub, clean: Run) -> None:
    stub.fill(KEYS)
    stub.parameters({})
    with pytest.raises(CleanupError, match="ParameterNotFound"):
        clean()
    assert stub.state()["objects"] == 6000


def test_a_stop_reaches_a_running_cleanup(stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    delete = Bucket.delete_batch

    def stop_after(self: Bucket, entries: list[Entry]) -> list[Refusal]:
        refused = delete(self, entries)
        stub.parameters({STOP_PARAMETER: "stop"})
        return refused

    monkeypatch.setattr(switch, "FRESH", 0.0)
    monkeypatch.setattr(lanes, "BATCH", 10)
    monkeypatch.setattr(Bucket, "delete_batch", stop_after)
    stub.fill(KEYS)
    summary = clean()
    assert (summary["result"], summary["reason"]) == ("incomplete", "stopped")
    assert 0 < summary["deleted"] < 6000
    assert stub.state()["objects"] == 6000 - summary["deleted"]


@pytest.mark.parametrize("tags", [{}, {"temporary": "false"}, {"owner": "storage"}])
def test_a_bucket_without_the_tag_is_left_alone(stub: Stub, clean: Run, tags: dict[str, str]) -> None:
    stub.reset(tags=tags)
    stub.fill(KEYS)
    with pytest.raises(CleanupError, match=f"{BUCKET} must carry the tag temporary=true, found"):
        clean()
    assert stub.state()["objects"] == 6000


@pytest.mark.parametrize(("name", "value"), [("BUCKET", "author-recordings-prod"), ("ACCOUNT", "999999999999")])
def test_another_bucket_or_account_is_left_alone(
    stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    stub.fill(KEYS)
    monkeypatch.setenv(name, value)
    with pytest.raises(Exception, match=r"BUCKET is 'author-recordings-prod'|AccessDenied"):
        clean()
    assert stub.state()["objects"] == 6000


def test_two_runs_at_once_delete_each_key_once(stub: Stub, clean: Run) -> None:
    keys = [f"{n % 4}/{n:05}" for n in range(8000)]
    stub.fill(keys)
    summaries: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: summaries.append(clean())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [summary["result"] for summary in summaries] == ["clean", "clean"]
    assert sum(summary["deleted"] for summary in summaries) == 8000
    assert stub.state()["objects"] == 0


PROGRAM = """
import os, threading, sys
from runtime.objects.bucket import Bucket
from functions.temporary_uploads_cleanup.handler import handler

delete, most = Bucket.delete_batch, int(sys.argv[1])
batches, lock = [], threading.Lock()

def wait_there(self, entries):
    with lock:
        batches.append(entries)
        if len(batches) > most:
            os.write(2, b"here\\n")
            threading.Event().wait()
    return delete(self, entries)

class Context:
    get_remaining_time_in_millis = lambda self: 900000

Bucket.delete_batch = wait_there
handler({"mode": "clean"}, Context())
"""
"""A cleanup that begins so many batches and then waits for its end."""


@pytest.mark.parametrize("batches", [0, 1, 14])
def test_killed_at_any_moment_and_run_again_it_is_empty(stub: Stub, clean: Run, batches: int) -> None:
    stub.fill([f"k{n:06}" for n in range(30_000)])
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", PROGRAM, str(batches)]
    quiet, pipe = subprocess.DEVNULL, subprocess.PIPE
    with subprocess.Popen(command, cwd=root, stdout=quiet, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        assert any(line == "here\n" for line in process.stderr)
        process.kill()
    left = stub.state()["objects"]
    assert left >= 30_000 - 1000 * batches
    summary = clean()
    assert (summary["result"], summary["deleted"], stub.state()["objects"]) == ("clean", left, 0)
