"""The structure of a Markdown document, with the line and column of every part."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.token import Token

from estate.errors import MendableError

LONGEST_SHOWN = 80
"""Characters of a document that a message shows."""

LINE_END = re.compile(r"\r\n?|\n")
"""What ends a line in Markdown; other separators of Unicode do not."""

BOM = "\ufeff"

_PIPE = re.compile(r"(?<!\\)\|")


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

    A row has the cells that are written, which may be fewer or more than the header's; a pipe within a cell is escaped
    in the source and plain in its text.
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
    source = source.removeprefix(BOM).replace("\0", "\ufffd")  # as Markdown wants it
    lines = lines_of(source)
    quotes = 0
    tokens = _markdown().parse(source)
    for index, token in enumerate(tokens):
        if token.type == "table":
            yield _table(lines, token, quoted=quotes > 0)
        elif token.type in ("blockquote_open", "blockquote_close"):
            quotes += token.nesting
        elif token.type == "inline":
            yield Block(_role(tokens, index), _locate(lines, token), quotes > 0)
        elif token.type in ("fence", "code_block"):
            yield Block("command", _locate(lines, token), quotes > 0)
        elif token.nesting == 0 and token.type != "hr":
            yield Block("other", _locate(lines, token), quotes > 0)


def _markdown() -> MarkdownIt:
    """Makes a parser of blocks that leaves a table's rows unread: a token a table, not several a cell."""
    parser = MarkdownIt("commonmark").enable("table").disable(["inline", "reference"])
    parser.block.ruler.at("table", _whole_table, {"alt": ["paragraph", "reference"]})
    return parser


def _whole_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - the library's call
    """Takes in a table where the library sees one; it ends where the library would end it."""
    if not table(state, start, end, True) or silent:  # noqa: FBT003 - the library's parameter
        return silent and table(state, start, end, True)  # noqa: FBT003
    parent, state.parentType = state.parentType, "table"
    endings = state.md.block.ruler.getRules("blockquote")
    line, texts = start, list[str]()
    while line < start + 2 or (
        line < end
        and state.sCount[line] >= state.blkIndent
        and not state.isEmpty(line)
        and not state.is_code_block(line)
        and not any(ending(state, line, end, True) for ending in endings)  # noqa: FBT003
    ):
        texts.append(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])
        line += 1
    state.parentType, state.line = parent, line
    token = state.push("table", "table", 0)
    token.map, token.content = [start, line], "\n".join(texts)
    return True


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


def _table(lines: Sequence[str], token: Token, *, quoted: bool) -> Table:
    start, _ = token.map or [0, 0]
    rows = [_cells(lines[number], text, number) for number, text in enumerate(token.content.split("\n"), start=start)]
    header = rows[0]
    return Table(header, tuple(_trimmed(row, len(header)) for row in rows[2:]), quoted)


def _trimmed(row: tuple[Text, ...], columns: int) -> tuple[Text, ...]:
    """Drops empty cells beyond the header's."""
    while len(row) > columns and not row[-1].text:
        row = row[:-1]
    return row


def _cells(source: str, text: str, number: int) -> tuple[Text, ...]:
    """Splits a row at its pipes; the first and the last cell may be closed by one or not."""
    text = text.strip(" \t")
    at = max(source.find(text), 0)
    cells: list[Text] = []
    for written in _PIPE.split(text):
        bare = written.strip(" \t")
        column = at + len(written) - len(written.lstrip(" \t")) + 1
        cells.append(Text(bare.replace("\\|", "|"), number + 1, (column,)))
        at += len(written) + 1
    if len(cells) > 1 and not cells[0].text:
        del cells[0]
    if len(cells) > 1 and not cells[-1].text:
        del cells[-1]
    return tuple(cells)
