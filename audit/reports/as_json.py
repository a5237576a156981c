"""The report as JSON, the form other programs read; its schema is `report.schema.json` beside this file."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from audit.model import Actor, Coverage, Drift, Exemption, Overdue, Report, Run, Since, Status, Subject, Waiver
from estate.errors import MendableError
from policies.finding import Severity

SCHEMA = Path(__file__).with_name("report.schema.json")
VERSION = 1


class ReportError(MendableError):
    """A document is no report of this version."""


def render(report: Report) -> str:
    """Writes a report: ASCII only, keys in a fixed order, all that differs between runs under `run`."""
    body = asdict(report)
    body["findings"] = [{"id": f.id, "fingerprint": f.fingerprint, **asdict(f)} for f in report.findings]
    body["coverage"]["share"] = round(report.coverage.share, 6)
    run = body.pop("run")
    head = {"version": VERSION, "outcome": report.outcome, "complete": body.pop("complete")}
    return json.dumps({**head, **body, "run": run}, indent=2, sort_keys=False) + "\n"


def read(text: str) -> Report:
    """Reads what `render` wrote.

    Raises:
        ReportError: it is something else.
    """
    try:
        body: dict[str, Any] = json.loads(text)
        version = body.pop("version")
        if version != VERSION:
            raise ReportError(f"a report of version {version}, expected {VERSION}")
        return _report(body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise error if isinstance(error, ReportError) else ReportError(f"not an audit report: {error!r}") from error


def _report(body: dict[str, Any]) -> Report:
    del body["outcome"]
    coverage = body["coverage"]
    del coverage["share"]
    body["coverage"] = Coverage(**coverage | {"exempt": tuple(Exemption(**e) for e in coverage["exempt"])})
    body["findings"] = tuple(_finding(f) for f in body["findings"])
    body["overdue"] = tuple(Overdue(**o) for o in body["overdue"])
    body["run"] = Run(**body["run"])
    if since := body["since"]:
        body["since"] = Since(since["started"], tuple(since["new"]), tuple(since["resolved"]))
    for key in ("incomplete_because", "unused_waivers"):
        body[key] = tuple(body[key])
    return Report(**body)


def _finding(raw: dict[str, Any]) -> Drift:
    fields = {k: v for k, v in raw.items() if k not in ("id", "fingerprint")}
    fields["subject"] = Subject(**fields["subject"])
    fields["status"] = Status(fields["status"])
    fields["severity"] = Severity(fields["severity"])
    if waiver := fields["waiver"]:
        fields["waiver"] = Waiver(**waiver | {"status": Status(waiver["status"])})
    if actor := fields["actor"]:
        fields["actor"] = Actor(**actor)
    return Drift(**fields)
