import io
import threading
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.driver.engine import follow
from local.driver.progress import Progress, describe

URN = "urn:pulumi:local::p::author:storage:Exports$aws:s3/bucket:Bucket::author-exports"


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def progress(screen: io.StringIO) -> Progress:
    return Progress(Console(file=screen, width=200))


def step(event: str, op: str, urn: str = URN, *, custom: bool = True) -> dict[str, Any]:
    kind = urn.split("::")[2].rsplit("$", maxsplit=1)[-1]
    return {event: {"metadata": {"op": op, "urn": urn, "type": kind, "new": {"custom": custom}}}}


def test_a_urn_is_shown_as_service_kind_and_name() -> None:
    assert describe(URN) == "s3 Bucket author-exports"
    assert describe("urn:pulumi:local::p::pulumi:pulumi:Stack::p-local") == "Stack p-local"
    assert describe("") == ""


def test_only_what_stands_in_the_account_is_counted(progress: Progress) -> None:
    progress.receive(step("resOutputsEvent", "create"))
    progress.receive(step("resOutputsEvent", "create", "urn:pulumi:local::p::author:storage:Exports::e", custom=False))
    progress.receive(step("resOutputsEvent", "create", "urn:pulumi:local::p::pulumi:providers:aws::default"))
    assert progress.counts() == "1 created"


def test_what_runs_is_shown_until_it_ends(progress: Progress) -> None:
    progress.receive(step("resourcePreEvent", "create"))
    assert "s3 Bucket author-exports" in _rendered(progress)
    progress.receive(step("resOutputsEvent", "create"))
    assert "s3 Bucket author-exports" not in _rendered(progress)


def test_an_error_is_shown_once_and_kept_without_colour_codes(progress: Progress, screen: io.StringIO) -> None:
    said = {"diagnosticEvent": {"severity": "error", "urn": URN, "message": "<{%fg 1%}>no such key<{%reset%}>\n"}}
    progress.receive(said)
    assert progress.failures == ["s3 Bucket author-exports: no such key"]
    assert screen.getvalue() == "s3 Bucket author-exports: no such key\n"


def test_debug_messages_are_for_the_log(progress: Progress, screen: io.StringIO) -> None:
    progress.receive({"diagnosticEvent": {"severity": "debug", "message": "registering"}})
    progress.receive({"diagnosticEvent": {"severity": "info", "message": "note"}})
    assert (progress.failures, screen.getvalue()) == ([], "")


def test_a_mandatory_violation_is_a_failure_and_an_advisory_one_is_not(progress: Progress) -> None:
    for level in ("advisory", "mandatory"):
        progress.receive(
            {"policyEvent": {"policyName": level, "enforcementLevel": level, "message": "no", "resourceUrn": URN}}
        )
    assert progress.failures == ["policy mandatory (mandatory): s3 Bucket author-exports no"]


def test_the_summary_gives_the_changes(progress: Progress) -> None:
    progress.receive({"summaryEvent": {"resourceChanges": {"same": 3, "update": 1}}})
    assert progress.changes == {"same": 3, "update": 1}


def test_events_are_followed_while_they_are_written_even_in_halves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "events.json"
    path.touch()
    received: list[dict[str, Any]] = []
    seen: list[int] = []
    ended = threading.Event()
    parts = ['{"sequence": 0}\n{"sequ', 'ence": 1}\n', '{"sequence": 2}\n']

    def written_meanwhile(_seconds: float) -> None:
        seen.append(len(received))
        with path.open("a") as file:
            file.write(parts.pop(0))
        if not parts:
            ended.set()

    monkeypatch.setattr("time.sleep", written_meanwhile)
    follow(path, received.append, ended)
    assert [event["sequence"] for event in received] == [0, 1, 2]
    assert seen == [0, 1, 2]


def _rendered(progress: Progress) -> str:
    console = Console(file=io.StringIO(), width=200, record=True)
    console.print(progress)
    return console.export_text()
