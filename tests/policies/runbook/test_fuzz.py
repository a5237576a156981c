"""Whatever stands in a document, it is read, or refused with a place; `make soak` draws 20,000 documents."""

from hypothesis import given
from hypothesis import strategies as st

from policies.runbook.markdown import RunbookError, lines_of
from policies.runbook.reader import parse_runbook, render
from tests.policies.declared import ROOT

LINES = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8").split("\n")
marks = st.sampled_from(
    [
        "|",
        "→",
        "->",
        "`",
        ":",
        "after 3 days",
        "- ",
        "> ",
        "```",
        "    ",
        "# ",
        "\t",
        "---",
        "<!--",
        "\\|",
        "\x00",
        "1,5",
    ]
)
words = st.sampled_from(["Standard", "Expire", "Environment", "Recordings are kept", "`author-exports-*`", "prod"])
ends = st.sampled_from(["\n", "\r\n", "\r", "\x0b", "\u2028", "\x85", " ", ""])
pieces = st.one_of(marks, words, ends, st.text(max_size=4), st.sampled_from(LINES).map("{}\n".format))
documents = st.lists(pieces, max_size=30).map("".join)


@given(documents, st.booleans())
def test_any_document_is_read_or_refused_at_a_place_within_it(source: str, lenient: bool) -> None:
    lines = lines_of(source)
    try:
        read = parse_runbook(source, "r.md", lenient=lenient)
    except RunbookError as error:
        places = [(error.line, error.column)]
    else:
        places = [(c.line, c.column) for c in read.claims] + [(e.line, e.column) for e in read.near]
        assert all(render(claim) for claim in read.claims)
    assert all(1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in places)
