import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stub_s3.behaviour import MODELLED, Behaviour
from benchmarks.stub_s3.control import ACCOUNT, BUCKET, STOP_PARAMETER, Stub
from functions.temporary_uploads_cleanup import control
from functions.temporary_uploads_cleanup.bucket import Bucket
from functions.temporary_uploads_cleanup.deleting import Deleter
from functions.temporary_uploads_cleanup.handler import CleanupError
from functions.temporary_uploads_cleanup.pace import Pace
from functions.temporary_uploads_cleanup.tally import Tally
from functions.temporary_uploads_cleanup.wire import Entry

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


def test_at_its_deadline_it_stops_and_starts_its_continuation(stub: Stub, clean: Run) -> None:
    stub.fill(KEYS)
    stub.behave(Behaviour(latency=MODELLED))
    summary = clean(remaining=AT_ONCE_OVER + 700, chain="nightly", depth=3)
    left = stub.state()["objects"]
    assert (summary["result"], summary["reason"]) == ("incomplete", "deadline")
    assert 0 < left == 6000 - summary["deleted"]
    assert summary["remaining_at_least"] or summary["remaining"] == left
    (event,) = stub.state()["invocations"]
    assert (event["mode"], event["chain"], event["depth"]) == ("clean", "nightly", 4)
    stub.behave()
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
    monkeypatch.setattr(control, "FRESH", 0.1)
    stub.fill([f"k{n:06}" for n in range(40_000)])
    stub.behave(Behaviour(latency=MODELLED))
    timer = threading.Timer(0.8, stub.parameters, [{STOP_PARAMETER: "stop"}])
    timer.start()
    summary = clean()
    timer.join()
    assert (summary["result"], summary["reason"]) == ("incomplete", "stopped")
    assert 0 < summary["deleted"] < 40_000
    assert stub.state()["objects"] == 40_000 - summary["deleted"]


def test_a_stop_also_reaches_a_batch_that_waits_for_its_turn(stub: Stub) -> None:
    values = ["run"]
    limits = control.Control(deadline=time.monotonic() + 60, stop_value=lambda: values[0])
    tally = Tally()
    pace = Pace(sleep=lambda _seconds: values.__setitem__(0, "stop"))
    pace.throttled()
    pace.wait(1000)
    deleter = Deleter(Bucket(BUCKET, ACCOUNT), limits, tally, pace)
    deleter.delete([Entry("k1", 1, "", '"e"', "", True), Entry("k2", 1, "", '"e"', "", True)])
    assert (tally.left, limits.reason) == (2, "stopped")
    assert "DeleteObjects" not in stub.state()["counts"]


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


@pytest.mark.parametrize("after", [1.0, 1.6])
def test_killed_at_any_moment_and_run_again_it_is_empty(stub: Stub, clean: Run, after: float) -> None:
    stub.fill([f"k{n:06}" for n in range(30_000)])
    stub.behave(Behaviour(latency=MODELLED))
    program = (
        "from functions.temporary_uploads_cleanup.handler import handler\n"
        "class Context:\n    get_remaining_time_in_millis = lambda self: 900000\n"
        "handler({'mode': 'clean'}, Context())"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program], cwd=root, stdout=subprocess.DEVNULL) as process:
        time.sleep(after)
        os.kill(process.pid, signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "it was over before it was killed"
    stub.behave()
    assert clean()["result"] == "clean"
    assert stub.state()["objects"] == 0
