"""Audits the account that it runs in: quarterly with report and evidence (`report`), daily for metrics (`metrics`)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import boto3

from audit.api import Account
from audit.model import Report
from audit.run import Request, audit
from audit.waivers import load
from estate.model import Estate
from functions.drift_audit.ages import evidence_age, inventory_ages
from functions.drift_audit.declared import read_estate
from functions.drift_audit.metrics import publish_audit, publish_failure, publish_inventory_age
from functions.drift_audit.record import announce, store
from functions.drift_audit.settings import AuditSettings, read_settings
from policies.runbook.reader import read_runbook
from runtime.caller import identify

ROOT = Path(__file__).resolve().parents[2]
MODES = ("report", "metrics")


class EventError(ValueError):
    """The event is not one that the schedules send."""


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point.

    Args:
        event: `{"mode": "report"}` or `{"mode": "metrics"}`.
        _context: Lambda's; not used.

    Returns:
        How it ended: `outcome`, `complete`, `findings`, `coverage`, and in mode `report` its `folder` and `sha256`.

    Raises:
        Exception: there is no answer at all; the metrics say so, and the dead-letter queue keeps the event.
    """
    try:
        return _run(event)
    except Exception:
        publish_failure()
        raise


def _run(event: Mapping[str, Any]) -> dict[str, Any]:
    mode = event.get("mode")
    if mode not in MODES:
        raise EventError(f"the event's mode is {mode!r}; expected one of {', '.join(MODES)}")
    settings = read_settings()
    session = boto3.Session(region_name=settings.region)
    client = cast("Any", session).client
    declared = read_estate(client("s3"), settings)
    account = Account(session, settings.account, settings.region)
    report = _audit(account, declared, identify(session, settings.account, settings.region))
    summary: dict[str, Any] = {
        "outcome": report.outcome,
        "complete": report.complete,
        "findings": len(report.drift),
        "coverage": round(report.coverage.share, 4),
        "incomplete_because": list(report.incomplete_because[:20]),
    }
    if mode == "report":
        record = store(client("s3"), settings, report, declared)
        announce(client("sns"), settings, report, record)
        summary |= {"folder": record.folder, "sha256": record.sha256}
    _publish(account.fresh(), settings, declared, report)
    return summary


def _audit(account: Account, declared: Estate, caller: str) -> Report:
    request = Request(
        declared,
        read_runbook(ROOT / "docs" / "runbook.md"),
        "the commit of the deployed estate",
        load(ROOT / "audit" / "waivers.yaml"),
    )
    return audit(account, request, lambda _done, _total: None, today=datetime.now(UTC).date(), caller=caller)


def _publish(account: Account, settings: AuditSettings, declared: Estate, report: Report) -> None:
    now = datetime.now(UTC)
    for bucket, hours in inventory_ages(account, declared, now):
        publish_inventory_age(bucket, hours)
    publish_audit(report, evidence_age(account, settings.evidence_bucket, now))
