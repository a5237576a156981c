import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.base import Section
from policies.runbook import claims as c
from policies.runbook.cadence import cadence
from policies.runbook.claims import KINDS, Claim
from policies.runbook.markdown import RunbookError
from policies.runbook.reader import Runbook, parse_runbook, read_runbook, render
from policies.runbook.tables import BY_CLAIM, GUARD_SETTINGS, TABLES

PATH = Path("docs/runbook.md")
SOURCE = PATH.read_text(encoding="utf-8")
WINDOWS = "| Environment | Recordings are kept |\n|---|---|\n"

COUNTS = {
    "alarm": 26,
    "bucket": 6,
    "document": 3,
    "event": 4,
    "grant": 5,
    "guard": 4,
    "inventory": 3,
    "leftover": 6,
    "lifecycle": 6,
    "log metric": 6,
    "parameter": 4,
    "schedule": 7,
    "setting": 4,
    "topic": 3,
    "widget": 12,
    "window": 3,
}


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return read_runbook(PATH)


def test_parses_every_claim_of_the_document(runbook: Runbook):
    assert Counter(claim.kind for claim in runbook.claims) == COUNTS
    assert (runbook.prose, runbook.commands) == (62, 10)


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
        (WINDOWS + "| production | 45 days |", 3, 3, "in column Environment: prod or staging or local"),
        (WINDOWS + "| prod |", 3, 7, "a whole number of days"),
        (WINDOWS + "| prod | 45 days | or so |", 3, 20, "2 cells: Environment | Recordings are kept"),
        ("| Environment | Kept |\n|---|---|\n| prod | 45 days |", 3, 3, "a table with one of the headers"),
        ("Recordings are kept 45 days.", 1, 1, "○ before what nothing checks"),
        ("○ Fine.\n\n- not a claim", 3, 3, "a claim"),
        ("<b>html</b>", 1, 1, "a claim"),
        (WINDOWS + "| prod | 45 days |\n| prod | 46 days |", 4, 3, "each claim once; line 3 has it"),
    ],
)
def test_refuses_what_it_cannot_read(source: str, line: int, column: int, expected: str):
    with pytest.raises(RunbookError) as caught:
        parse_runbook(source, "r.md")
    assert str(caught.value).startswith(f"r.md:{line}:{column}: can't read ")
    assert expected in str(caught.value)


def test_counts_prose_and_commands():
    read = parse_runbook("# Title\n\n○ One.\n\n1. ○ Two.\n\n```sh\nls\n```\n\n| ○ a | b |\n|---|---|\n| c | d |\n")
    assert (read.claims, read.prose, read.commands) == ((), 3, 1)


names = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,12}", fullmatch=True)
buckets = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}[*]?", fullmatch=True)
paths = st.from_regex(r"/[A-Za-z0-9_/.-]{0,12}[A-Za-z0-9_]", fullmatch=True)
values = st.from_regex(r"[A-Za-z0-9.,=|-]{1,12}", fullmatch=True)
actions = st.from_regex(r"[a-z0-9-]{1,9}:[A-Za-z]{1,12}", fullmatch=True)
fields = st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True)
environments = st.sampled_from(("prod", "staging", "local"))
cadences = st.sampled_from(("hourly", "nightly", "daily", "every 24 hours", "weekly")).map(cadence) | st.lists(
    st.integers(1, 12), min_size=1, unique=True
).map(lambda months: c.Cadence("months", tuple(sorted(months))))
thresholds = st.builds(
    c.Threshold,
    st.sampled_from(("GreaterThanThreshold", "LessThanThreshold", "GreaterThanOrEqualToThreshold")),
    st.integers(0, 10**12).map(float) | st.integers(1, 9).map(lambda n: float(n * 1024**3)) | st.just(0.5),
)
datapoints = st.builds(
    c.Datapoints, st.integers(1, 30), st.integers(30, 60), st.integers(1, 3000).map(lambda n: n * 60)
)
BUILDERS: dict[type[Claim], st.SearchStrategy[Claim]] = {
    c.WindowClaim: st.builds(c.WindowClaim, environment=environments, days=st.integers(0, 10**6)),
    c.BucketClaim: st.builds(c.BucketClaim, buckets=buckets),
    c.LeftoverClaim: st.builds(
        c.LeftoverClaim,
        buckets=buckets,
        noncurrent_days=st.none() | st.integers(0, 999),
        upload_days=st.integers(0, 999),
    ),
    c.GuardClaim: st.builds(c.GuardClaim, setting=st.sampled_from(sorted(set(GUARD_SETTINGS.values())))),
    c.ScheduleClaim: st.builds(c.ScheduleClaim, schedule=names, environment=environments, cadence=cadences),
    c.InventoryClaim: st.builds(
        c.InventoryClaim,
        buckets=buckets,
        frequency=st.sampled_from(("Weekly", "Daily")),
        format=st.sampled_from(("Parquet", "ORC", "CSV")),
    ),
    c.GrantClaim: st.builds(c.GrantClaim, role=names, action=actions, resource=buckets),
    c.TopicClaim: st.builds(c.TopicClaim, service=names, topic=names),
    c.AlarmClaim: st.builds(
        c.AlarmClaim,
        alarm=names,
        environment=st.just(c.EVERY) | environments,
        watches=st.lists(st.sampled_from(("Sum A", "Maximum B", "Average C4")), min_size=1, unique=True).map(
            lambda rows: tuple(sorted(rows))
        ),
        threshold=thresholds,
        datapoints=datapoints,
        silence=st.sampled_from(("breaching", "notBreaching", "ignore", "missing")),
        service=names,
    ),
    c.SettingClaim: st.builds(c.SettingClaim, tool=st.just("scripts/x.py"), setting=fields, value=values),
    c.WidgetClaim: st.builds(c.WidgetClaim, dashboard=names, metric=names),
    c.ParameterClaim: st.builds(c.ParameterClaim, parameter=paths, value=st.none() | values),
    c.LogMetricClaim: st.builds(c.LogMetricClaim, log_group=paths, field=fields, metric=names),
    c.EventClaim: st.builds(
        c.EventClaim, event=st.just("Object Deleted"), metric=names, by=st.just(("Bucket", "Reason"))
    ),
    c.DocumentClaim: st.builds(c.DocumentClaim, document=names, call=actions, target=values),
}


def test_every_table_has_a_round_trip():
    assert set(BUILDERS) == {table.claim for table in TABLES}


@given(st.one_of(*BUILDERS.values()))
def test_whatever_row_is_written_is_read_again(claim: Claim):
    header = BY_CLAIM[type(claim)].header
    document = f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n{render(claim)}\n"
    (read,) = parse_runbook(document).claims
    assert replace(read, line=0, column=0, text="") == claim
    assert read.line == 3


@given(st.one_of(*BUILDERS.values()), st.text(max_size=5), st.data())
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
