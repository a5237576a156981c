"""The one issue that tells how the audits stand: `python -m audit.issue`, run by the workflow.

The issue carries each stack's last report out of sight, packed, so that the next audit can say what is new and what is
resolved: artifacts of a workflow are gone before the quarter is over.
"""

import argparse
import base64
import gzip
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from audit.reports.as_markdown import MARKER
from estate.errors import told, using

LONGEST = 65_536
"""Characters that GitHub takes in an issue's body."""

CUT = "\n\n*The rest did not fit into an issue: it stands in the summary of the workflow's run.*\n"

EXAMPLES = """\
examples:
  python -m audit.issue compose prod=prod.md,prod.json staging=staging.md,staging.json >issue.md
  python -m audit.issue last prod <issue.md >last.json

exit codes: 0 done, 1 the issue carries no report of the stack, 2 wrong arguments"""


def compose(reports: Mapping[str, tuple[str, str | None]]) -> str:
    """Writes the issue's body.

    Args:
        reports: stack → its report as Markdown, and as JSON where there is one.

    Returns:
        At most `LONGEST` characters. What people read comes before what only the next audit reads; a packed report that
        would not fit is left out, and the next audit then says nothing of new and resolved.
    """
    body = MARKER + "\n"
    texts = [markdown.removeprefix(MARKER).strip() for markdown, _ in reports.values()]
    room = (LONGEST - len(body)) // max(1, len(texts)) - len(CUT) - 2
    body += "\n\n".join(text if len(text) <= room else text[:room] + CUT for text in texts) + "\n"
    for stack, (_, document) in reports.items():
        packed = _packed(stack, document) if document else ""
        if len(body) + len(packed) <= LONGEST:
            body += packed
    return body


def last(body: str, stack: str) -> str | None:
    """Takes the report of a stack out of an issue, as JSON; None where it has none."""
    found = re.search(rf"^<!-- last {re.escape(stack)} ([A-Za-z0-9+/=]+) -->$", body, re.MULTILINE)
    return gzip.decompress(base64.b64decode(found[1])).decode() if found else None


def _packed(stack: str, document: str) -> str:
    packed = gzip.compress(document.encode(), mtime=0)
    return f"\n<!-- last {stack} {base64.b64encode(packed).decode()} -->\n"


def _reports(arguments: Sequence[str]) -> dict[str, tuple[str, str | None]]:
    reports: dict[str, tuple[str, str | None]] = {}
    for argument in arguments:
        stack, _, paths = argument.partition("=")
        markdown, _, document = paths.partition(",")
        kept = Path(document)
        with using(markdown):
            text = Path(markdown).read_text(encoding="utf-8")
        reports[stack] = text, kept.read_text() if kept.is_file() else None
    return reports


@told("issue", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    parser = argparse.ArgumentParser(
        "python -m audit.issue",
        description="Write the issue that tells how the audits stand, or take the last report out of it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=("compose", "last"))
    parser.add_argument("subjects", nargs="+", metavar="STACK[=MARKDOWN,JSON]")
    options = parser.parse_args(arguments)
    if options.command == "compose":
        sys.stdout.write(compose(_reports(options.subjects)))
        return 0
    kept = last(sys.stdin.read().replace("\r\n", "\n"), options.subjects[0])
    sys.stdout.write(kept or "")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
