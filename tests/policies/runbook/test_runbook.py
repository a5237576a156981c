import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.base import Section
from policies.runbook import cells
from policies.runbook.cadence import PLAIN, Cadence, cadence
from policies.runbook.cells import Cell
from policies.runbook.claims import KINDS, Claim, LifecycleClaim
from policies.runbook.markdown import RunbookError
from policies.runbook.reader import Runbook, parse_runbook, read_runbook, render
from policies.runbook.tables import BY_CLAIM, BY_HEADER, TABLES, Table
from policies.runbook.values import EVERY, Datapoints, Threshold

PATH = Path("docs/runbook.md")
SOURCE = PATH.read_text(encoding="utf-8")
WINDOWS = "| Environment | Recordings are kept |\n|---|---|\n"


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return read_runbook(PATH)


def claims_rows() -> set[int]:
    """The lines of the document that are rows of claims tables, found without the parser."""
    found: set[int] = set()
    headers = {f"| {' | '.join(header)} |" for header in BY_HEADER}
    header = ""
    for number, line in enumerate(SOURCE.splitlines(), start=1):
        if not line.startswith("|"):
            header = ""
        elif not header:
            header = line
        elif not line.startswith("|---") and header in headers:
            found.add(number)
    return found


def test_every_line_that_looks_like_a_claim_is_one(runbook: Runbook):
    lines = list(enumerate(SOURCE.splitlines(), start=1))
    chains = {n for n, line in lines if re.match(r"- `[^`]+`: .*→", line)}
    assert {claim.line for claim in runbook.claims} == claims_rows() | chains
    assert len(chains) > 1
    assert runbook.commands == sum(line.lstrip().startswith("```") for _, line in lines) // 2
    assert runbook.near == ()


def test_every_heading_is_led_to_by_a_link(runbook: Runbook):
    assert {anchor for _, anchor in runbook.links} == runbook.headings
    assert all(f"](#{anchor})" in SOURCE.splitlines()[line - 1] for line, anchor in runbook.links)


def test_every_kind_of_claim_stands_in_the_document(runbook: Runbook):
    assert {type(claim) for claim in runbook.claims} == set(KINDS)


def test_every_claim_says_where_it_stands(runbook: Runbook):
    lines = SOURCE.splitlines()
    for claim in runbook.claims:
        at = lines[claim.line - 1][claim.column - 1 :]
        assert at.startswith(claim.text.split(" | ")[0])
        assert render(claim) == lines[claim.line - 1]


