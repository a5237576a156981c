"""Comments of saved previews: each file holds the events of a real preview, one a line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from markdown_it import MarkdownIt
from pulumi.automation.events import DiagnosticEvent, EngineEvent

from scripts.policy import preview_comment
from scripts.policy.preview_comment import LONGEST_COMMENT, code, inert, main, marker, render, without_secrets
from scripts.policy.preview_events import Change, Preview, Violation, read_events

EVENTS = Path(__file__).with_name("events")
HOSTILE = "<script>alert(1)</script> `x` | a | **b** [c](http://d) @team #1 \n\x1b[31m \u202e <!-- -->"


def saved(name: str) -> list[EngineEvent]:
    lines = (EVENTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    from_json = cast("Callable[[object], EngineEvent]", cast("Any", EngineEvent).from_json)
    return [from_json(json.loads(line)) for line in lines]


def test_reads_a_preview_in_which_a_rule_objects():
    preview = read_events(saved("exports-a-day-longer"))
    assert preview.changes == (
        Change(
            "update",
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            "author-exports-lifecycle",
            (("rules[0].expiration.days", "14", "15"),),
        ),
    )
    assert (preview.counts, preview.finished, preview.passed, preview.errors) == (
        {"same": 171, "update": 1},
        True,
        False,
        (),
    )
    (violation,) = preview.violations
    assert (violation.policy, violation.level, violation.resource) == (
        "lifecycle",
        "mandatory",
        "author-exports-lifecycle",
    )
    assert "rules[exports-expire].expiration.days is 15, expected 14" in violation.message
    assert "\n" not in violation.message


def test_a_secret_is_not_shown():
    text = render("local", read_events(saved("window-changed")))
    assert "  - `value`: `[secret]` → `[secret]`" in text
    assert "  - `rules[1].expiration.days`: `45` → `46`" in text


def test_writes_verdict_violations_and_plan():
    text = render("local", read_events(saved("exports-a-day-longer")))
    assert text.startswith(
        "<!-- preview of local -->\n\n## ❌ local: 1 disagreement with the runbook\n\n### Must be mended\n"
    )
    assert "expiration.days is 15, expected 14 \\(runbook line " in text
    assert "### Plan\n\n1 updated; 171 stay." in text


def test_a_preview_without_changes_is_short():
    text = render("prod", Preview((), {"same": 172}, (), (), finished=True))
    assert text == (
        "<!-- preview of prod -->\n\n## ✅ prod: no changes, and the runbook agrees\n\n"
        "### Plan\n\nNothing would change; 172 stay.\n"
    )


def test_advice_does_not_fail_a_preview_and_is_shown():
    advice = Violation("waived", "advisory", "", "waived until 2027-01-31 (PagerDuty moves.): alarm")
    preview = Preview((), {"update": 1}, (advice,), (), finished=True)
    assert preview.passed
    assert "### Waived or advice" in render("prod", preview)
    assert "## ✅ prod: the runbook agrees" in render("prod", preview)


@pytest.mark.parametrize("events", [[], saved("exports-a-day-longer")[:1]])
def test_a_preview_that_broke_off_does_not_pass(events: list[EngineEvent]):
    preview = read_events(events)
    assert not preview.passed
    assert "❌ prod: the preview did not succeed" in render("prod", preview)


def test_what_the_program_complains_of_is_shown():
    said = DiagnosticEvent("<{%reset%}>stack prod: owner is missing\n", "never", "error")
    preview = read_events([EngineEvent(1, 0, diagnostic_event=said)])
    assert preview.errors == ("stack prod: owner is missing",)
    assert "### Errors\n\n- stack prod: owner is missing" in render("prod", preview)


def test_hostile_text_is_inert():
    hostile = Preview(
        (Change("update", HOSTILE, HOSTILE, ((HOSTILE, HOSTILE, HOSTILE),)),),
        {"update": 1},
        (Violation(HOSTILE, "mandatory", HOSTILE, HOSTILE),),
        (HOSTILE, f"Traceback:\n{HOSTILE}\n```\n<b>"),
        finished=True,
    )
    text = render("prod", hostile)
    assert "\x1b" not in text
    assert "\u202e" not in text
    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in page
    assert "<a " not in page
    assert "<strong>" not in page
    rows = [line for line in text.splitlines() if line.startswith("| ") and "script" in line]
    assert len(rows) == 1
    assert page.count("<td>") == 3


def test_inert_text_reads_as_it_was():
    page = MarkdownIt("commonmark").renderInline(inert("a_b *c* `d` <e> [f](g) & h"))
    assert page == "a_b *c* `d` &lt;e&gt; [f](g) &amp; h"


def test_code_is_one_line_and_short():
    assert code("a`b\nc") == "`a'b c`"
    assert len(code("x" * 500)) == 162


def test_a_long_comment_is_cut_where_github_still_takes_it():
    many = tuple(Change("create", "aws:s3/bucket:Bucket", f"bucket-{n}", ()) for n in range(5000))
    text = render("prod", Preview(many, {"create": 5000}, (), (), finished=True))
    assert len(text) < LONGEST_COMMENT + 200
    assert text.endswith("The rest is too long for a comment; the job's log has it.\n")


def test_an_error_of_several_lines_stays_readable():
    failed = Preview((), {}, (), ("Traceback:\n  File 'x'\nKeyError: 'y'",), finished=False)
    assert "### Errors\n\n```text\nTraceback:\n  File 'x'\nKeyError: 'y'\n```\n\n" in render("prod", failed)


def test_no_comment_holds_what_the_environment_keeps_secret():
    secrets = {"PULUMI_CONFIG_PASSPHRASE": "horse", "AWS_SESSION_TOKEN": "", "HOME": "stable"}
    assert without_secrets("a horse in a stable", secrets) == "a [secret] in a stable"


@pytest.mark.parametrize(
    ("found", "exit_code"),
    [
        (Preview((), {"same": 1}, (), (), finished=True), 0),
        (Preview((), {}, (), ("no stack named 'local' found; the passphrase is horse",), finished=False), 1),
    ],
)
def test_command_writes_the_file_and_says_by_its_code_whether_a_deployment_could_follow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: Preview, exit_code: int
):
    output = tmp_path / "comment.md"
    monkeypatch.setattr(preview_comment, "run_preview", {"local": found}.__getitem__)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "horse")
    assert main(["--stack", "local", "--output", str(output)]) == exit_code
    text = output.read_text(encoding="utf-8")
    assert text.splitlines()[0] == marker("local")
    assert "horse" not in text


def test_command_that_can_not_write_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    found = Preview((), {}, (), (), finished=True)
    monkeypatch.setattr(preview_comment, "run_preview", {"local": found}.__getitem__)
    assert main(["--stack", "local", "--output", str(tmp_path / "none" / "comment.md")]) == 3
    assert capsys.readouterr().err.startswith("No comment: ")
