"""The command of `make empty-temporary-uploads` with the function itself behind it, in front of the stub of S3.

Lambda is played here: what is invoked runs at once, and so does whatever the function starts by itself.
"""

import io
import json
from collections.abc import Iterator
from typing import Any, cast

import pytest

from functions.temporary_uploads_cleanup.handler import CleanupError, handler
from scripts.storage import empty_temporary_uploads, following
from scripts.storage.target import Target
from tests.functions.conftest import Lambda
from tests.stubs.s3.control import BUCKET, Stub

pytestmark = pytest.mark.process

KEYS = [f"{n % 3}/{n:05}" for n in range(4000)]
"""Last modified years ago: the last daily run should have deleted them."""


class Account:
    """Lambda and its log."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.played = 0
        self.summaries: list[dict[str, Any]] = []

    def invoke(self, **call: Any) -> dict[str, Any]:
        answer = self._run(json.loads(call["Payload"]))
        while self.played < len(started := self.stub.state()["invocations"]):
            self.played += 1
            self._run(started[self.played - 1])
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def _run(self, event: dict[str, Any]) -> dict[str, Any]:
        try:
            summary = handler(event, Lambda())
        except CleanupError as error:
            summary = json.loads(str(error))
        self.summaries.append(summary)
        return summary

    def get_paginator(self, _operation: str) -> "Account":
        return self

    def paginate(self, **_: object) -> Iterator[dict[str, Any]]:
        lines = [json.dumps({"message": "summary", **summary}) for summary in self.summaries]
        yield {"events": [{"eventId": str(number), "message": line} for number, line in enumerate(lines)]}


class Interrupted(io.StringIO):
    """A terminal at which somebody presses Ctrl-C."""

    def readline(self, _size: int | None = -1, /) -> str:
        raise KeyboardInterrupt


@pytest.fixture
def account(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Account:
    account = Account(stub)
    client = cast("Any", account)

    def target(_stack: str) -> Target:
        return Target(BUCKET, "cleanup", "/aws/lambda/cleanup", client, client)

    monkeypatch.setattr(empty_temporary_uploads, "target_of", target)
    monkeypatch.setattr(following, "PAUSE", 0.0)
    stub.fill(KEYS)
    return account


def run(*arguments: str) -> int:
    return empty_temporary_uploads.main(["--stack", "local", *arguments])


@pytest.mark.parametrize(
    ("terminal", "arguments", "ends"),
    [
        (io.StringIO("n\n"), [], (5, 4000)),
        (io.StringIO("\n"), [], (5, 4000)),
        (io.StringIO(""), [], (5, 4000)),
        (Interrupted(), [], (5, 4000)),
        (io.StringIO("n\n"), ["--max-deletes", "100"], (5, 4000)),
        (io.StringIO(""), ["--dry-run"], (0, 4000)),
        (io.StringIO(""), ["--dry-run", "--yes", "--max-deletes", "100"], (0, 4000)),
        (io.StringIO("y\n"), ["--max-deletes", "100"], (4, 3900)),
        (io.StringIO(""), ["--max-deletes", "100", "--yes"], (4, 3900)),
        (io.StringIO("y\n"), [], (0, 0)),
    ],
    ids=[
        "no",
        "nothing",
        "nobody there",
        "Ctrl-C",
        "no to a few",
        "dry run",
        "dry run of a few",
        "a few",
        "yes",
        "all",
    ],
)
def test_what_was_declined_stays_all_of_it(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    terminal: io.StringIO,
    arguments: list[str],
    ends: tuple[int, int],
) -> None:
    monkeypatch.setattr("sys.stdin", terminal)
    code = run(*arguments)
    assert (code, account.stub.state()["objects"]) == ends
    assert account.played == 0, "nothing was started that nobody asked for"


def test_null_markers_are_said_to_stay(stub: Stub, account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    stub.reset(versioned=True)
    stub.suspend()
    stub.put("deleted", "x")
    stub.delete("deleted")
    assert run("--yes") == 0
    assert account.summaries[-1]["null_markers"] == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "empty, but for 1 null delete markers, which are never deleted" in said
    assert "nothing older than the run is left, but for 1 null delete markers" in said
