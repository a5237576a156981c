"""The command against stand-ins for Lambda, its log and STS; `tests/e2e` has the deployed function behind it."""

import io
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from declared.stacks import stacks
from scripts.storage import empty_temporary_uploads, following
from scripts.storage.empty_temporary_uploads import describe, main

BACKLOG = {"objects": 1200, "bytes": 1_500_000_000, "oldest_age": 93_600.0, "at_least": False, "null_markers": 0}
CLEAN = {"message": "summary", "result": "clean", "deleted": 1200, "remaining": 0, "depth": 1, "continues": False}
REHEARSED = {**CLEAN, "result": "incomplete", "deleted": 0, "remaining": 1200, "dry_run": True}


class Account:
    """Lambda, CloudWatch Logs and STS of one account, as far as the command asks them."""

    def __init__(self) -> None:
        self.account = "123456789012"
        self.backlog: dict[str, Any] = BACKLOG
        self.log: list[dict[str, Any]] = [CLEAN]
        self.error = ""
        self.started: list[dict[str, Any]] = []

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.account, "Arn": f"arn:aws:iam::{self.account}:user/operator"}

    def invoke(self, **call: Any) -> dict[str, Any]:
        event = json.loads(call["Payload"])
        assert call["FunctionName"] == "author-temporary-uploads-cleanup"
        if call.get("InvocationType") == "Event":
            self.started.append(event)
            return {}
        assert event == {"mode": "measure"}
        if self.error:
            return {
                "FunctionError": "Unhandled",
                "Payload": io.BytesIO(json.dumps({"errorMessage": self.error}).encode()),
            }
        return {"Payload": io.BytesIO(json.dumps(self.backlog).encode())}

    def get_paginator(self, _operation: str) -> "Account":
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        assert asked["logGroupName"] == "/aws/lambda/author-temporary-uploads-cleanup"
        chain = self.started[-1]["chain"]
        assert f'$.chain = "{chain}"' in asked["filterPattern"]
        other = {**CLEAN, "chain": "nightly", "deleted": 7}
        lines = [json.dumps(line) for line in [other, *({**line, "chain": chain} for line in self.log)]]
        texts = ["START RequestId: 1", *lines]
        yield {"events": [{"eventId": str(n), "message": text} for n, text in enumerate(texts)]}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account()

    def client(_session: boto3.Session, _service: str, **_: object) -> Account:
        return account

    monkeypatch.setattr(boto3.Session, "client", client)
    monkeypatch.setattr(following, "PAUSE", 0.0)
    monkeypatch.setattr(following, "SILENCE", 0.05)
    return account


Said = pytest.CaptureFixture[str]


def run(*more: str) -> int:
    return main(["--stack", "local", *more])


