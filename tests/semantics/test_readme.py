"""The README of semantics shows what its examples print, to the letter."""

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "semantics" / "README.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.+)$", README, re.MULTILINE)
EXAMPLES = re.findall(
    r"^## ([^\n]+)\n(?:(?!##|```)[^\n]*\n)*```python\n(.*?)^```\n\n```text\n(.*?)^```$",
    README,
    re.MULTILINE | re.DOTALL,
)
LINES = 10
"""At most so many in an example, imports among them."""


def test_every_heading_has_one_example() -> None:
    assert HEADINGS
    assert [heading for heading, _, _ in EXAMPLES] == HEADINGS
    assert README.count("```python") == len(HEADINGS)


@pytest.mark.parametrize(("code", "shown"), [(code, shown) for _, code, shown in EXAMPLES], ids=HEADINGS)
def test_an_example_prints_what_stands_beside_it(code: str, shown: str) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "semantics/README.md", "exec"), {"__name__": "example"})  # noqa: S102 - our own text
    assert printed.getvalue() == shown


@pytest.mark.parametrize("code", [code for _, code, _ in EXAMPLES], ids=HEADINGS)
def test_an_example_is_ten_lines_and_fits_the_page(code: str) -> None:
    lines = [line for line in code.splitlines() if line]
    assert len(lines) <= LINES
    assert max(map(len, lines)) <= 120
