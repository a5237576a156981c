"""Every format, over a report full of hostile strings."""

import importlib
import json
import re
from dataclasses import replace
from io import StringIO
from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from markdown_it import MarkdownIt
from rich.console import Console

from audit.model import Actor, Coverage, Drift, Exemption, Overdue, Report, Run, Since, Status, Subject, Waiver
from audit.reports import as_html, as_json, as_junit, as_markdown, as_sarif, as_text
from audit.reports.formats import FORMATS, render
from audit.reports.inert import visible
from policies.finding import Severity

etree: Any = importlib.import_module("lxml.etree")

EVIL = (
    "<script>alert(1)</script>`|`**b** [l](https://e.example) @here "
    "\x1b[31mred\x1b[0m \u202egpj\n# h ${x} ]]> &amp; \ud800"
)

WAIVER = Waiver(
    "aws:sns/topic:Topic", "author-api", "tags.owner", Status.CHANGED, '"x"', EVIL, "team", "2026-10-01", "2026-12-01"
)


def finding(
    status: Status = Status.CHANGED, text: str = EVIL, *, path: str = "tags.owner", waiver: Waiver | None = None
) -> Drift:
    return Drift(
        subject=Subject("aws:sns/topic:Topic", "author-api", text, path),
        status=status,
        severity=Severity.HIGH,
        expected=text,
        found=text,
        why=text,
        claim=text,
        rule="topics-per-service",
        source="docs/runbook.md:12",
        put_back=text,
        accept=text,
        waiver=waiver,
        actor=Actor(text, text, "2026-10-01T00:00:00Z"),
    )


def report(*findings: Drift) -> Report:
    return Report(
        stack="prod",
        account="111111111111",
        region="us-east-1",
        commit="abc",
        estate_hash="0" * 64,
        scope=None,
        complete=not any(f.status is Status.UNREADABLE for f in findings),
        incomplete_because=(),
        findings=findings,
        coverage=Coverage(98, 100, (Exemption("aws:sns/topic:Topic", "kmsMasterKeyId", EVIL, 2),)),
        overdue=(Overdue("author-recordings-prod", "archive", 3, 5_000_000, "2026-08-01", complete=False),),
        unused_waivers=(EVIL,),
        resources={"aws:sns/topic:Topic": 3, "aws:sqs/queue:Queue": 2},
        run=Run("2026-10-01T06:00:00Z", 1.25, {"sns:GetTopicAttributes": 3}, 0, "arn:aws:iam::111111111111:role/a"),
        since=Since("2026-07-01T06:00:00Z", tuple(f.id for f in findings[:1]), (EVIL,)),
    )


HOSTILE = report(finding(), finding(Status.UNREADABLE, path="other"), finding(path="waived", waiver=WAIVER))
CLEAN = replace(report(), overdue=(), unused_waivers=(), since=None)


@pytest.mark.parametrize(
    ("findings", "outcome", "code"),
    [
        ((), "in_sync", 0),
        ((finding(waiver=WAIVER),), "in_sync", 0),
        ((finding(),), "drift", 2),
        ((finding(Status.UNREADABLE),), "incomplete", 1),
        ((finding(), finding(Status.UNREADABLE, path="p")), "drift_and_incomplete", 3),
    ],
)
def test_the_exit_code_is_a_mask(findings: tuple[Drift, ...], outcome: str, code: int) -> None:
    assert (report(*findings).outcome, int(report(*findings).exit)) == (outcome, code)


def test_a_finding_keeps_its_id_while_its_values_change() -> None:
    later = replace(finding(), found="other")
    assert later.id == finding().id
    assert later.fingerprint != finding().fingerprint


@pytest.mark.parametrize("which", [HOSTILE, CLEAN], ids=["hostile", "clean"])
def test_json_validates_and_reads_back(which: Report) -> None:
    text = as_json.render(which)
    schema = json.loads(as_json.SCHEMA.read_text(encoding="utf-8"))
    validator = cast("Any", Draft202012Validator(schema, format_checker=FormatChecker()))
    assert [e.message for e in validator.iter_errors(json.loads(text))] == []
    assert as_json.read(text) == which
    assert text.isascii()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "outcome": "drift"}'])
def test_what_is_no_report_is_refused(text: str) -> None:
    with pytest.raises(as_json.ReportError):
        as_json.read(text)


@pytest.mark.parametrize("which", [HOSTILE, CLEAN], ids=["hostile", "clean"])
def test_sarif_validates_and_every_result_has_a_place(which: Report) -> None:
    document = json.loads(as_sarif.render(which))
    model: Any = importlib.import_module("pydantic_sarif.model")  # takes a second, and only this test needs it
    model.StaticAnalysisResultsFormatSarifVersion210JsonSchema.model_validate(document)
    results = document["runs"][0]["results"]
    assert len(results) == len(which.findings)
    for result in results:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "docs/runbook.md"
        assert place["region"]["startLine"] == 12
    assert sum("suppressions" in r for r in results) == sum(f.waiver is not None for f in which.findings)


@pytest.mark.parametrize("which", [HOSTILE, CLEAN], ids=["hostile", "clean"])
def test_junit_validates_and_counts(which: Report) -> None:
    schema = etree.XMLSchema(etree.parse(str(as_json.SCHEMA.with_name("junit.xsd"))))
    suite = etree.fromstring(as_junit.render(which).encode())
    schema.assertValid(suite)
    counts = {k: int(suite.attrib[k]) for k in ("tests", "failures", "errors", "skipped")}
    expected = {"tests": 4, "failures": 1, "errors": 1, "skipped": 1}
    assert counts == (expected if which is HOSTILE else {"tests": 2, "failures": 0, "errors": 0, "skipped": 0})


def test_markdown_renders_hostile_values_as_text() -> None:
    text = as_markdown.render(HOSTILE)
    page = MarkdownIt("gfm-like").disable("linkify").render(text)
    assert "<script" not in page
    assert "<a " not in page
    assert "<strong>" not in page
    assert "@here" not in text
    rows = [line for line in text.splitlines() if line.startswith(("| new |", "|  |"))]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_a_terminal_gets_no_escape_of_a_stranger() -> None:
    out = StringIO()
    as_text.show(HOSTILE, Console(file=out, width=100, color_system=None))
    assert "\x1b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()
    assert r"\x1b[31mred" in re.sub(r"\s+", " ", out.getvalue())


@pytest.mark.parametrize("form", FORMATS)
def test_unseen_characters_reach_no_format(form: str) -> None:
    text = render(HOSTILE, form, {})
    assert not {"\x1b", "\u202e", "\ud800"} & set(text)
    assert form == "json" or "<script" not in text or form in ("text", "sarif")


def test_html_allows_nothing_but_its_own_styles() -> None:
    page = as_html.render(HOSTILE, {"author-exports-prod": "<svg><style>rect{fill:red}</style></svg>"})
    policy = re.search(r'content="(default-src[^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert policy[1].count("sha256-") == 2
    assert "unsafe" not in policy[1]
    assert not re.search(r"<script|<link|<img|@import|url\(|\son\w+=|\sstyle=", page.replace("&lt;script", ""))


def test_unseen_characters_are_spelled_out() -> None:
    assert visible("a\x1b\n\u202e\u200b\ud800é€\\") == r"a\x1b\n\u202e\u200b\ud800é€" + "\\"
