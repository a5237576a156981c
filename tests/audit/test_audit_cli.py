"""The command line, evidence and explanations: what they take, what they say, how they end."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from audit.__main__ import main
from audit.evidence import EvidenceError, seal, verify
from audit.explain import ExplainError, explain
from audit.model import Coverage, Drift, Report, Run, Status, Subject
from audit.reports import as_json
from audit.reports.formats import FORMATS
from policies.finding import Severity


def finding(path: str) -> Drift:
    return Drift(
        subject=Subject("aws:sqs/queue:Queue", "letters", "author-letters", path),
        status=Status.CHANGED,
        severity=Severity.HIGH,
        expected="1",
        found="2",
        why="Letters are lost.",
        claim="queues.letters",
        rule=None,
        source="docs/runbook.md:12",
        put_back="pulumi up",
        accept="declare it",
    )


REPORT = Report(
    stack="prod",
    account="123456789012",
    region="us-east-1",
    commit="abc",
    estate_hash="0" * 64,
    scope=None,
    complete=True,
    incomplete_because=(),
    findings=(finding("delaySeconds"), finding("maxMessageSize")),
    coverage=Coverage(99, 100, ()),
    overdue=(),
    unused_waivers=(),
    resources={"aws:sqs/queue:Queue": 1},
    run=Run("2026-10-01T06:00:00Z", 1.0, {"sqs:GetQueueAttributes": 1}, 0, "arn:aws:iam::123456789012:role/audit"),
)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(as_json.render(REPORT), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--colour"], "unrecognized arguments: --colour"),
        (["--format", "pdf"], "invalid choice: 'pdf'"),
        (["inspect"], "invalid choice: 'inspect'"),
        (["--stack"], "expected one argument"),
    ],
)
def test_a_usage_error_ends_with_1_and_never_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 1
    error = capsys.readouterr().err
    assert said in error
    assert "--help shows examples" in error


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert "exit codes, a mask" in shown
    assert shown.count("python -m audit") >= 6
    assert all(form in shown for form in FORMATS)


def test_explain_tells_all_about_one_finding(kept: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = REPORT.findings[0]
    assert main(["explain", one.id, "--since", str(kept)]) == 0
    shown = capsys.readouterr().out
    for told in (one.id, "delaySeconds", "Letters are lost.", "docs/runbook.md:12", "pulumi up", "declare it"):
        assert told in shown


@pytest.mark.parametrize("key", ["", "ffffffffff", "zz"])
def test_explain_names_the_findings_there_are(kept: Path, key: str) -> None:
    with pytest.raises(ExplainError) as told:
        explain(key, kept)
    assert all(f.id in str(told.value) for f in REPORT.findings)


def test_explain_without_a_report_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "abc", "--since", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().err.startswith("audit: no report at ")


def test_evidence_is_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(seal(REPORT), encoding="utf-8")
    assert main(["verify", str(path)]) == 0
    shown = capsys.readouterr().out
    assert "whole" in shown
    assert "drift; 2 findings count, coverage 99.0%" in shown
    assert json.loads(path.read_text())["sha256"] in shown


def test_one_changed_character_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(seal(REPORT).replace("delaySeconds", "delaySecondz"), encoding="utf-8")
    with pytest.raises(EvidenceError, match="was changed: its report has SHA-256"):
        verify(path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sha256": "x"}', "\x00"])
def test_what_is_no_evidence_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match="not an evidence file"):
        verify(path)


def test_an_absent_file_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path / "none")]) == 1
    error = capsys.readouterr().err
    assert error.startswith("audit: ")
    assert len(error.splitlines()) == 1


def test_a_repeated_report_differs_only_in_its_run() -> None:
    later = replace(REPORT, run=replace(REPORT.run, started="2026-10-02T06:00:00Z", seconds=9.0))
    first, second = (json.loads(as_json.render(r)) for r in (REPORT, later))
    assert first != second
    assert {**first, "run": None} == {**second, "run": None}
