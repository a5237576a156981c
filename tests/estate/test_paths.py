"""Nested properties are walked in one way: each place has one path, which finds it, names it and changes it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from estate.model import UNKNOWN
from estate.paths import GONE, Member, Path, at, find, keys, leaves, mapped, put, spelled, within

RULES: dict[str, Any] = {
    "bucket": "shelf",
    "rules": [{"id": "expire", "expiration": {"days": 14}}, {"status": "Enabled", "transitions": [{"days": 7}]}],
    "tags": {},
}
DAYS: Path = ("rules", Member("expire"), "expiration", "days")


def test_leaves_go_by_the_id_of_a_lists_item_and_by_its_index_where_it_has_none() -> None:
    assert {spelled(path): value for path, value in leaves(RULES)} == {
        "bucket": "shelf",
        "rules[expire].id": "expire",
        "rules[expire].expiration.days": 14,
        "rules[1].status": "Enabled",
        "rules[1].transitions[0].days": 7,
        "tags": {},
    }


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (DAYS, 14),
        (("rules", 0, "expiration", "days"), 14),
        (("rules", 1, "transitions", 0, "days"), 7),
        (("rules", Member("archive"), "expiration"), None),
        (("rules", 2), None),
        (("rules", "expire"), None),
        (("bucket", "name"), None),
    ],
)
def test_a_path_leads_to_what_stands_there_or_nowhere(path: Path, found: object) -> None:
    assert at(RULES, *path) == found


def test_a_path_is_within_another_by_its_steps_and_not_by_its_letters() -> None:
    assert within(DAYS, ())
    assert within(DAYS, ("rules", Member("expire")))
    assert not within(("tagsAll", "owner"), ("tags",))
    assert not within(("rules",), DAYS)


def test_the_keys_of_a_path_are_the_same_for_every_item() -> None:
    assert keys(DAYS) == keys(("rules", 3, "expiration", "days")) == ("rules", "expiration", "days")


def test_a_pattern_finds_what_is_known() -> None:
    properties = {"a": [{"b": UNKNOWN}, {"b": None}, {"b": 1}, {}, {"id": "x", "b": 2}], "b": 3}
    assert list(find(properties, "a.*.b")) == [(("a", 2, "b"), 1), (("a", Member("x"), "b"), 2)]
    assert list(find(properties, "a.b")) == []


def test_a_value_is_put_at_a_path_and_the_rest_stays() -> None:
    changed = put(RULES, DAYS, 15)
    assert changed["rules"][0] == {"id": "expire", "expiration": {"days": 15}}
    assert changed["rules"][1] is RULES["rules"][1]
    assert at(RULES, *DAYS) == 14
    assert put(RULES, ("rules", 1), GONE)["rules"] == RULES["rules"][:1]
    assert put({}, ("a", "b"), 1) == {"a": {"b": 1}}
    with pytest.raises(LookupError, match=r"\[archive\].status: the list has 2 items"):
        put(RULES, ("rules", Member("archive"), "status"), "Enabled")


def test_every_plain_value_is_mapped() -> None:
    assert mapped({"a": [1, {"b": 2}], "c": 3}, lambda value: value * 2) == {"a": [2, {"b": 4}], "c": 6}


@given(
    st.recursive(
        st.integers(0, 9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=9,
    )
)
def test_every_leaf_is_found_at_its_path(value: Any) -> None:
    assert all(at(value, *path) == leaf for path, leaf in leaves(value))
