from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from semantics.lifecycle.dates import NEVER, due
from semantics.lifecycle.model import (
    Expiration,
    Filter,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from semantics.lifecycle.reader import from_properties
from semantics.lifecycle.simulation import FOREVER, Version, gone, simulate
from tests.semantics.lifecycle.samples import recordings

BORN = datetime(2026, 1, 1, 10, 30, tzinfo=UTC)
RECORDINGS = from_properties(recordings())


def lines(
    configuration: LifecycleConfiguration,
    *versions: Version,
    versioned: bool = True,
    suspended: datetime | None = None,
    key: str = "k",
) -> list[str]:
    events = simulate(configuration, key, versions, versioned=versioned, suspended=suspended)
    return [" ".join(filter(None, (f"{e.day:%m-%d}", str(e.version), e.action, e.storage_class))) for e in events]


def one(*rules: LifecycleRule) -> LifecycleConfiguration:
    return LifecycleConfiguration(rules)


def test_aws_own_example_of_the_midnight_rounding():
    """User guide, lifecycle elements: created 1/15/2014 10:30 UTC with 3 days becomes due 1/19/2014 00:00 UTC."""
    assert due(datetime(2014, 1, 15, 10, 30, tzinfo=UTC), 3) == date(2014, 1, 19)


def test_the_life_of_a_recording():
    assert lines(RECORDINGS, Version(BORN)) == [
        "01-01 0 created STANDARD",
        "01-09 0 moved STANDARD_IA",
        "02-01 0 moved DEEP_ARCHIVE",
        "02-16 1 marked",
        "02-18 0 deleted",
        "02-19 1 deleted",
    ]
    assert gone(simulate(RECORDINGS, "k", [Version(BORN)], versioned=True)) == date(2026, 2, 18)


def test_a_held_recording_gains_a_delete_marker_and_keeps_its_bytes():
    held = lines(RECORDINGS, Version(BORN, held_until=FOREVER))
    assert held[-1] == "02-16 1 marked"
    assert gone(simulate(RECORDINGS, "k", [Version(BORN, held_until=FOREVER)], versioned=True)) is None


def test_a_lifted_hold_lets_the_deletion_happen_that_day():
    assert lines(RECORDINGS, Version(BORN, held_until=date(2026, 5, 1)))[-2:] == ["05-01 0 deleted", "05-02 1 deleted"]


def test_a_small_recording_stays_in_standard_until_it_expires():
    assert lines(RECORDINGS, Version(BORN, 131_071))[:2] == ["01-01 0 created STANDARD", "02-16 1 marked"]
    assert lines(RECORDINGS, Version(BORN, 131_072))[1] == "01-09 0 moved STANDARD_IA"


def test_an_overwritten_version_counts_from_its_successor():
    again = datetime(2026, 1, 4, 9, tzinfo=UTC)
    assert lines(RECORDINGS, Version(BORN), Version(again))[:3] == [
        "01-01 0 created STANDARD",
        "01-04 1 created STANDARD",
        "01-06 0 deleted",
    ]


def test_without_versioning_a_write_replaces_and_an_expiration_deletes():
    rule = LifecycleRule("end", expiration=Expiration(2))
    again = datetime(2026, 1, 2, 9, tzinfo=UTC)
    assert lines(one(rule), Version(BORN), Version(again), versioned=False) == [
        "01-01 0 created STANDARD",
        "01-02 0 deleted",
        "01-02 1 created STANDARD",
        "01-05 1 deleted",
    ]


def test_permanent_deletion_wins_over_a_transition():
    rules = (
        LifecycleRule("move", transitions=(Transition("GLACIER", 5),)),
        LifecycleRule("end", expiration=Expiration(5)),
    )
    assert lines(one(*rules), Version(BORN), versioned=False) == ["01-01 0 created STANDARD", "01-07 0 deleted"]


def test_a_transition_wins_over_a_delete_marker_which_comes_the_day_after():
    rules = (
        LifecycleRule("move", transitions=(Transition("GLACIER", 5),)),
        LifecycleRule("end", expiration=Expiration(5)),
    )
    assert lines(one(*rules), Version(BORN))[1:] == ["01-07 0 moved GLACIER", "01-08 1 marked"]


def test_the_cheaper_class_wins_and_intelligent_tiering_over_all_but_archives():
    def winner(*classes: str) -> str:
        rules = (LifecycleRule(c, transitions=(Transition(c, 3),)) for c in classes)
        return lines(one(*rules), Version(BORN))[1].split()[-1]

    assert winner("STANDARD_IA", "GLACIER") == "GLACIER"
    assert winner("GLACIER", "DEEP_ARCHIVE") == "DEEP_ARCHIVE"
    assert winner("INTELLIGENT_TIERING", "GLACIER_IR", "STANDARD_IA") == "INTELLIGENT_TIERING"
    assert winner("INTELLIGENT_TIERING", "GLACIER") == "GLACIER"


def test_of_two_expirations_the_earlier_wins():
    rules = (
        LifecycleRule("late", expiration=Expiration(9)),
        LifecycleRule("early", filter=Filter("k"), expiration=Expiration(3)),
    )
    assert lines(one(*rules), Version(BORN), versioned=False)[-1] == "01-05 0 deleted"


def test_a_rule_acts_only_on_what_its_filter_admits():
    rule = LifecycleRule("end", filter=Filter("a/", (("kind", "raw"),), 10, 20), expiration=Expiration(1))

    def ends(key: str = "a/1", size: int = 15, **tags: str) -> bool:
        return len(lines(one(rule), Version(BORN, size, tags), versioned=False, key=key)) == 2

    assert ends(kind="raw")
    assert not ends("b/1", kind="raw")
    assert not ends(kind="cut")
    assert not ends(size=10, kind="raw")
    assert not ends(size=20, kind="raw")


def test_a_disabled_rule_never_acts():
    assert lines(one(LifecycleRule("end", enabled=False, expiration=Expiration(1))), Version(BORN)) == [
        "01-01 0 created STANDARD"
    ]


def test_newer_noncurrent_versions_are_spared():
    rule = LifecycleRule("old", noncurrent_expiration=NoncurrentExpiration(1, 1))
    days = [Version(datetime(2026, 1, d, 12, tzinfo=UTC)) for d in (1, 2, 3)]
    assert [line for line in lines(one(rule), *days) if "deleted" in line] == ["01-04 0 deleted"]


def test_noncurrent_delete_markers_do_not_count_among_the_newer_versions_that_are_spared():
    rule = LifecycleRule("old", noncurrent_expiration=NoncurrentExpiration(30, 1))
    versions = [Version(on(1)), Version(on(2), marker=True), Version(on(3))]
    assert [line for line in lines(one(rule), *versions) if "deleted" in line] == []
    another = [line for line in lines(one(rule), *versions, Version(on(4))) if "deleted" in line]
    assert another == ["02-02 0 deleted", "02-03 1 deleted"]


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=UTC)


