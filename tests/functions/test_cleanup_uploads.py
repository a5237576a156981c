"""Multipart uploads that nobody completed, and what a run says where it can't go on: each was once told wrongly."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast

import boto3
import pytest

from functions.temporary_uploads_cleanup import handler
from functions.temporary_uploads_cleanup.handler import CleanupError
from runtime.objects import control
from runtime.objects.bucket import Bucket
from runtime.objects.entry import Upload
from tests.functions.conftest import Log
from tests.functions.test_cleanup_limits import Clock
from tests.stubs.s3.behaviour import Behaviour, Fault
from tests.stubs.s3.control import Stub

pytestmark = pytest.mark.process

Run = Callable[..., dict[str, Any]]
DAYS_AGO = (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
METRICS = ("CleanupSucceeded", "CleanupFailed")


def begun(stub: Stub, count: int) -> list[str]:
    keys = [f"{n:04}{'x' * n}" for n in range(count)]
    for key in keys:
        stub.upload(key, DAYS_AGO)
    return keys


def failed(clean: Run, **event: Any) -> dict[str, Any]:
    with pytest.raises(CleanupError) as caught:
        clean(**event)
    return json.loads(str(caught.value))


def published(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith('{"_aws"')]
    return [{name: line[name][0] for name in METRICS if name in line} for line in lines]


def test_an_upload_that_is_gone_is_its_own_matter(stub: Stub, clean: Run) -> None:
    begun(stub, 50)
    stub.behave(Behaviour(faults=[Fault("AbortMultipartUpload", "error", code="NoSuchUpload", status=404)]))
    summary = clean()
    assert (summary["result"], summary["uploads_aborted"], summary["uploads"]["gone"]) == ("clean", 49, 1)
    assert len(stub.state()["uploads"]) == 1


def test_a_denied_abort_is_counted_and_everything_else_goes_on(stub: Stub, clean: Run, log: Log) -> None:
    stub.fill([f"k{n:05}" for n in range(4000)])
    begun(stub, 20)
    stub.behave(Behaviour(faults=[Fault("AbortMultipartUpload", "error", code="AccessDenied", status=403)]))
    summary = failed(clean)
    assert (summary["deleted"], summary["uploads_aborted"], summary["uploads"]["denied"]) == (4000, 19, 1)
    assert (summary["result"], summary["remaining"], summary["remaining_at_least"]) == ("failed", 1, False)
    assert [key for key, _ in log.keys("upload not aborted")] == stub.state()["uploads"]


def test_uploads_that_are_left_at_the_deadline_remain_and_are_continued(
    stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    abort = Bucket.abort

    def late(self: Bucket, upload: Upload) -> None:
        clock.ahead = 10_000.0
        abort(self, upload)

    monkeypatch.setattr(handler, "Control", partial(control.Control, clock=clock))
    monkeypatch.setattr(Bucket, "abort", late)
    begun(stub, 60)
    summary = clean()
    left = len(stub.state()["uploads"])
    assert (summary["result"], summary["reason"], summary["continues"]) == ("incomplete", "deadline", True)
    assert 0 < left == summary["uploads"]["left"] == summary["remaining"] == 60 - summary["uploads_aborted"]


def test_an_uploads_key_may_have_a_control_character(stub: Stub, clean: Run) -> None:
    stub.upload("bell\x07 + %", DAYS_AGO)
    assert clean()["uploads_aborted"] == 1
    assert stub.state()["uploads"] == []


def test_a_dry_run_names_the_uploads_and_aborts_none(stub: Stub, clean: Run, log: Log) -> None:
    keys = begun(stub, 3)
    summary = clean(dry_run=True)
    assert (summary["uploads"]["would_delete"], summary["remaining"]) == (3, 3)
    assert [key for key, _ in log.keys("upload would be aborted")] == keys == sorted(stub.state()["uploads"])


def test_a_continuation_that_is_denied_leaves_a_summary_and_one_statement(
    stub: Stub, clean: Run, log: Log, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.fill([f"k{n:05}" for n in range(100)])
    stub.behave(Behaviour(faults=[Fault("Invoke", "error", times=9, code="AccessDeniedException", status=403)]))
    summary = failed(partial(clean, remaining=30_000))
    (logged,) = [line for line in log.lines if line["message"] == "summary"]
    assert (logged["deleted"], logged["result"]) == (0, "incomplete")
    assert (summary["result"], summary["reason"], summary["continues"]) == ("failed", "error", False)
    assert summary["error"].startswith("the continuation could not be started: AccessDeniedException: ")
    assert published(capsys) == [{"CleanupSucceeded": 0, "CleanupFailed": 1}]


def test_a_continuation_is_an_event_that_nobody_waits_for(
    stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    class Client:
        def invoke(self, **given: Any) -> dict[str, Any]:
            asked.append(given)
            return {"StatusCode": 202}

    client = cast("Any", boto3).client

    def instead(service: str, **more: Any) -> Any:
        return Client() if service == "lambda" else client(service, **more)

    monkeypatch.setattr(boto3, "client", instead)
    stub.fill(["k"])
    assert clean(remaining=30_000)["continues"]
    (call,) = asked
    assert (call["FunctionName"], call["InvocationType"]) == ("temporary-uploads-cleanup", "Event")


@pytest.mark.parametrize("answer", [200, 204])
def test_only_an_answer_that_lambda_took_it_is_a_start(
    stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch, answer: int
) -> None:
    monkeypatch.setattr(handler, "ACCEPTED", answer)
    stub.fill(["k"])
    assert "NotStartedError" in failed(partial(clean, remaining=30_000))["error"]


@pytest.mark.parametrize("event", [{"dry_run": True}, {}], ids=["dry run", "run"])
def test_a_dry_run_that_may_not_begin_publishes_nothing(
    stub: Stub, clean: Run, capsys: pytest.CaptureFixture[str], event: dict[str, Any]
) -> None:
    stub.reset(tags={})
    with pytest.raises(CleanupError, match="must carry the tag"):
        clean(**event)
    assert published(capsys) == ([] if event else [{"CleanupSucceeded": 0, "CleanupFailed": 1}])


def test_six_thousand_versions_of_one_key_all_go(stub: Stub, clean: Run) -> None:
    stub.reset(versioned=True)
    stub.fill(["k"], history=["version"] * 6000)
    summary = clean()
    assert (summary["result"], summary["deleted"], stub.state()["versions"]) == ("clean", 6000, 0)


@pytest.mark.parametrize("status", [502, 504])
@pytest.mark.parametrize("operation", ["ListObjectsV2", "DeleteObjects"])
def test_a_gateways_error_is_repeated(stub: Stub, clean: Run, operation: str, status: int) -> None:
    stub.fill([f"k{n:05}" for n in range(3000)])
    stub.behave(Behaviour(faults=[Fault(operation, "error", 1, 2, "BadGateway", status)]))
    assert (clean()["result"], stub.state()["objects"]) == ("clean", 0)
