from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.lifecycle.model import (
    Expiration,
    Filter,
    LifecycleConfiguration,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from semantics.lifecycle.reader import LifecycleError, from_api, from_properties
from tests.semantics.lifecycle.samples import recordings


class _Unknown:
    """Stands where a preview does not know a value yet."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = _Unknown()

API: dict[str, Any] = {
    "ResponseMetadata": {"HTTPStatusCode": 200},
    "TransitionDefaultMinimumObjectSize": "varies_by_storage_class",
    "Rules": [
        {
            "ID": "drafts",
            "Status": "Disabled",
            "Filter": {
                "And": {
                    "Prefix": "drafts/",
                    "Tags": [{"Key": "kind", "Value": "raw"}, {"Key": "a", "Value": "b"}],
                    "ObjectSizeGreaterThan": 1,
                    "ObjectSizeLessThan": 9,
                }
            },
            "Transitions": [{"Date": datetime(2027, 1, 1, tzinfo=UTC), "StorageClass": "GLACIER"}],
            "NoncurrentVersionTransitions": [
                {"NoncurrentDays": 3, "StorageClass": "GLACIER_IR", "NewerNoncurrentVersions": 2}
            ],
            "Expiration": {"Days": 9},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 4, "NewerNoncurrentVersions": 1},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 5},
        },
        {"ID": "old", "Status": "Enabled", "Prefix": "logs/", "Expiration": {"ExpiredObjectDeleteMarker": True}},
        {"ID": "tagged", "Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"Days": 1}},
    ],
}


def test_an_answer_of_the_api_is_read_whole():
    drafts, old, tagged = from_api(API).rules
    assert from_api(API).minimum_size == "varies_by_storage_class"
    assert (drafts.id, drafts.enabled) == ("drafts", False)
    assert drafts.filter == Filter("drafts/", (("a", "b"), ("kind", "raw")), 1, 9)
    assert drafts.transitions == (Transition("GLACIER", None, "2027-01-01T00:00:00+00:00"),)
    assert drafts.noncurrent_transitions == (NoncurrentTransition("GLACIER_IR", 3, 2),)
    assert drafts.expiration == Expiration(9)
    assert drafts.noncurrent_expiration == NoncurrentExpiration(4, 1)
    assert drafts.abort_multipart_days == 5
    assert (old.filter.prefix, old.scopes) == ("logs/", ("prefix",))
    assert old.expiration == Expiration(delete_marker=True)
    assert drafts.filter.written == ("and",)
    assert sorted(drafts.filter.joined) == ["a", "kind", "objectSizeGreaterThan", "objectSizeLessThan", "prefix"]
    assert (tagged.scopes, tagged.filter.written, tagged.filter.joined) == (("filter",), ("tag",), ())
    assert tagged.filter == Filter(tags=(("k", "v"),))


def test_the_program_and_the_account_read_alike():
    answer = {
        "Rules": [
            {
                "ID": "r",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "Transitions": [{"Days": 7, "StorageClass": "GLACIER"}],
            }
        ]
    }
    properties = {
        "rules": [
            {
                "id": "r",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "transitions": [{"days": 7, "storageClass": "GLACIER"}],
            }
        ]
    }
    assert from_api(answer) == from_properties(properties)


def test_a_bucket_without_rules_is_read_as_such():
    assert from_properties({}) == LifecycleConfiguration()
    assert from_api({"Rules": []}) == LifecycleConfiguration()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2027, 1, 1, 2, tzinfo=timezone(timedelta(hours=2))),
        "2027-01-01T00:00:00+00:00",
    ],
)
def test_a_date_is_one_moment_in_whatever_zone_it_is_answered(moment: datetime | str):
    answer = {"Rules": [{"ID": "a", "Status": "Enabled", "Expiration": {"Date": moment}}]}
    (rule,) = from_api(answer).rules
    assert rule.expiration == Expiration(date="2027-01-01T00:00:00+00:00")


def test_an_answer_and_properties_are_not_taken_for_each_other():
    with pytest.raises(LifecycleError, match="read its answer with from_api"):
        from_properties(API)
    with pytest.raises(LifecycleError, match="Rules is absent; expected what get_bucket_lifecycle_configuration"):
        from_api(recordings())


@pytest.mark.parametrize("tags", [5, ["k"], [{"Key": "k"}], [{"Key": [], "Value": "v"}], [{"Key": "k", "Value": 1}]])
def test_tags_of_another_shape_are_refused(tags: Any):
    answer = {"Rules": [{"ID": "a", "Status": "Enabled", "Filter": {"And": {"Tags": tags}}}]}
    with pytest.raises(LifecycleError, match=r"rules\[a\]\.filter\.and\.tags"):
        from_api(answer)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"rules": UNKNOWN}, "rules is <unknown>, expected a list of rules"),
    ({"rules": "none"}, "rules is 'none', expected a list"),
    ({"rules": ["x"]}, "rules[0] is 'x', expected an object"),
    ({"rules": [{"id": "a", "status": "On"}]}, "rules[a].status is 'On', expected Enabled or Disabled"),
    ({"rules": [{"id": "a", "status": "Enabled", "size": 1}]}, "rules[a].size is not part of a lifecycle rule"),
    (
        {"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": "14"}}]},
        "rules[a].expiration.days is '14', expected a whole number",
    ),
    ({"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": True}}]}, "rules[a].expiration.days is True"),
    (
        {"rules": [{"id": "a", "status": "Enabled", "expiration": {"days": UNKNOWN}}]},
        "rules[a].expiration.days is <unknown>",
    ),
    ({"rules": [{"id": "a", "status": "Enabled", "filter": {"suffix": "x"}}]}, "rules[a].filter.suffix is not part"),
    (
        {"rules": [{"id": "a", "status": "Enabled", "transitions": {"days": 1}}]},
        "rules[a].transitions is {'days': 1}, expected a list",
    ),
]


@pytest.mark.parametrize(("properties", "message"), WRONG)
def test_what_it_does_not_understand_it_refuses(properties: dict[str, Any], message: str):
    with pytest.raises(LifecycleError) as error:
        from_properties(properties)
    assert message in str(error.value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


def outcome(read: Callable[[dict[str, Any]], LifecycleConfiguration], source: dict[str, Any]) -> str:
    try:
        return f"{len(read(source).rules)} rules"
    except LifecycleError as error:
        return str(error)


@pytest.mark.slow
@given(anything)
def test_any_value_anywhere_is_read_or_refused_but_never_a_crash(value: Any):
    for key in ("filter", "transitions", "expiration", "noncurrentVersionExpiration", "status", "id", "prefix"):
        properties = recordings()
        properties["rules"][0][key] = value
        result = outcome(from_properties, properties)
        assert result == "3 rules" or result.startswith("rules[")
    for key in ("Filter", "Transitions", "Expiration", "NoncurrentVersionExpiration", "Status", "ID", "Prefix"):
        result = outcome(from_api, {"Rules": [{**API["Rules"][0], key: value}]})
        assert result == "1 rules" or result.startswith("rules[")
