"""Lines as Markdown counts them, other encodings, and no more work than the document is long."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

from estate.errors import FileError
from policies.runbook.markdown import RunbookError
from policies.runbook.reader import parse_runbook, read_runbook

WINDOWS = "| Environment | Recordings are kept |\n|---|---|\n"


@pytest.mark.parametrize("odd", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e"])
def test_only_line_ends_end_a_line(odd: str):
    source = f"a{odd}b\n\nText{odd}\n\n{WINDOWS}| prod | 45 days |\n"
    (claim,) = parse_runbook(source).claims
    assert claim.line == 7
    with pytest.raises(RunbookError, match=r"r\.md:3:20: can't read '.*hidden': expected 2 cells"):
        parse_runbook(f"{WINDOWS}| prod | 45 days | {odd}hidden |\n", "r.md")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_of_markdown_is_one(end: str):
    source = f"Text.\n\n{WINDOWS}| prod | 45 days |\n| staging | 35 |\n".replace("\n", end)
    with pytest.raises(RunbookError, match=r"r\.md:6:13: can't read '35'"):
        parse_runbook(source, "r.md")


def test_a_byte_order_mark_is_no_part_of_the_document(tmp_path: Path):
    file = tmp_path / "notes.md"
    file.write_bytes(f"{WINDOWS}| prod | 45 days |\n".encode("utf-8-sig"))
    (claim,) = read_runbook(file).claims
    assert (claim.line, claim.column, claim.id) == (3, 3, "window prod")


@pytest.mark.parametrize(("content", "offset"), [(b"caf\xe9", 3), ("a".encode("utf-16"), 0), (b"\r\n\r\n\xff", 4)])
def test_what_is_not_utf_8_is_refused_with_the_offset(content: bytes, offset: int, tmp_path: Path):
    file = tmp_path / "notes.md"
    file.write_bytes(content)
    with pytest.raises(FileError, match=f"notes.md can't be used .not UTF-8 at byte {offset}.$"):
        read_runbook(file)


def calls(work: Callable[[], object]) -> int:
    """Counts calls of functions, ours and the interpreter's: a measure of time that no busy machine changes."""
    count = 0

    def counting(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


SHAPES: dict[str, Callable[[int], str]] = {
    "rows": lambda n: WINDOWS + "".join(f"| e{i} | 45 days |\n" for i in range(n)),
    "chains": lambda n: "".join(f"- `a{i}`: Standard → Expire after 3 days\n" for i in range(n)),
    "one chain": lambda n: "- `a`: Standard" + " → Standard-IA after 3 days" * n,
    "paragraphs": lambda n: "words and words\n\n" * n,
    "one paragraph": lambda n: "words → words\n" * n,
    "one line": lambda n: "a | b [c](#d) `e` *f* → " * n,
    "tables": lambda n: "| a | b |\n|---|---|\n| c | d |\n\n" * n,
    "headings": lambda n: "# a\n" * n,
    "items": lambda n: "- a\n" * n,
    "quotes": lambda n: "> a\n" * n,
    "deep": lambda n: "> " * n,
    "fences": lambda n: "```\na\n```\n" * n,
    "definitions": lambda n: "[a]: b\n" * n,
    "links": lambda n: "[a](#b)\n" * n,
    "brackets": lambda n: "[" * n + "](#" * n,
    "spaces": lambda n: "- `a`: Standard → x" + " " * n + "after 3 days",
    "comments": lambda n: "<!-- a\n" * n,
}


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_the_document_is_at_most_twice_the_work(shape: str):
    def reading(size: int) -> Callable[[], object]:
        source = SHAPES[shape](size)
        return lambda: outcome(source)

    reading(10)()
    small, large = (calls(reading(n)) for n in (100, 200))
    assert large <= 2.1 * small


def outcome(source: str) -> str:
    try:
        return f"{len(parse_runbook(source, lenient=True).claims)} claims"
    except RunbookError as error:
        return str(error)
