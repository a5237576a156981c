"""Reads docs/runbook.md, or anybody's Markdown: every claim in it as a value, and no claim taken for prose.

Claims are rows of the tables in `tables` and list items in the arrow notation of `chain`. Everything else is prose,
which nothing compares; `near` tells what nearly is a claim, which is an error, and so is a claim in code or in a quote.
What a damage turns into plain prose all the same, the rules miss: they want a row for whatever is declared.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from estate.errors import using
from policies.runbook.chain import is_chain, read_chain, render_chain
from policies.runbook.claims import Claim, LifecycleClaim
from policies.runbook.markdown import Block, RunbookError, Table, Text, blocks
from policies.runbook.near import misses, nearly_header
from policies.runbook.tables import BY_CLAIM, BY_HEADER

_LINK = re.compile(r"\]\(#([^)\s]{1,200})\)")
_UNSLUGGED = re.compile(r"[^\w\- ]")

C = TypeVar("C", bound=Claim)


@dataclass(frozen=True)
class Runbook:
    """What the runbook says.

    Attributes:
        path: of the document, for messages.
        claims: in the document's order.
        prose: how many of its paragraphs, items and table rows nothing checks.
        commands: how many commands it shows.
        headings: the anchors of its headings, as `run-it-by-hand`.
        links: line and anchor of its links to headings.
        near: what nearly is a claim; empty where that was refused.
    """

    path: str
    claims: tuple[Claim, ...]
    prose: int = 0
    commands: int = 0
    headings: frozenset[str] = frozenset()
    links: tuple[tuple[int, str], ...] = ()
    near: tuple[RunbookError, ...] = ()

    def of(self, kind: type[C]) -> Iterator[C]:
        """Yields the claims of a kind."""
        return (c for c in self.claims if isinstance(c, kind))


def read_runbook(path: Path, *, lenient: bool = False) -> Runbook:
    """Reads the document of a file; messages call it by its folder and name, as `docs/runbook.md`.

    Args:
        path: of the file, in UTF-8.
        lenient: whether what nearly is a claim is only collected.

    Raises:
        RunbookError: a claim in it can't be read, or something nearly is one.
        FileError: the file can't be read.
    """
    with using(path):
        source = path.read_bytes().decode("utf-8")
    return parse_runbook(source, "/".join(path.parts[-2:]), lenient=lenient)


def parse_runbook(source: str, path: str = "docs/runbook.md", *, lenient: bool = False) -> Runbook:
    """Reads a document.

    Args:
        source: Markdown.
        path: for messages.
        lenient: whether what nearly is a claim is only collected.

    Raises:
        RunbookError: a claim in it can't be read, or stands twice, or something nearly is one.
    """
    reading = _Reading(path)
    for part in blocks(source):
        reading.take(part)
        if reading.near and not lenient:
            raise reading.near[0]
    _refuse_twins(reading.claims, path)
    return Runbook(
        path,
        tuple(reading.claims),
        reading.prose,
        reading.commands,
        frozenset(reading.headings),
        tuple(reading.links),
        tuple(reading.near),
    )


def render(claim: Claim) -> str:
    """Writes a claim as it would stand in the document: a table's row or a list item."""
    return f"- {render_chain(claim)}" if isinstance(claim, LifecycleClaim) else BY_CLAIM[type(claim)].render(claim)


class _Reading:
    """What was found in a document so far."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.claims: list[Claim] = []
        self.near: list[RunbookError] = []
        self.headings: set[str] = set()
        self.links: list[tuple[int, str]] = []
        self.prose = self.commands = 0

    def take(self, part: Block | Table) -> None:
        """Sorts one part of the document."""
        if isinstance(part, Table):
            self._table(part)
        elif part.kind == "item" and is_chain(part.text) and not part.quoted:
            self.claims.append(read_chain(part.text, self.path))
        else:
            self._prose(part)

    def _table(self, part: Table) -> None:
        header, first = tuple(c.text for c in part.header), part.header[0]
        for cell in (*part.header, *(cell for row in part.rows for cell in row)):
            self._link(cell)
        table = BY_HEADER.get(header)
        if table and part.rows and not part.quoted:
            self.claims += [table.read(row, self.path) for row in part.rows]
        elif table:
            expected = "claims outside of quotes" if part.rows else "rows below this header"
            self._miss(first, 0, " | ".join(header), expected)
        elif known := nearly_header(header):
            self._miss(first, 0, " | ".join(header), f"the header {known}, or one that is less like it")
        else:
            self.prose += len(part.rows)

    def _prose(self, part: Block) -> None:
        code = part.kind in ("command", "other")
        for line, found, expected in misses(part.text, code=code):
            self._miss(part.text, line, found, expected)
        self.commands += part.kind == "command"
        self.prose += part.kind in ("paragraph", "item")
        if part.kind == "heading":
            self.headings.add(_slug(part.text.text))
        if not code:
            self._link(part.text)

    def _link(self, text: Text) -> None:
        for number, line in enumerate(text.text.split("\n"), start=text.line):
            self.links += [(number, found[1]) for found in _LINK.finditer(line)]

    def _miss(self, text: Text, line: int, found: str, expected: str) -> None:
        self.near.append(RunbookError(self.path, text.line + line, text.columns[line], found, expected))


def _slug(heading: str) -> str:
    """Makes the anchor of a heading as GitHub does."""
    return _UNSLUGGED.sub("", heading.strip().lower()).replace(" ", "-")


def _refuse_twins(claims: Iterable[Claim], path: str) -> None:
    seen: dict[str, int] = {}
    for claim in claims:
        if claim.id in seen:
            raise RunbookError(
                path, claim.line, claim.column, claim.text, f"each claim once; line {seen[claim.id]} has it"
            )
        seen[claim.id] = claim.line
