"""Tells all about one finding of a report."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from audit.reports import as_json
from audit.reports.as_text import show_finding
from estate.errors import MendableError, using


class ExplainError(MendableError):
    """There is no such finding; the message names those there are."""


def explain(key: str, path: Path) -> str:
    """Writes a finding of a kept report at length.

    Args:
        key: the finding's id, or the first digits of it.
        path: a JSON report.

    Raises:
        ExplainError: no report, no such finding, or several.
    """
    if not path.exists():
        raise ExplainError(f"no report at {path}: audit first, or name one with --since")
    with using(path):
        text = path.read_text(encoding="utf-8")
    report = as_json.read(text)
    matching = [f for f in report.findings if key and f.id.startswith(key)]
    if len(matching) != 1:
        ids = ", ".join(f.id for f in report.findings) or "(none)"
        raise ExplainError(f"{len(matching)} findings match {key or '(nothing)'} in {path}; the ids are {ids}")
    out = StringIO()
    show_finding(matching[0], Console(file=out, width=120))
    return out.getvalue().rstrip()