def test_it_shows_the_backlog_asks_and_deletes(account: Account, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run() == 0
    said = " ".join(capsys.readouterr().err.split())  # as wide as the terminal
    assert "author-temporary-uploads-local: 1,200 objects, 1.5 GB, the oldest 26.0 hours old" in said
    assert "clean: 1,200 deleted" in said
    (event,) = account.started
    assert (event["mode"], event["dry_run"], "max_deletes" in event) == ("clean", False, False)


@pytest.mark.parametrize("answer", ["n\n", "\n", ""], ids=["no", "nothing", "nobody there"])
def test_without_a_yes_nothing_is_started(account: Account, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert run() == 5
    assert account.started == []


def test_an_empty_bucket_starts_nothing(account: Account) -> None:
    account.backlog = {**BACKLOG, "objects": 0}
    assert run("--yes") == 0
    assert account.started == []


def test_a_dry_run_asks_nothing_and_says_so_to_the_function(account: Account, capsys: Said) -> None:
    account.log = [{**REHEARSED, "would_delete": 1200}]
    assert run("--dry-run") == 0
    assert account.started[0]["dry_run"] is True
    assert "dry run: 1,200 of 1,200 would be deleted, each named in the log" in capsys.readouterr().err


def test_a_dry_run_says_how_many_a_limit_would_take(account: Account, capsys: Said) -> None:
    account.log = [{**REHEARSED, "would_delete": 5, "reason": "max_deletes", "remaining_at_least": True}]
    assert run("--dry-run", "--max-deletes", "5") == 0
    assert (account.started[0]["dry_run"], account.started[0]["max_deletes"]) == (True, 5)
    assert "dry run: 5 of at least 1,200 (max_deletes) would be deleted" in capsys.readouterr().err


def test_a_dry_run_that_ended_early_says_so(account: Account, capsys: Said) -> None:
    account.log = [{**REHEARSED, "would_delete": 1200, "reason": "stopped", "remaining_at_least": True}]
    assert run("--dry-run") == 4
    assert "1,200 of at least 1,200 (stopped) would be deleted" in capsys.readouterr().err


def test_the_question_names_the_limit(account: Account, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert run("--max-deletes", "1000") == 5
    assert "Delete at most 1,000 of it from author-temporary-uploads-local?" in " ".join(
        capsys.readouterr().err.split()
    )
    assert account.started == []


def test_interrupted_while_following_it_says_that_the_cleanup_goes_on(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(empty_temporary_uploads, "follow", interrupted)
    assert run("--yes") == 130
    assert "a cleanup that was started goes on" in " ".join(capsys.readouterr().err.split())
    assert len(account.started) == 1


def test_it_follows_the_chain_to_its_last_run(account: Account, capsys: Said) -> None:
    early = {**CLEAN, "result": "incomplete", "reason": "deadline", "deleted": 700, "continues": True}
    account.log = [{"message": "progress", "deleted": 300}, early, {**CLEAN, "deleted": 500, "depth": 2}]
    assert run("--yes", "--json") == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["result"], summary["deleted"], summary["depth"]) == ("clean", 1200, 2)


def test_it_follows_a_limited_chain_to_where_its_limit_is_used_up(account: Account, capsys: Said) -> None:
    early = {**CLEAN, "result": "incomplete", "reason": "deadline", "deleted": 700, "continues": True}
    last = {**CLEAN, "result": "incomplete", "reason": "max_deletes", "deleted": 300, "remaining": 200, "depth": 2}
    account.log = [early, last]
    assert run("--yes", "--max-deletes", "1000") == 4
    assert "incomplete: 1,000 deleted, 200 left (max_deletes)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ({"result": "failed", "failed": {"InternalError": 3}, "remaining": 3}, 1, "3 left (3 InternalError)"),
        ({"result": "failed", "denied": 3, "held": 1, "remaining": 4}, 1, "4 left (3 denied; 1 held)"),
        (
            {"result": "failed", "uploads": {"denied": 2, "failed": {"InvalidRequest": 1}}, "remaining": 3},
            1,
            "3 left (1 InvalidRequest, multipart uploads; 2 denied, multipart uploads)",
        ),
        ({"result": "incomplete", "reason": "stopped", "remaining": 9}, 4, "9 left (stopped)"),
        (
            {"result": "incomplete", "reason": "max_deletes", "remaining": 9, "remaining_at_least": True},
            4,
            "at least 9",
        ),
        ({"result": "incomplete", "reason": "deadline", "remaining": 9, "depth": 10}, 4, "9 left (deadline)"),
    ],
    ids=["failed", "denied and held", "uploads", "stopped", "limit", "end of the chain"],
)
def test_what_is_left_has_its_exit_code(
    account: Account, capsys: Said, line: dict[str, Any], code: int, said: str
) -> None:
    account.log = [{**CLEAN, **line}]
    assert run("--yes") == code
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_run_that_breaks_before_its_summary_is_a_failure(account: Account, capsys: Said) -> None:
    account.log = [{"message": "failed", "exception": "Traceback\nNotTemporaryError: no such tag"}]
    assert run("--yes") == 1
    assert "NotTemporaryError: no such tag" in capsys.readouterr().err


def test_a_chain_that_breaks_off_is_a_failure_that_says_what_it_did(account: Account, capsys: Said) -> None:
    early = {**CLEAN, "result": "incomplete", "reason": "deadline", "deleted": 700, "remaining": 500, "continues": True}
    account.log = [early, {"message": "the continuation could not be started", "exception": "AccessDenied"}]
    assert run("--yes") == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "failed: 700 deleted, at least 500 left (the continuation could not be started: AccessDenied)" in said


def test_a_backlog_that_takes_long_comes_with_both_estimates(account: Account, capsys: Said) -> None:
    account.backlog = {**BACKLOG, "objects": 10**10}
    account.log = [{**CLEAN, "deleted": 10**10}]
    assert run("--yes") == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "deleting takes 794 hours at 3,500 keys a second and prefix; S3's own expiration is through" in said
    assert ": leave it to S3" in said


def test_silence_is_not_success(account: Account, capsys: Said) -> None:
    account.log = [{"message": "progress", "deleted": 1}]
    assert run("--yes") == 3
    assert "it may still run" in capsys.readouterr().err


def test_another_accounts_credentials_are_refused_before_anything(account: Account, capsys: Said) -> None:
    account.account = "999999999999"
    assert run("--yes") == 3
    assert "belong to account 999999999999, the stack to 123456789012" in " ".join(capsys.readouterr().err.split())
    assert account.started == []


def test_a_function_that_cannot_measure_says_why(account: Account, capsys: Said) -> None:
    account.error = "no such tag"
    assert run("--yes") == 3
    assert "could not measure: no such tag" in " ".join(capsys.readouterr().err.split())
    assert account.started == []


def test_an_unknown_stack_is_one_line(capsys: Said) -> None:
    assert main(["--stack", "nowhere"]) == 3
    assert f"there is no stack nowhere; expected one of {', '.join(stacks())}" in " ".join(
        capsys.readouterr().err.split()
    )


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_a_limit_that_cannot_be_meant_is_a_usage_error(limit: str) -> None:
    with pytest.raises(SystemExit) as caught:
        run(f"--max-deletes={limit}")
    assert caught.value.code == 2


def test_a_lower_bound_is_called_one() -> None:
    assert describe({**BACKLOG, "at_least": True}).startswith("at least 1,200 objects")
