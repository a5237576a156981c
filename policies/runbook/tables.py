"""The runbook's claims tables: which header announces which claim, and what stands in each column."""

from dataclasses import dataclass, fields
from typing import Any

from policies.runbook import cells
from policies.runbook.cells import Cell
from policies.runbook.claims import (
    AlarmClaim,
    BucketClaim,
    Cipher,
    Claim,
    DocumentClaim,
    EventClaim,
    GrantClaim,
    Guard,
    GuardClaim,
    InventoryClaim,
    LeftoverClaim,
    Lock,
    LogMetricClaim,
    ParameterClaim,
    ScheduleClaim,
    SettingClaim,
    TopicClaim,
    WidgetClaim,
    WindowClaim,
)
from policies.runbook.markdown import Row, RunbookError, Text


@dataclass(frozen=True)
class Column:
    """A column of a claims table: its heading, the field of the claim it fills, and what may stand in it."""

    heading: str
    field: str
    cell: Cell[Any]


@dataclass(frozen=True)
class Table:
    """A claims table. Its headings together announce the kind of claim."""

    claim: type[Claim]
    columns: tuple[Column, ...]

    @property
    def header(self) -> tuple[str, ...]:
        """The headings, in order."""
        return tuple(c.heading for c in self.columns)

    def read(self, row: Row, path: str) -> Claim:
        """Reads one row.

        Raises:
            RunbookError: at the cell that can't be read.
        """
        if len(row.cells) != len(self.columns):
            extra, count = row.cells[-1], f"{len(self.columns)} cells: {' | '.join(self.header)}"
            raise RunbookError(path, extra.line, extra.column, extra.text, count)
        values = {c.field: _value(c, cell, path) for c, cell in zip(self.columns, row.cells, strict=True)}
        first = row.cells[0]
        text = " | ".join(c.text for c in row.cells)
        return self.claim(**values, line=first.line, column=first.column, text=text)

    def render(self, claim: Claim) -> str:
        """Writes a claim as a row; a pipe within a cell is escaped, as Markdown wants it."""
        cells = (c.cell.render(getattr(claim, c.field)).replace("|", "\\|") for c in self.columns)
        return f"| {' | '.join(cells)} |"


def _value(column: Column, cell: Text, path: str) -> Any:
    try:
        return column.cell.parse(cell.text)
    except ValueError:
        expected = f"in column {column.heading}: {column.cell.expected}"
        raise RunbookError(path, cell.line, cell.column, cell.text, expected) from None


def _table(claim: type[Claim], *columns: tuple[str, str, Cell[Any]]) -> Table:
    table = Table(claim, tuple(Column(*c) for c in columns))
    known = {f.name for f in fields(claim)}
    if unknown := {c.field for c in table.columns} - known:
        raise TypeError(f"{claim.__name__} has no {', '.join(sorted(unknown))}")
    return table


GUARD_SETTINGS = {
    Guard.PUBLIC_ACCESS: "blocked in all four ways",
    Guard.HTTP: "refused",
    Guard.TLS: "refused",
    Guard.OWNERSHIP: "enforced for the bucket's owner",
}
SILENCE = {"alarm": "breaching", "fine": "notBreaching", "unchanged": "ignore", "unknown": "missing"}
DIMENSIONS = {"bucket and storage class": ("Bucket", "StorageClass"), "bucket and reason": ("Bucket", "Reason")}
FREQUENCIES = {"weekly": "Weekly", "daily": "Daily"}
FORMATS = {"Parquet": "Parquet", "ORC": "ORC", "CSV": "CSV"}

TABLES = (
    _table(WindowClaim, ("Environment", "environment", cells.ENVIRONMENT), ("Recordings are kept", "days", cells.DAYS)),
    _table(
        BucketClaim,
        ("Buckets", "buckets", cells.BUCKETS),
        ("Versioned", "versioned", cells.YES_NO),
        ("Object Lock", "lock", cells.choice({str(v): v for v in Lock})),
        ("Encrypted with", "cipher", cells.choice({str(v): v for v in Cipher})),
        ("Access logged", "logged", cells.YES_NO),
        ("Requests measured", "measured", cells.YES_NO),
    ),
    _table(
        LeftoverClaim,
        ("Left behind in", "buckets", cells.BUCKETS),
        ("Noncurrent versions stay", "noncurrent_days", cells.OPTIONAL_DAYS),
        ("Unfinished uploads stay", "upload_days", cells.DAYS),
    ),
    _table(
        GuardClaim,
        ("In every bucket", "guard", cells.choice({str(v): v for v in Guard})),
        ("Must be", "setting", cells.choice({s: s for s in GUARD_SETTINGS.values()})),
    ),
    _table(
        ScheduleClaim,
        ("Schedule", "schedule", cells.NAME),
        ("Environment", "environment", cells.ENVIRONMENT_OR_EVERY),
        ("Runs", "cadence", cells.CADENCE),
    ),
    _table(
        InventoryClaim,
        ("Inventory of", "buckets", cells.BUCKETS),
        ("Made", "frequency", cells.choice(FREQUENCIES)),
        ("Format", "format", cells.choice(FORMATS)),
    ),
    _table(
        GrantClaim,
        ("Role", "role", cells.NAME),
        ("Action", "action", cells.ACTION),
        ("Allowed", "allowed", cells.choice({"must be": True, "never": False})),
        ("On", "resource", cells.RESOURCE),
    ),
    _table(TopicClaim, ("PagerDuty service", "service", cells.NAME), ("Topic", "topic", cells.NAME)),
    _table(
        AlarmClaim,
        ("Alarm", "alarm", cells.NAME),
        ("Environment", "environment", cells.ENVIRONMENT_OR_EVERY),
        ("Watches", "watches", cells.STATISTICS),
        ("Fires", "threshold", cells.THRESHOLD),
        ("In", "datapoints", cells.DATAPOINTS),
        ("No data means", "silence", cells.choice(SILENCE)),
        ("Pages", "service", cells.NAME),
    ),
    _table(
        SettingClaim,
        ("Tool", "tool", cells.SCRIPT),
        ("Setting", "setting", cells.FIELD),
        ("Default", "value", cells.VALUE),
    ),
    _table(WidgetClaim, ("Dashboard", "dashboard", cells.NAME), ("Metric", "metric", cells.METRIC)),
    _table(ParameterClaim, ("Parameter", "parameter", cells.PATH), ("Value", "value", cells.OPTIONAL_VALUE)),
    _table(
        LogMetricClaim,
        ("Log group", "log_group", cells.PATH),
        ("Field", "field", cells.FIELD),
        ("Counted as", "metric", cells.METRIC),
    ),
    _table(
        EventClaim,
        ("S3 event", "event", cells.EVENT),
        ("Counted as", "metric", cells.METRIC),
        ("By", "by", cells.choice(DIMENSIONS)),
    ),
    _table(
        DocumentClaim,
        ("Automation document", "document", cells.NAME),
        ("Calls", "call", cells.ACTION),
        ("On", "target", cells.VALUE),
    ),
)
"""Every claims table; a table with another header is an error."""

BY_HEADER = {t.header: t for t in TABLES}
BY_CLAIM = {t.claim: t for t in TABLES}
