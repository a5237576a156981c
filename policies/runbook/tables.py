"""The runbook's claims tables, as the kinds of claim declare them: a header announces a kind, a row is a claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from policies.runbook.cells import Column
from policies.runbook.claims import KINDS, Claim
from policies.runbook.markdown import RunbookError, Text


@dataclass(frozen=True)
class Table:
    """A claims table. Its headings together announce the kind of claim.

    Attributes:
        claim: the kind.
        columns: field of the claim → column, in the table's order.
    """

    claim: type[Claim]
    columns: Mapping[str, Column]

    @property
    def header(self) -> tuple[str, ...]:
        """The headings, in order."""
        return tuple(c.heading for c in self.columns.values())

    def read(self, cells: Sequence[Text], path: str) -> Claim:
        """Reads one row.

        Raises:
            RunbookError: at the cell that can't be read.
        """
        if len(cells) > len(self.columns):
            extra, count = cells[len(self.columns)], f"{len(self.columns)} cells: {' | '.join(self.header)}"
            raise RunbookError(path, extra.line, extra.column, extra.text, count)
        if len(cells) < len(self.columns):
            missing, last = list(self.columns.values())[len(cells)], cells[-1]
            expected = f"in column {missing.heading}: {missing.cell.expected}"
            raise RunbookError(path, last.line, last.column + len(last.text), "", expected)
        pairs = zip(self.columns.items(), cells, strict=True)
        values = {field: _value(column, cell, path) for (field, column), cell in pairs}
        first = cells[0]
        text = " | ".join(c.text for c in cells)
        return self.claim(**values, line=first.line, column=first.column, text=text)

    def render(self, claim: Claim) -> str:
        """Writes a claim as a row; a pipe within a cell is escaped, as Markdown wants it."""
        cells = (c.cell.render(getattr(claim, field)).replace("|", "\\|") for field, c in self.columns.items())
        return f"| {' | '.join(cells)} |"


def _value(column: Column, cell: Text, path: str) -> Any:
    try:
        return column.cell.parse(cell.text)
    except ValueError:
        expected = f"in column {column.heading}: {column.cell.expected}"
        raise RunbookError(path, cell.line, cell.column, cell.text, expected) from None


def _columns(kind: type[Claim]) -> dict[str, Column]:
    hints = get_type_hints(kind, include_extras=True)
    stated = {f.name: getattr(hints[f.name], "__metadata__", ()) for f in fields(kind)}
    return {name: column for name, metadata in stated.items() for column in metadata if isinstance(column, Column)}


TABLES = tuple(Table(kind, columns) for kind in KINDS if (columns := _columns(kind)))
"""Every claims table; a table with another header is prose, unless the header is nearly one of these."""

BY_HEADER = {t.header: t for t in TABLES}
BY_CLAIM = {t.claim: t for t in TABLES}
