"""Reads docs/runbook.md: every claim in it as a value, and nothing in it passed over in silence.

A document consists of headings, commands, claims and prose. Claims are rows of the tables in `tables` and list items in
the arrow notation of `chain`. Prose, which nothing can check, begins with `○`. Anything else is an error.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from estate.errors import using
from policies.runbook.chain import is_chain, read_chain, render_chain
from policies.runbook.claims import Claim, LifecycleClaim
from policies.runbook.markdown import Block, Row, RunbookError, blocks
from policies.runbook.tables import BY_CLAIM, BY_HEADER

PROSE = "○"
"""Begins every line that no rule checks."""

C = TypeVar("C", bound=Claim)


@dataclass(frozen=True)
class Runbook:
    """What the runbook says.

    Attributes:
        path: of the document, for messages.
        claims: in the document's order.
        prose: how many of its lines nothing checks.
        commands: how many commands it shows.
    """

    path: str
    claims: tuple[Claim, ...]
    prose: int = 0
    commands: int = 0

    def of(self, kind: type[C]) -> Iterator[C]:
        """Yields the claims of a kind."""
        return (c for c in self.claims if isinstance(c, kind))


def read_runbook(path: Path) -> Runbook:
    """Reads the document of a file; messages call it by its folder and name, as `docs/runbook.md`.

    Raises:
        RunbookError: a part of it can't be read.
        FileError: the file can't be read.
    """
    with using(path):
        source = path.read_text(encoding="utf-8")
    return parse_runbook(source, "/".join(path.parts[-2:]))


def parse_runbook(source: str, path: str = "docs/runbook.md") -> Runbook:
    """Reads a document.

    Args:
        source: Markdown.
        path: for messages.

    Raises:
        RunbookError: a part of it is neither claim, prose, heading nor command, or can't be read, or stands twice.
    """
    parts = list(blocks(source))
    claims = tuple(_claims(parts, path))
    _refuse_twins(claims, path)
    prose = sum(_is_prose(p) for p in parts)
    commands = sum(isinstance(p, Block) and p.kind == "command" for p in parts)
    return Runbook(path, claims, prose, commands)


def render(claim: Claim) -> str:
    """Writes a claim as it would stand in the document: a table's row or a list item."""
    return f"- {render_chain(claim)}" if isinstance(claim, LifecycleClaim) else BY_CLAIM[type(claim)].render(claim)


def _is_prose(part: Block | Row) -> bool:
    if isinstance(part, Row):
        return part.header[0].startswith(PROSE)
    return part.kind in ("paragraph", "item") and part.text.text.startswith(PROSE)


def _claims(parts: Iterable[Block | Row], path: str) -> Iterator[Claim]:
    for part in parts:
        if _is_prose(part):
            continue
        if isinstance(part, Row):
            yield _row(part, path)
        elif part.kind == "item" and is_chain(part.text):
            yield read_chain(part.text, path)
        elif part.kind not in ("heading", "command"):
            text = part.text
            expected = f"a claim (a table, or an item like `BUCKETS`: CLASS → …), or {PROSE} before what nothing checks"
            raise RunbookError(path, text.line, text.column, text.text.split("\n", 1)[0], expected)


def _row(row: Row, path: str) -> Claim:
    if table := BY_HEADER.get(row.header):
        return table.read(row, path)
    first, known = row.cells[0], "; ".join(" | ".join(h) for h in BY_HEADER)
    raise RunbookError(
        path, first.line, first.column, " | ".join(row.header), f"a table with one of the headers {known}"
    )


def _refuse_twins(claims: Iterable[Claim], path: str) -> None:
    seen: dict[str, int] = {}
    for claim in claims:
        if claim.id in seen:
            raise RunbookError(
                path, claim.line, claim.column, claim.text, f"each claim once; line {seen[claim.id]} has it"
            )
        seen[claim.id] = claim.line