def test_what_is_written_while_versioning_is_suspended_replaces_the_null_version_and_no_other():
    nothing = LifecycleConfiguration()
    written = [Version(on(1)), Version(on(3)), Version(on(4))]
    assert lines(nothing, *written, suspended=on(2)) == [
        "01-01 0 created STANDARD",
        "01-03 1 created STANDARD",
        "01-04 1 deleted",
        "01-04 2 created STANDARD",
    ]


def test_what_was_written_before_versioning_is_replaced_once_it_is_suspended():
    written = [Version(on(1), null=True), Version(on(2)), Version(on(4))]
    assert lines(LifecycleConfiguration(), *written, suspended=on(3))[2:] == [
        "01-04 0 deleted",
        "01-04 2 created STANDARD",
    ]


def test_an_expiration_deletes_a_null_version_at_once_where_versioning_is_suspended():
    """User guide, expiring objects: the marker with the version ID null replaces any object version that has it."""
    rule = LifecycleRule("end", expiration=Expiration(2), noncurrent_expiration=NoncurrentExpiration(5))
    assert lines(one(rule), Version(on(3)), suspended=on(2)) == [
        "01-03 0 created STANDARD",
        "01-06 0 deleted",
        "01-06 1 marked",
        "01-09 1 deleted",
    ]


def test_an_expiration_leaves_a_version_with_an_id_behind_a_null_marker():
    rule = LifecycleRule("end", expiration=Expiration(2))
    assert lines(one(rule), Version(on(1)), suspended=on(2)) == ["01-01 0 created STANDARD", "01-04 1 marked"]


def test_nothing_is_held_where_versioning_is_suspended():
    with pytest.raises(ValueError, match="Object Lock can't suspend versioning"):
        lines(LifecycleConfiguration(), Version(on(1), held_until=FOREVER), suspended=on(2))


@pytest.mark.parametrize("days", [2_913_000, 2**31 - 1, 10**12])
def test_days_beyond_the_calendar_are_never(days: int):
    rule = LifecycleRule("end", transitions=(Transition("GLACIER", days - 1),), expiration=Expiration(days))
    noncurrent = LifecycleRule("old", noncurrent_expiration=NoncurrentExpiration(days))
    assert due(BORN, days) == NEVER
    assert lines(one(rule, noncurrent), Version(BORN), Version(on(3))) == [
        "01-01 0 created STANDARD",
        "01-03 1 created STANDARD",
    ]


@pytest.mark.parametrize(
    "born", [datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))]
)
def test_an_upload_on_the_last_day_there_is_stays(born: datetime):
    assert lines(RECORDINGS, Version(born)) == ["12-31 0 created STANDARD"]


def test_noncurrent_versions_move():
    rule = LifecycleRule("old", noncurrent_transitions=(NoncurrentTransition("GLACIER", 4),))
    again = Version(datetime(2026, 1, 4, 9, tzinfo=UTC))
    assert lines(one(rule), Version(BORN), again)[-1] == "01-09 0 moved GLACIER"


def test_a_marker_with_nothing_behind_it_goes_with_the_expirations_age_too():
    rule = LifecycleRule("end", expiration=Expiration(3), noncurrent_expiration=NoncurrentExpiration(1))
    assert lines(one(rule), Version(BORN)) == [
        "01-01 0 created STANDARD",
        "01-05 1 marked",
        "01-07 0 deleted",
        "01-09 1 deleted",
    ]


def test_a_date_acts_on_that_day_and_on_later_objects_the_day_after():
    rule = LifecycleRule("end", expiration=Expiration(date="2026-01-10T00:00:00Z"))
    assert lines(one(rule), Version(BORN), versioned=False)[-1] == "01-10 0 deleted"
    later = Version(datetime(2026, 2, 1, 3, tzinfo=UTC))
    assert lines(one(rule), later, versioned=False)[-1] == "02-02 0 deleted"


def test_an_event_reads_as_a_line():
    events = simulate(RECORDINGS, "k", [Version(BORN)], versioned=True)
    assert [str(e) for e in events] == [
        "2026-01-01 version 0 created in STANDARD",
        "2026-01-09 version 0 moved to STANDARD_IA by recordings-infrequent",
        "2026-02-01 version 0 moved to DEEP_ARCHIVE by recordings-archive",
        "2026-02-16 version 1 added as a delete marker by recordings-archive",
        "2026-02-18 version 0 deleted by recordings-archive",
        "2026-02-19 version 1 deleted by recordings-leftovers",
    ]
