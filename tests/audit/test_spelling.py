"""Equal things spelled differently are equal; things that differ stay different, whatever the spelling."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.compare import differences, is_blank
from audit.coverage import counted
from audit.model import Status
from audit.spelling import same_spelling
from estate import paths
from semantics.words import ABSENT

ACCOUNT = "123456789012"
KEYS = {"11111111-2222": "alias/author-exports"}


def statement(**parts: Any) -> dict[str, Any]:
    return {
        "Sid": "Read",
        "Effect": "Allow",
        "Principal": {"AWS": ACCOUNT},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": [ACCOUNT]}},
        **parts,
    }


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def spelled(value: Any) -> Any:
    return same_spelling(value, KEYS, ACCOUNT)


def between(expected: Any, found: Any, path: str = "p") -> list[tuple[str, Status]]:
    return [(paths.spelled(d.path), d.status) for d in differences((path,), spelled(expected), spelled(found))]


EQUAL: list[tuple[str, Any, Any]] = [
    ("order of a list", ["b", "a"], ["a", "b"]),
    ("order of keys", {"a": 1, "b": 2}, {"b": 2, "a": 1}),
    ("order of named rules", [{"id": "x", "a": 1}, {"id": "y", "a": 2}], [{"id": "y", "a": 2}, {"id": "x", "a": 1}]),
    ("order of nameless rules", [{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}]),
    ("JSON as text", policy(statement()), json.dumps(policy(statement()), indent=3)),
    ("a statement alone", policy(statement()), {"Version": "2012-10-17", "Statement": statement()}),
    ("one action", policy(statement(Action="s3:GetObject")), policy(statement(Action=["s3:GetObject"]))),
    ("order of actions", policy(statement()), policy(statement(Action=["s3:ListBucket", "s3:GetObject"]))),
    (
        "account id and root ARN",
        policy(statement()),
        policy(statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})),
    ),
    ("everybody", policy(statement(Principal="*")), policy(statement(Principal={"AWS": "*"}))),
    (
        "casing of condition keys",
        policy(statement()),
        policy(statement(Condition={"StringEquals": {"AWS:sourceaccount": ACCOUNT}})),
    ),
    (
        "a boolean as text",
        policy(statement(Condition={"Bool": {"aws:SecureTransport": False}})),
        policy(statement(Condition={"Bool": {"aws:SecureTransport": "false"}})),
    ),
    (
        "no condition",
        policy(statement(Condition={})),
        policy({k: v for k, v in statement().items() if k != "Condition"}),
    ),
    ("a key's id", "alias/author-exports", "11111111-2222"),
    ("a key's ARN", "alias/author-exports", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222"),
    ("nothing and an empty list", None, []),
    ("nothing and false", None, False),
    ("an empty prefix", {"prefix": ""}, {}),
]


@pytest.mark.parametrize(("name", "left", "right"), EQUAL, ids=[row[0] for row in EQUAL])
def test_the_same_spelled_differently_is_in_sync(name: str, left: Any, right: Any) -> None:
    assert name
    assert between(left, right) == []
    assert between(right, left) == []


DIFFERENT: list[tuple[str, Any, Any, str, Status]] = [
    ("value", {"a": 1}, {"a": 2}, "p.a", Status.CHANGED),
    ("true and false", True, False, "p", Status.CHANGED),
    ("gone", {"a": 1}, {}, "p.a", Status.CHANGED),
    ("a rule more", [{"id": "x"}], [{"id": "x"}, {"id": "y"}], "p[y]", Status.UNMANAGED),
    ("a rule less", [{"id": "x"}, {"id": "y"}], [{"id": "x"}], "p[y]", Status.MISSING),
    ("inside a rule", [{"id": "x", "a": {"b": 1}}], [{"id": "x", "a": {"b": 2}}], "p[x].a.b", Status.CHANGED),
    (
        "another account",
        policy(statement()),
        policy(statement(Principal={"AWS": "999999999999"})),
        "p.Statement[Read].Principal.AWS",
        Status.CHANGED,
    ),
    (
        "a statement more",
        policy(statement()),
        policy(statement(), statement(Sid="More")),
        "p.Statement[More]",
        Status.UNMANAGED,
    ),
    (
        "allow for deny",
        policy(statement()),
        policy(statement(Effect="Deny")),
        "p.Statement[Read].Effect",
        Status.CHANGED,
    ),
    ("another key", "alias/author-exports", "33333333-4444", "p", Status.CHANGED),
    ("zero for nothing", {"days": 0}, {}, "p.days", Status.CHANGED),
]


@pytest.mark.parametrize(("name", "left", "right", "path", "status"), DIFFERENT, ids=[row[0] for row in DIFFERENT])
def test_what_differs_is_told_where(name: str, left: Any, right: Any, path: str, status: Status) -> None:
    assert name
    assert between(left, right) == [(path, status)]


def test_the_order_of_a_command_is_its_meaning() -> None:
    assert between({"command": ["rm", "-r"]}, {"command": ["-r", "rm"]}) == [("p.command", Status.CHANGED)]


def test_a_tag_more_or_less_is_a_finding_of_its_own() -> None:
    found = between({"owner": "a", "gone": "b"}, {"owner": "x", "new": "c"}, "tags")
    assert found == [
        ("tags.gone", Status.MISSING),
        ("tags.new", Status.UNMANAGED),
        ("tags.owner", Status.CHANGED),
    ]


def test_both_values_of_a_difference_are_kept() -> None:
    difference = next(differences(("p",), {"a": 1}, {}))
    assert (difference.expected, difference.found) == (1, ABSENT)


values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdefg"), inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert list(differences(("p",), spelled(value), spelled(value))) == []


@given(values, st.randoms(use_true_random=False))
def test_spelling_knows_no_order(value: Any, chance: random.Random) -> None:
    assert between(value, shuffled(value, chance)) == []


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list):
        members: list[Any] = [shuffled(v, chance) for v in value]  # pyright: ignore[reportUnknownVariableType]
        chance.shuffle(members)
        return members
    if isinstance(value, dict):
        items: list[Any] = [(k, shuffled(v, chance)) for k, v in value.items()]  # pyright: ignore[reportUnknownVariableType]
        chance.shuffle(items)
        return dict(items)
    return value


@given(values, values)
def test_a_difference_is_seen_from_both_sides(left: Any, right: Any) -> None:
    swapped = {Status.MISSING: Status.UNMANAGED, Status.UNMANAGED: Status.MISSING, Status.CHANGED: Status.CHANGED}
    there = {(path, swapped[status]) for path, status in between(left, right)}
    assert there == set(between(right, left))


@given(values, values)
def test_only_what_is_blank_or_equal_goes_unseen(left: Any, right: Any) -> None:
    if not isinstance(left, dict | list) and not isinstance(right, dict | list) and not between(left, right):
        assert left == right or (is_blank(left) and is_blank(right))


def test_every_plain_value_is_counted_without_its_position() -> None:
    value = {"a": 1, "rules": [{"id": "x", "days": 3}, {"id": "y"}], "tags": {"k": "v"}, "plain": [1, 2]}
    assert sorted(counted(value)) == ["a", "plain", "rules.days", "rules.id", "rules.id", "tags.k"]
