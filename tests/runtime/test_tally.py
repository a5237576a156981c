from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from runtime.objects.entry import Entry, Upload
from runtime.objects.tally import Outcome, Tally, Thing

A, B = (Entry(key, size, "2026-11-20T00:00:00", '"e"', "", True) for key, size in (("a", 3), ("b", 4)))
UPLOAD = Upload("k", "id", datetime(2026, 11, 24, tzinfo=UTC))
TOLD = [outcome for outcome in Outcome if outcome not in {Outcome.UNWANTED, Outcome.LEFT}]


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[Outcome, list[object], str]] = []

    def __call__(self, outcome: Outcome, things: Sequence[Thing], code: str) -> None:
        self.heard.append((outcome, [thing.name for thing in things], code))


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_is_counted_under_its_own_name(outcome: Outcome) -> None:
    tally = Tally()
    tally.add(outcome, [A, B])
    counts = tally.counts()
    counts["failed"] = sum(counts["failed"].values())
    size = counts.pop("bytes")
    assert {name: count for name, count in counts.items() if count} == {str(outcome): 2}
    assert (tally[outcome], size) == (2, 7 if outcome is Outcome.DELETED else 0)


@pytest.mark.parametrize("outcome", TOLD)
def test_whoever_wants_the_names_hears_them_with_the_code(outcome: Outcome) -> None:
    ear = Ear()
    Tally(ear).add(outcome, [A, UPLOAD], "Code")
    assert ear.heard == [(outcome, ["a", ("k", "id")], "Code")]


@pytest.mark.parametrize("outcome", [Outcome.UNWANTED, Outcome.LEFT])
def test_nobody_hears_of_what_was_not_touched(outcome: Outcome) -> None:
    ear = Ear()
    Tally(ear).add(outcome, [A])
    assert ear.heard == []


def test_nothing_is_not_told() -> None:
    ear = Ear()
    Tally(ear).add(Outcome.DELETED, [])
    assert ear.heard == []


def test_failures_are_counted_by_code() -> None:
    tally = Tally()
    tally.add(Outcome.FAILED, [A, B], "InternalError")
    tally.add(Outcome.FAILED, [A], "Other")
    tally.add(Outcome.DENIED, [A], "AccessDenied")
    assert tally.counts()["failed"] == {"InternalError": 2, "Other": 1}


def test_what_is_undone_and_what_was_refused() -> None:
    tally = Tally()
    for number, outcome in enumerate(Outcome):
        tally.add(outcome, [A] * 2**number)
    refused = sum(2**n for n, o in enumerate(Outcome) if o in {Outcome.HELD, Outcome.DENIED, Outcome.FAILED})
    assert tally.refused == refused
    assert tally.undone == refused + tally[Outcome.LEFT]


def test_sums_that_add_up_are_no_miscount() -> None:
    tally = Tally()
    tally.add_listed(len(Outcome))
    for outcome in Outcome:
        tally.add(outcome, [A])
    assert tally.miscount() is None


@pytest.mark.parametrize("listed", [1, 3])
def test_sums_that_do_not_add_up_are_named_both(listed: int) -> None:
    tally = Tally()
    tally.add_listed(listed)
    tally.add(Outcome.DELETED, [A, B])
    assert str(tally.miscount()).startswith(f"{listed} entries were listed, 2 have an outcome: unwanted 0, ")
    assert "deleted 2" in str(tally.miscount())


def test_another_pass_forgets_what_the_last_did_not_touch_and_nothing_else() -> None:
    tally = Tally()
    tally.add_listed(len(Outcome))
    for outcome in Outcome:
        tally.add(outcome, [A])
    tally.forget_untouched()
    assert tally.miscount() is None
    assert tally.listed == len(Outcome) - 3
    assert tally[Outcome.UNWANTED] == tally[Outcome.NULL_MARKER] == tally[Outcome.LEFT] == 0
    assert tally[Outcome.DELETED] == 1
