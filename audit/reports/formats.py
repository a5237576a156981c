"""The formats a report can be written in."""

from collections.abc import Mapping
from io import StringIO

from rich.console import Console

from audit.model import Report
from audit.reports import as_html, as_json, as_junit, as_markdown, as_sarif, as_text

FORMATS = ("text", "json", "markdown", "html", "sarif", "junit")


def render(report: Report, form: str, pictures: Mapping[str, str]) -> str:
    """Writes a report in one of `FORMATS`; `pictures` (SVG by bucket) are used by the HTML page only."""
    if form == "html":
        return as_html.render(report, pictures)
    if form == "text":
        text = StringIO()
        as_text.show(report, Console(file=text, width=120))
        return text.getvalue()
    modules = {"json": as_json, "markdown": as_markdown, "sarif": as_sarif, "junit": as_junit}
    return modules[form].render(report)
