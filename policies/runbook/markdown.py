"""The structure of a Markdown document, with the line and column of every part."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from estate.errors import MendableError


class RunbookError(MendableError):
    """Something in a document can't be read. The message says where, what stands there, and what was expected."""

    def __init__(self, path: str, line: int, column: int, text: str, expected: str) -> None:
        super().__init__(f"{path}:{line}:{column}: can't read {text!r}: expected {expected}")
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
class Row:
    """A table's row and the header above it."""

    header: tuple[str, ...]
    cells: tuple[Text, ...]


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph, the text of a list item, a command (fenced or indented code), or something else."""

    kind: Literal["heading", "paragraph", "item", "command", "other"]
    text: Text


def blocks(source: str) -> Iterator[Block | Row]:
    """Finds the leaves of a document, in order."""
    lines = source.splitlines()
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    header: tuple[str, ...] = ()
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "tr_open":
            cells = _cells(lines, tokens, index)
            if tokens[index - 1].type == "thead_open":
                header = tuple(c.text for c in cells)
            else:
                yield Row(header, cells)
            while tokens[index].type != "tr_close":
                index += 1
        elif token.type == "inline":
            yield Block(_role(tokens, index), _locate(lines, token))
        elif token.type in ("fence", "code_block"):
            yield Block("command", _locate(lines, token))
        elif token.nesting == 0 and token.type != "hr":
            yield Block("other", _locate(lines, token))
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
    sources = [*lines[start:], *[""] * len(parts)]
    columns = tuple(max(source.find(part), 0) + 1 for part, source in zip(parts, sources, strict=False))
    return Text(token.content, start + 1, columns)


def _cells(lines: Sequence[str], tokens: Sequence[Token], row: int) -> tuple[Text, ...]:
    """Finds a row's cells, those beyond its header's too, which the Markdown library drops.

    A pipe that stands inside a cell is escaped in the source and plain in its text.
    """
    line = (tokens[row].map or [0])[0]
    source, at, cells = lines[line], 0, list[Text]()
    for token in tokens[row + 1 :]:
        if token.type == "tr_close":
            break
        if token.type == "inline":
            written = token.content.replace("|", "\\|")
            at = max(source.find(written, at), at)
            cells.append(Text(token.content, line + 1, (at + 1,)))
            at += len(written)
    if beyond := source[at:].strip(" \t|"):
        cells.append(Text(beyond, line + 1, (source.index(beyond, at) + 1,)))
    return tuple(cells)
