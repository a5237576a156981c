"""The report as Markdown, for a pull request or an issue."""

from collections.abc import Iterator

from audit.model import Drift, Report
from audit.reports.inert import in_markdown, plain_markdown
from audit.reports.words import headline, overdue_sentence, sentences
from estate.names import PREFIX

MARKER = f"<!-- {PREFIX}-storage-audit -->"
"""First line; the workflow finds its own issue or comment by it."""


def render(report: Report) -> str:
    """Writes the report; whatever the account holds is shown as inert code."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield MARKER
    yield f"## Storage audit of `{report.stack}`: {headline(report)}"
    yield ""
    for sentence in sentences(report):
        yield f"- {plain_markdown(sentence)}"
    open_findings = [f for f in report.findings if f.waiver is None]
    waived = [f for f in report.findings if f.waiver is not None]
    if open_findings:
        yield from ("", "### Findings", "", *_table(report, open_findings))
        yield from ("", "<details><summary>How to put each back, or accept it</summary>", "")
        for finding in open_findings:
            yield f"- {in_markdown(finding.id)} {in_markdown(str(finding.subject))}"
            yield f"  - put back: {in_markdown(finding.put_back)}"
            yield f"  - accept: {plain_markdown(finding.accept)}"
        yield from ("", "</details>")
    if waived:
        yield from ("", "### Waived", "", "| finding | owner | until | reason |", "|---|---|---|---|")
        for finding in waived:
            yield _waived(finding)
    overdue = [o for o in report.overdue if o.objects]
    if overdue:
        yield from ("", "### Overdue objects", "", *(f"- {plain_markdown(overdue_sentence(o))}" for o in overdue))


def _table(report: Report, findings: list[Drift]) -> Iterator[str]:
    new = set(report.since.new) if report.since else set[str]()
    yield "| | severity | what | expected | found | claim or source |"
    yield "|---|---|---|---|---|---|"
    for f in findings:
        mark = "new" if f.id in new else ""
        origin = f"{f.claim} ({f.source})" if f.claim else f.source
        what = f"{f.status} {in_markdown(str(f.subject))}"
        yield (
            f"| {mark} | {f.severity} | {what} | {in_markdown(f.expected)} | {in_markdown(f.found)} "
            f"| {plain_markdown(origin)} |"
        )


def _waived(finding: Drift) -> str:
    waiver = finding.waiver
    assert waiver is not None  # noqa: S101 - the caller selected them; the type checker can't know
    return (
        f"| {in_markdown(str(finding.subject))} | {plain_markdown(waiver.owner)} | {waiver.expires} "
        f"| {plain_markdown(waiver.reason)} |"
    )
