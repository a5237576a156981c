from datetime import UTC, datetime
from typing import Any

from semantics.lifecycle.costs import load_prices
from semantics.lifecycle.life import Life, Stage, life_of
from semantics.lifecycle.reader import from_properties
from tests.semantics.lifecycle.samples import recordings, temporary

PRICES = load_prices()


def life(properties: dict[str, Any], *, versioned: bool = True, locked: bool = False) -> Life:
    return life_of("harbour-takes", from_properties(properties), PRICES, versioned=versioned, locked=locked)


def remark(of: Life, part: str) -> str:
    return next((r for r in of.remarks if part in r), f"no remark says {part!r}: {of.remarks}")


def test_the_classes_with_the_latest_day_on_which_an_object_moves():
    assert life(recordings()).stages == (
        Stage("STANDARD", 0, 0),
        Stage("STANDARD_IA", 7, 7),
        Stage("DEEP_ARCHIVE", 30, 37),
    )


def test_the_last_day_counts_the_noncurrent_days_and_both_midnights():
    of = life(recordings())
    assert (of.window, of.noncurrent_days, of.last_day) == (45, 1, 47)
    assert life(recordings(60)).last_day == 62
    longer = recordings()
    longer["rules"][1]["noncurrentVersionExpiration"]["noncurrentDays"] = 7
    assert life(longer).last_day == 53
    assert "through day 53 after the upload: 45 days, then 7 days as a noncurrent" in life(longer).remarks[0]
    assert life(temporary(), versioned=False).last_day == 2


def test_only_a_bucket_with_object_lock_speaks_of_holds():
    assert "legal hold" in life(recordings(), locked=True).remarks[0]
    assert "legal hold" not in life(recordings()).remarks[0]


def test_at_45_days_the_deep_archive_step_loses_and_it_says_from_which_window_it_pays():
    of = life(recordings())
    assert [o.name for o in of.options] == [
        "Standard → Standard-IA → Glacier Deep Archive",
        "Standard → Standard-IA",
        "Standard throughout",
    ]
    assert [round(o.per_tb, 2) for o in of.options] == [24.38, 22.14, 36.11]
    assert [round(o.per_million, 2) for o in of.options] == [61.23, 10.0, 0.0]
    assert remark(of, "loses money at every size").endswith("$24.38 a TB with it, $22.14 without.")
    assert "from a window of 51 days on for objects of 1 GB" in remark(of, "step pays")


def test_at_60_days_it_saves_above_a_size():
    assert "saves money above 12.9 MB an object" in remark(life(recordings(60)), "At a window of 60 days")


def test_a_window_before_the_latest_move_says_that_objects_may_never_get_there():
    assert "may never get there" in remark(life(recordings(35)), "latest 37")
    assert "may never get there" not in remark(life(recordings(45)), "latest 37")


def test_in_one_rule_with_the_documented_gap_there_is_no_doubt_about_the_day():
    spaced = recordings()
    spaced["rules"][1]["transitions"][0]["days"] = 37
    assert life(spaced).stages[-1] == Stage("DEEP_ARCHIVE", 37, 37)
    assert not [r for r in life(spaced).remarks if "latest" in r]


def test_bytes_that_never_end_have_no_cost_and_say_so():
    forgotten = recordings()
    del forgotten["rules"][1]["noncurrentVersionExpiration"]
    assert (life(forgotten).last_day, life(forgotten).options) == (None, ())
    assert "only adds a delete marker" in life(forgotten).remarks[0]
    del forgotten["rules"][1]["expiration"]
    assert (life(forgotten).window, life(forgotten).options) == (None, ())
    assert "Nothing expires" in life(forgotten).remarks[0]


def test_the_key_decides_which_rules_speak_of_the_object():
    filtered = recordings()
    for rule in filtered["rules"]:
        rule["filter"] = {"prefix": "takes/"}
    configuration = from_properties(filtered)
    inside = life_of("harbour-takes", configuration, PRICES, versioned=True, key="takes/1.wav")
    assert inside == life(recordings())
    assert life_of("harbour-takes", configuration, PRICES, versioned=True, key="mixes/1.wav").window is None


def test_a_date_counts_from_the_upload():
    rule = {"id": "end", "status": "Enabled", "filter": {}, "expiration": {"date": "2027-03-01T00:00:00Z"}}
    configuration = from_properties({"rules": [rule]})

    def window(uploaded: datetime) -> int | None:
        return life_of("harbour-takes", configuration, PRICES, versioned=False, uploaded=uploaded).window

    assert window(datetime(2027, 1, 1, 12, tzinfo=UTC)) == 58
    assert window(datetime(2027, 2, 1, 12, tzinfo=UTC)) == 27


def test_small_objects_are_said_to_stay_only_where_they_do():
    said = "Objects under 128 KB stay in Standard."
    assert said in life(recordings()).remarks
    assert said not in life(recordings() | {"transitionDefaultMinimumObjectSize": "varies_by_storage_class"}).remarks
