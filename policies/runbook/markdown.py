"""The structure of a Markdown document, with the line and column of every part."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from estate.errors import MendableError

LONGEST_SHOWN = 80
"""Characters of a document that a message shows."""

LINE_END = re.compile(r"\r\n?|\n")
"""What ends a line in Markdown; other separators of Unicode do not."""

BOM = "\ufeff"


class RunbookError(MendableError):
    """Something in a document can't be read. The message says where, what stands there, and what was expected."""

    def __init__(self, path: str, line: int, column: int, text: str, expected: str) -> None:
        shown = text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
        super().__init__(f"{path}:{line}:{column}: can't read {shown!r}: expected {expected}")
        self.line = line
        self.column = column


@dataclass(frozen=True)
class Text:
    """A piece of the source.

    Attributes:
        text: with its line ends, without the indentation of its lines.
        line: where it begins, from 1.
        columns: where each of its lines begins, from 1.
    """

    text: str
    line: int
    columns: tuple[int, ...]

    @property
    def column(self) -> int:
        """Where it begins, from 1."""
        return self.columns[0]

    def place(self, offset: int) -> tuple[int, int]:
        """Returns line and column of a character of the text."""
        before = self.text[:offset].split("\n")
        return self.line + len(before) - 1, self.columns[len(before) - 1] + len(before[-1])


@dataclass(frozen=True)
class Table:
    """A table: its header's cells, its rows, and whether it stands in a quote.

    A row has a cell for each column of the header, and one more where more is written.
    """

    header: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]
    quoted: bool


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, the text of a list item, a command (fenced or indented code), or something else."""

    kind: Literal["heading", "paragraph", "item", "command", "other"]
    text: Text
    quoted: bool = False


def lines_of(source: str) -> list[str]:
    """Splits a document into its lines."""
    return LINE_END.split(source)


def blocks(source: str) -> Iterator[Block | Table]:
    """Finds the leaves of a document, in order. What stands within a line is not looked at."""
    source = source.removeprefix(BOM)
    lines = lines_of(source)
    tokens = MarkdownIt("commonmark").enable("table").disable(["inline", "reference"]).parse(source)
    index = quotes = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "table_open":
            rows, index = _rows(lines, tokens, index)
            yield Table(rows[0], tuple(rows[1:]), quotes > 0)
        elif token.type in ("blockquote_open", "blockquote_close"):
            quotes += token.nesting
        elif token.type == "inline":
            yield Block(_role(tokens, index), _locate(lines, token), quotes > 0)
        elif token.type in ("fence", "code_block"):
            yield Block("command", _locate(lines, token), quotes > 0)
        elif token.nesting == 0 and token.type != "hr":
            yield Block("other", _locate(lines, token), quotes > 0)
        index += 1


def _role(tokens: Sequence[Token], index: int) -> Literal["heading", "paragraph", "item"]:
    if tokens[index - 1].type == "heading_open":
        return "heading"
    return "item" if index > 1 and tokens[index - 2].type == "list_item_open" else "paragraph"


def _locate(lines: Sequence[str], token: Token) -> Text:
    """Finds where a leaf's text stands; a fence's text begins a line below its token."""
    start, end = token.map or [0, 0]
    parts = token.content.split("\n")
    while start + 1 < end and parts[0] not in lines[start]:
        start += 1
    columns = tuple(
        max(lines[number].find(part), 0) + 1 if number < len(lines) else 1
        for number, part in enumerate(parts, start=start)
    )
    return Text(token.content, start + 1, columns)


def _rows(lines: Sequence[str], tokens: Sequence[Token], index: int) -> tuple[list[tuple[Text, ...]], int]:
    """Reads the rows of the table that opens at a token, the header first; returns them and the table's last token."""
    rows: list[tuple[Text, ...]] = []
    line, cells = 0, list[str]()
    while tokens[index].type != "table_close":
        token = tokens[index]
        if token.type == "tr_open":
            line, cells = (token.map or [0])[0], []
        elif token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            rows.append(_cells(lines[line], line, cells))
        index += 1
    return rows, index


def _cells(source: str, line: int, contents: Sequence[str]) -> tuple[Text, ...]:
    """Finds a row's cells, those beyond its header's too, which the Markdown library drops.

    A pipe that stands inside a cell is escaped in the source and plain in its text.
    """
    at, cells = 0, list[Text]()
    for content in contents:
        written = content.replace("|", "\\|")
        at = max(source.find(written, at), at)
        cells.append(Text(content, line + 1, (at + 1,)))
        at += len(written)
    if beyond := source[at:].strip(" \t|"):
        cells.append(Text(beyond, line + 1, (source.index(beyond, at) + 1,)))
    return tuple(cells)
