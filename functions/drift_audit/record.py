"""What a quarterly audit leaves: report, page and evidence in the object-locked bucket, and a message that they exist.

The bucket's default retention locks every object for its whole term; the function could not shorten it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.evidence import seal
from audit.model import Report
from audit.reports import as_html, as_json
from audit.reports.words import headline
from estate.lives import TimelineError, lives
from estate.model import Estate
from functions.drift_audit.settings import AuditSettings
from runtime.evidence import digest
from semantics.lifecycle.life_svg import life_svg


@dataclass(frozen=True)
class Record:
    """Where a report is.

    Attributes:
        folder: key prefix in the evidence bucket.
        sha256: hash of the report's text, the one that the evidence holds.
    """

    folder: str
    sha256: str


def store(s3: Any, settings: AuditSettings, report: Report, declared: Estate) -> Record:
    """Writes `report.json`, `report.html` and `evidence.json` into a folder named by time and completeness."""
    text = as_json.render(report)
    state = "complete" if report.complete else "incomplete"
    folder = f"audit/{report.run.started.replace(':', '-')}-{state}"
    files: Mapping[str, tuple[str, str]] = {
        "report.json": (text, "application/json"),
        "report.html": (as_html.render(report, _pictures(declared)), "text/html; charset=utf-8"),
        "evidence.json": (seal(report), "application/json"),
    }
    for name, (content, kind) in files.items():
        s3.put_object(
            Bucket=settings.evidence_bucket,
            Key=f"{folder}/{name}",
            Body=content.encode(),
            ContentType=kind,
            ExpectedBucketOwner=settings.account,
        )
    return Record(folder, digest(text))


def _pictures(declared: Estate) -> dict[str, str]:
    try:
        return {life.bucket: life_svg(life) for life, _ in lives(declared)}
    except TimelineError:
        return {}  # rules that can't be drawn are a finding; the report on them comes first


def announce(sns: Any, settings: AuditSettings, report: Report, record: Record) -> None:
    """Tells the topic how the audit ended, where its report is, and the report's hash."""
    message = {
        "stack": report.stack,
        "outcome": report.outcome,
        "complete": report.complete,
        "findings": len(report.drift),
        "coverage": round(report.coverage.share, 4),
        "report": f"s3://{settings.evidence_bucket}/{record.folder}/report.html",
        "sha256": record.sha256,
    }
    sns.publish(
        TopicArn=settings.topic,
        Subject=f"Storage audit of {report.stack}: {headline(report)}"[:100],
        Message=json.dumps(message, indent=1),
    )
