"""The report in a terminal."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audit.model import Drift, Report
from audit.reports.inert import visible
from audit.reports.words import headline, overdue_sentence, sentences

STYLES = {"in_sync": "green", "drift": "red", "incomplete": "yellow", "drift_and_incomplete": "red"}


def show(report: Report, console: Console) -> None:
    """Prints a report: the answer first, then what it rests on, then each finding with both remedies."""
    console.print(f"[bold {STYLES[report.outcome]}]{report.stack}: {headline(report)}[/]")
    for sentence in sentences(report):
        console.print(f"  {_inert(sentence)}", soft_wrap=True)
    new = set(report.since.new) if report.since else set[str]()
    for finding in report.findings:
        console.print()
        show_finding(finding, console, new=finding.id in new)
    overdue = [o for o in report.overdue if o.objects]
    if overdue:
        console.print("\n[bold]Overdue objects[/]")
        for one in overdue:
            console.print(f"  {_inert(overdue_sentence(one))}", soft_wrap=True)


def show_finding(finding: Drift, console: Console, *, new: bool = False) -> None:
    """Prints one finding at length."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", min_width=10)
    table.add_column(overflow="fold")
    mark = " [bold]new[/]" if new else ""
    table.add_row(
        f"[bold]{finding.status}[/]",
        f"[bold]{_inert(str(finding.subject))}[/]{mark} [dim]{finding.severity} {finding.id}[/]",
    )
    table.add_row("expected", _inert(finding.expected))
    table.add_row("found", _inert(finding.found))
    table.add_row("why", _inert(finding.why))
    table.add_row("says", _inert(f"{finding.claim}, {finding.source}" if finding.claim else finding.source))
    table.add_row("put back", _inert(finding.put_back))
    table.add_row("accept", _inert(finding.accept))
    if finding.actor:
        table.add_row("by", _inert(f"{finding.actor.name}, {finding.actor.event} at {finding.actor.time}"))
    if finding.waiver:
        words = f"until {finding.waiver.expires} by {finding.waiver.owner}: {finding.waiver.reason}"
        table.add_row("waived", _inert(words))
    console.print(table)


def _inert(text: str) -> str:
    return escape(visible(text))