def test_links_and_the_components_tags_lead_to_headings_of_the_document():
    headings = {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", SOURCE, re.M)}
    assert set(re.findall(r"\]\(#([^)]+)\)", SOURCE)) <= headings
    assert {str(section) for section in Section} <= headings


@pytest.mark.parametrize(
    ("source", "line", "column", "expected"),
    [
        (WINDOWS + "| prod | forty days |", 3, 10, "in column Recordings are kept: a whole number of days"),
        (WINDOWS + "| prod | 45 |", 3, 10, "a whole number of days"),
        (WINDOWS + "| Prod | 45 days |", 3, 3, "in column Environment: an environment, as prod"),
        (WINDOWS + "| every | 45 days |", 3, 3, "in column Environment: an environment, as prod"),
        (WINDOWS + "| prod |", 3, 7, "a whole number of days"),
        (WINDOWS + "| prod | 45 days | or so |", 3, 20, "2 cells: Environment | Recordings are kept"),
        (WINDOWS + "| prod | ٤٥ days |", 3, 10, "a whole number of days"),
        (WINDOWS + "| prod | 4,5 days |", 3, 10, "a whole number of days"),
        (WINDOWS + "| prod | 45,0000 days |", 3, 10, "a whole number of days"),
        (WINDOWS + f"| prod | {'9' * 5000} days |", 3, 10, "a whole number of days"),
        (WINDOWS + "| prod | 45 days |\n| prod | 46 days |", 4, 3, "each claim once; line 3 has it"),
    ],
)
def test_refuses_what_it_cannot_read(source: str, line: int, column: int, expected: str):
    with pytest.raises(RunbookError) as caught:
        parse_runbook(source, "r.md")
    assert str(caught.value).startswith(f"r.md:{line}:{column}: can't read ")
    assert expected in str(caught.value)


def test_counts_prose_and_commands():
    read = parse_runbook("# Title\n\nOne.\n\n1. Two.\n\n```sh\nls\n```\n\n| a | b |\n|---|---|\n| c | d |\n")
    assert (read.claims, read.prose, read.commands, read.headings) == ((), 3, 1, frozenset({"title"}))


@pytest.mark.parametrize(
    ("text", "value"),
    [("above 1,500 GB", 1500 * 1024**3), ("above 1500", 1500), ("below 0.5", 0.5), ("at least 1,000.25", 1000.25)],
)
def test_reads_a_number(text: str, value: float):
    assert cells.THRESHOLD.parse(text).value == value


@pytest.mark.parametrize(
    "text",
    ["above 1,5 GB", "above 15,00", "above ,5", "above 1,", "above 1.", "above ١", "above 1,500,00", "above 1 5"],
)
def test_a_number_written_otherwise_is_not_guessed_at(text: str):
    with pytest.raises(ValueError, match=r"^$"):
        cells.THRESHOLD.parse(text)


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,12}", fullmatch=True)
environments = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True).filter(lambda name: name != EVERY)
buckets = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}[*]?", fullmatch=True)
values = st.from_regex(r"[A-Za-z0-9.,=|-]{1,12}", fullmatch=True)
days = st.integers(0, 10**6)
STRATEGIES: dict[int, st.SearchStrategy[object]] = {
    id(cell): strategy
    for cell, strategy in (
        (cells.ENVIRONMENT, environments),
        (cells.ENVIRONMENT_OR_EVERY, environments | st.just(EVERY)),
        (cells.NAME, names),
        (cells.BUCKETS, buckets),
        (cells.RESOURCE, buckets),
        (cells.PATH, st.from_regex(r"/[A-Za-z0-9_/.-]{0,12}[A-Za-z0-9_]", fullmatch=True)),
        (cells.VALUE, values),
        (cells.OPTIONAL_VALUE, st.none() | values),
        (cells.METRIC, names),
        (cells.ACTION, st.from_regex(r"[a-z0-9-]{1,9}:[A-Za-z]{1,12}", fullmatch=True)),
        (cells.FIELD, st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True)),
        (cells.SCRIPT, st.just("scripts/x.py")),
        (cells.EVENT, st.just("Object Deleted")),
        (cells.DAYS, days),
        (cells.OPTIONAL_DAYS, st.none() | days),
        (
            cells.CADENCE,
            st.sampled_from(PLAIN).map(cadence)
            | st.lists(st.integers(1, 12), min_size=1, unique=True).map(lambda m: Cadence("months", tuple(sorted(m)))),
        ),
        (
            cells.THRESHOLD,
            st.builds(
                Threshold,
                st.sampled_from(("GreaterThanThreshold", "LessThanThreshold", "GreaterThanOrEqualToThreshold")),
                st.integers(0, 10**12).map(float) | st.integers(1, 9).map(lambda n: float(n * 1024**3)) | st.just(0.5),
            ),
        ),
        (
            cells.DATAPOINTS,
            st.builds(Datapoints, st.integers(1, 30), st.integers(30, 60), st.integers(1, 3000).map(lambda n: n * 60)),
        ),
        (
            cells.STATISTICS,
            st.lists(st.sampled_from(("Sum A", "Maximum B", "Average C4")), min_size=1, unique=True).map(
                lambda rows: tuple(sorted(rows))
            ),
        ),
    )
}
"""What may stand in a cell that has more values than it can list."""


def any_row(table: Table) -> st.SearchStrategy[Claim]:
    def any_value(cell: Cell[Any]) -> st.SearchStrategy[Any]:
        return st.sampled_from(cell.values) if cell.values else STRATEGIES[id(cell)]

    return st.builds(table.claim, **{field: any_value(column.cell) for field, column in table.columns.items()})


ANY_ROW = st.one_of(*map(any_row, TABLES))


def test_every_kind_of_claim_has_a_table_of_its_own_or_is_drawn_with_arrows():
    assert [kind for kind in KINDS if kind not in BY_CLAIM] == [LifecycleClaim]
    assert len(BY_HEADER) == len(TABLES)


@given(ANY_ROW)
def test_whatever_row_is_written_is_read_again(claim: Claim):
    header = BY_CLAIM[type(claim)].header
    document = f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n{render(claim)}\n"
    (read,) = parse_runbook(document).claims
    assert replace(read, line=0, column=0, text="") == claim
    assert read.line == 3


@given(ANY_ROW, st.text(max_size=5), st.data())
def test_a_damaged_row_is_read_or_refused_never_a_crash(claim: Claim, noise: str, data: st.DataObject):
    header, row = BY_CLAIM[type(claim)].header, render(claim)
    at = data.draw(st.integers(0, len(row)))
    document = f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n{row[:at]}{noise}{row[at:]}\n"
    assert line_of(document) in (3, 4)


def line_of(document: str) -> int:
    """Where the document is refused, or where its only claim stands; the row may have become a heading."""
    try:
        claims = parse_runbook(document).claims
        return claims[0].line if claims else 3
    except RunbookError as error:
        return error.line
