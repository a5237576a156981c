"""The issue carries the last reports to the next audit, and stays within what GitHub takes."""

import io
import json
from pathlib import Path

import pytest

from audit.issue import CUT, LONGEST, compose, last, main
from audit.reports.as_markdown import MARKER

REPORT = json.dumps({"version": 1, "text": "grün --> <!-- last staging QUJD -->"})


def test_each_stacks_report_comes_out_as_it_went_in() -> None:
    body = compose({"prod": (f"{MARKER}\n## prod", REPORT), "staging": (f"{MARKER}\n## staging", "{}")})
    assert (last(body, "prod"), last(body, "staging")) == (REPORT, "{}")
    assert body.startswith(MARKER)
    assert body.count(MARKER) == 1
    assert body.index("## prod") < body.index("## staging") < body.index("<!-- last")


def test_a_stack_without_a_report_carries_none() -> None:
    body = compose({"prod": ("## prod: no answer", None)})
    assert last(body, "prod") is None
    assert "no answer" in body


def test_an_issue_stays_within_githubs_limit_and_says_that_it_was_cut() -> None:
    body = compose({"prod": ("x" * 90_000, REPORT), "staging": ("y" * 90_000, REPORT)})
    assert len(body) <= LONGEST
    assert body.count(CUT.strip()) == 2
    assert "y" * 1000 in body


def test_a_report_too_large_to_carry_is_left_out() -> None:
    noise = "".join(chr(33 + (i * i * 7919) % 90) for i in range(400_000))
    body = compose({"prod": ("## prod", json.dumps(noise * 3)), "staging": ("## staging", "{}")})
    assert len(body) <= LONGEST
    assert last(body, "staging") == "{}"


def test_the_command_takes_the_report_out_of_a_body_as_github_returns_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    markdown, document = tmp_path / "prod.md", tmp_path / "prod.json"
    markdown.write_text("## prod")
    document.write_text(REPORT)
    assert main(["compose", f"prod={markdown},{document}", f"staging={markdown},{tmp_path}/none.json"]) == 0
    body = capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(body.replace("\n", "\r\n")))
    assert main(["last", "prod"]) == 0
    assert capsys.readouterr().out == REPORT
    monkeypatch.setattr("sys.stdin", io.StringIO(body))
    assert main(["last", "staging"]) == 1
