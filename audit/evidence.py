"""Evidence: a report with its own hash, so that a copy can be checked years later without the account.

The evidence bucket is object-locked; the hash besides lets an auditor check the copy in hand.
"""

import json
from pathlib import Path

from audit.model import Report
from audit.reports import as_json
from estate.errors import MendableError
from runtime.evidence import digest

FIELDS = {"sha256", "report"}


class EvidenceError(MendableError):
    """A file is no evidence, or not what it was."""


def seal(report: Report) -> str:
    """Writes a report as evidence: JSON of `sha256` and `report`, the report's text as one string."""
    text = as_json.render(report)
    return json.dumps({"sha256": digest(text), "report": text}, indent=1) + "\n"


def verify(path: Path) -> str:
    """Checks an evidence file and says what it proves.

    Raises:
        EvidenceError: it is unreadable, no evidence, or was changed.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        text, recorded = str(document["report"]), str(document["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvidenceError(
            f"{path}: not an evidence file ({error!r}); expected JSON with sha256 and report"
        ) from error
    if digest(text) != recorded:
        raise EvidenceError(f"{path}: was changed: its report has SHA-256 {digest(text)}, it records {recorded}")
    report = as_json.read(text)
    counts = f"{len(report.drift)} findings count, coverage {report.coverage.share:.1%}"
    return f"{path}: whole. {report.stack} on {report.run.started}: {report.outcome}; {counts}; SHA-256 {recorded}"
