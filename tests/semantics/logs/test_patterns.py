import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.logs.patterns import PatternError, matcher, select

EVENT = {
    "detail-type": "Object Deleted",
    "source": "aws.s3",
    "level": "INFO",
    "count": 12,
    "none": None,
    "yes": True,
    "detail": {"bucket": {"name": "harbour-takes-prod"}, "reason": "Lifecycle Expiration", "sizes": [1, 2]},
}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("", True),
        ("Lifecycle", True),
        ("Lifecycle aws.s3", True),
        ("Lifecycle missing", False),
        ("Lifecycle -aws.s3", False),
        ("?missing ?aws.s3", True),
        ('"Lifecycle Expiration"', True),
        ('{ $.level = "INFO" }', True),
        ("{ $.level = INFO }", True),
        ('{ $.level != "INFO" }', False),
        ('{ $.absent != "INFO" }', False),
        ('{ $.detail.bucket.name = "harbour-takes-*" }', True),
        ('{ $.detail.bucket.name = "harbour-mixes-*" }', False),
        ('{ $.detail.bucket.name = "harbour-takes-?rod" }', False),
        ('{ $.detail-type = "Object Deleted" && $.detail.reason = "Lifecycle Expiration" }', True),
        ('{ $.["detail-type"] = "Object Deleted" }', True),
        ('{ ($.level = "ERROR" || $.count >= 12) && $.source = "aws.s3" }', True),
        ('{ $.level = "ERROR" || $.count > 12 }', False),
        ("{ $.detail.sizes[1] = 2 }", True),
        ("{ $.count = 12.0 }", True),
        ('{ $.count = "12" }', False),
        ("{ $.none IS NULL }", True),
        ("{ $.absent NOT EXISTS }", True),
        ("{ $.level NOT EXISTS }", False),
        ("{ $.yes IS TRUE }", True),
        ("{ $.yes = 1 }", False),
    ],
)
def test_which_messages_match(pattern: str, matches: bool) -> None:
    assert matcher(pattern)(json.dumps(EVENT)) is matches


@pytest.mark.parametrize("message", ["plain text", "[1, 2]", '"text"', ""])
def test_a_json_pattern_matches_no_other_message(message: str) -> None:
    assert not matcher('{ $.a != "b" }')(message)


@pytest.mark.parametrize(
    "pattern",
    [
        "[ip, user]",
        "{ $.a = ",
        "{ $.a }",
        "{ $.a = 1 && }",
        "{ ($.a = 1 }",
        "{ $.a ~ 1 }",
        '{ $.a > "b" }',
        "%err%",
        "{ $.a IS 5 }",
    ],
)
def test_what_is_not_emulated_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(PatternError, match=r"filter pattern"):
        matcher(pattern)


PLAIN = st.text(
    st.characters(codec="ascii", exclude_characters='*\\"', categories=["L", "N", "P", "S", "Zs"]), min_size=1
)


@given(PLAIN, PLAIN)
def test_equality_is_equality(value: str, other: str) -> None:
    matches = matcher(f'{{ $.a = "{value}" }}')
    assert matches(json.dumps({"a": value}))
    assert matches(json.dumps({"a": other})) == (value == other)


@pytest.mark.slow
@given(
    st.recursive(
        st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12
    ),
    st.text(),
)
def test_selecting_never_fails(document: Any, name: str) -> None:
    select(document, f"$.{name}[0].b")
