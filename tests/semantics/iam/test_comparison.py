"""Each test starts from two sides that allow the same, changes one thing, and names the difference."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.iam.comparison import NOTHING, Difference, Permission, differences
from semantics.iam.statements import Statement, read_policy
from tests.semantics.iam.wildcards import covers

OBJECTS = "arn:aws:s3:::harbour-takes/*"
SHORTEST = OBJECTS[:-1]
"""The example that stands for `OBJECTS`."""

TLS = {"Bool": {"aws:SecureTransport": "false"}}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": True}}
IN_CLEAR, WITH_MFA = "Bool aws:securetransport = false", "Bool aws:multifactorauthpresent = true"


def allow(action: Any, resource: Any = OBJECTS, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = OBJECTS, **more: Any) -> dict[str, Any]:
    return allow(action, resource, **more) | {"Effect": "Deny"}


def policy(*statements: dict[str, Any], name: str = "policy") -> list[Statement]:
    return read_policy({"Statement": list(statements)}, name, "123456789012")


def compared(left: Sequence[dict[str, Any]], right: Sequence[dict[str, Any]]) -> list[Difference]:
    return list(differences(policy(*left, name="left"), policy(*right, name="right")))


READ = allow(["s3:GetObject", "s3:GetObjectVersion"])


@pytest.mark.parametrize(
    "same",
    [
        [READ],
        [allow("s3:getobject"), allow("s3:GetObjectVersion")],
        [allow(["s3:GetObject", "s3:GetObjectVersion"], [OBJECTS, OBJECTS + "x"])],
        [allow(["s3:GetObject", "s3:GetObjectVersion"], [OBJECTS, OBJECTS[:-2]])],
        [READ, allow("s3:GetObject", Condition=MFA)],
        [READ, allow("s3:PutObject"), deny("s3:Put*")],
        [READ, deny("sqs:*", "*")],
    ],
    ids=[
        "itself",
        "case and two statements",
        "a pattern inside another",
        "a bucket, which no object is",
        "a condition beside none",
        "what a Deny takes away again",
        "a Deny of what nobody allows",
    ],
)
def test_what_allows_the_same_has_no_difference(same: list[dict[str, Any]]) -> None:
    assert compared([READ], same) == []
    assert compared(same, [READ]) == []


ALWAYS = Permission(frozenset({frozenset[str]()}))

CHANGES: dict[str, tuple[list[dict[str, Any]], str, str, Permission]] = {
    "an action more": ([READ, allow("s3:PutObject")], "s3:putobject", SHORTEST, ALWAYS),
    "an action less": ([allow("s3:GetObject")], "s3:getobjectversion", SHORTEST, NOTHING),
    "a resource more": (
        [READ, allow("s3:GetObject", "arn:aws:s3:::harbour-mixes/*")],
        *("s3:getobject", "arn:aws:s3:::harbour-mixes/", ALWAYS),
    ),
    "an action that has no resources": ([READ, allow("s3:ListAllMyBuckets", "*")], "s3:listallmybuckets", "*", ALWAYS),
    "NotAction": (
        [{"Effect": "Allow", "NotAction": "s3:PutObject", "Resource": OBJECTS}],
        *("s3:bypassgovernanceretention", SHORTEST, ALWAYS),
    ),
    "NotResource": (
        [READ, {"Effect": "Allow", "Action": "sns:Publish", "NotResource": OBJECTS}],
        *("sns:publish", "arn:aws:sns:::", ALWAYS),
    ),
    "a condition": (
        [allow(["s3:GetObject", "s3:GetObjectVersion"], Condition=MFA)],
        *("s3:getobject", SHORTEST, Permission(frozenset({frozenset({WITH_MFA})}))),
    ),
    "a Deny": ([READ, deny("s3:GetObjectVersion")], "s3:getobjectversion", SHORTEST, NOTHING),
    "a Deny with a condition": (
        [READ, deny("s3:*", "*", Condition=TLS)],
        *("s3:getobject", SHORTEST, Permission(ALWAYS.ways, frozenset({frozenset({IN_CLEAR})}))),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_is_named_with_its_action_and_a_resource(name: str) -> None:
    changed, action, resource, found = CHANGES[name]
    hits = [d for d in compared(changed, [READ]) if action in d.actions]
    assert (hits[0].resource, hits[0].left) == (resource, found)
    turned = [d for d in compared([READ], changed) if action in d.actions]
    assert [(d.resource, d.right) for d in turned] == [(d.resource, d.left) for d in hits]


CHINA, GOVERNMENT = (OBJECTS.replace(":aws:", f":{partition}:") for partition in ("aws-cn", "aws-us-gov"))


@pytest.mark.parametrize(
    ("left", "right", "resource"),
    [
        ([CHINA], [], CHINA[:-1]),
        ([GOVERNMENT], [], GOVERNMENT[:-1]),
        ([CHINA, GOVERNMENT], [GOVERNMENT], CHINA[:-1]),
        ([OBJECTS], [CHINA], SHORTEST),
        ([OBJECTS.replace(":aws:", ":*:")], [OBJECTS], CHINA[:-1]),
        ([OBJECTS.replace(":aws:", ":aws-i*:")], [], "arn:aws-iso:s3:::harbour-takes/"),
        ([OBJECTS.replace(":aws:", ":awss:")], [], "arn:awss:s3:::harbour-takes/"),
        (["*"], [CHINA], "arn:aws-cn:s3:::/"),
    ],
)
def test_partitions_differ(left: list[str], right: list[str], resource: str) -> None:
    found = compared([allow("s3:GetObject", left)], [allow("s3:GetObject", right)] if right else [])
    assert resource in {d.resource for d in found}


def test_a_partition_says_the_same_twice() -> None:
    assert compared([allow("s3:Get*", CHINA)], [allow("s3:get*", [CHINA, CHINA + "x"])]) == []
    assert compared([allow("s3:Get*", "arn:*:s3:::h/*")], [allow("s3:get*", "arn:*:s3:::h/*")]) == []


def test_actions_that_differ_alike_are_one_difference_naming_the_statements() -> None:
    (found,) = compared([READ | {"Sid": "Read"}], [])
    assert found.actions == ("s3:getobject", "s3:getobjectversion")
    assert found.sources == ("left[Read]",)
    assert str(found) == (
        f"s3:GetObject, s3:GetObjectVersion on {SHORTEST}: allowed on the left, not allowed on the right"
    )


def test_where_the_left_allows_nothing_the_right_is_named() -> None:
    (found,) = compared([], [READ])
    assert found.sources == ("right[0]",)


def test_a_permission_is_said_in_a_fixed_order() -> None:
    ways = frozenset({frozenset({"b", "a"}), frozenset({"c"})})
    assert str(Permission(ways, frozenset({frozenset({"d"})}))) == "allowed if a and b or c, unless d"
    assert str(Permission(frozenset({frozenset[str]()}), frozenset({frozenset({"d"})}))) == "allowed, unless d"
    assert (str(ALWAYS), str(NOTHING)) == ("allowed", "not allowed")


objects = st.text(alphabet="abc/", min_size=1, max_size=4).map(lambda key: f"arn:aws:s3:::t/{key}")
resources = st.text(alphabet="ab*?/", max_size=4).map(lambda end: f"arn:aws:s3:::t/{end}") | st.just("*")
conditions = st.sets(st.sampled_from(["a", "b"])).map(frozenset)
statements = st.builds(
    Statement,
    allow=st.booleans(),
    actions=st.sampled_from([("s3:getobject",), ("s3:getobject*",), ("s3:putobject",)]),
    resources=st.lists(resources, min_size=1, max_size=2).map(tuple),
    principals=st.just(()),
    conditions=conditions,
    source=st.just("drawn"),
    not_resources=st.booleans(),
)
sides = st.lists(statements, max_size=3)


def allows(side: Sequence[Statement], action: str, resource: str, holding: frozenset[str]) -> bool:
    """Decides one request as the guide on evaluation logic words it: an Allow that applies, and no Deny."""
    applying = {
        s.allow
        for s in side
        if any(covers(p, action) for p in s.actions)
        and any(covers(p, resource) for p in s.resources) != s.not_resources
        and s.conditions <= holding
    }
    return applying == {True}


def test_an_object_that_two_kinds_of_arn_could_name_is_not_told_twice() -> None:
    (found,) = compared([READ, allow("s3:PutObject")], [READ])
    assert (found.actions, found.resource) == (("s3:putobject",), SHORTEST)


@pytest.mark.slow
@given(sides, sides, objects, conditions)
def test_without_a_difference_both_decide_every_request_alike(
    left: list[Statement], right: list[Statement], resource: str, holding: frozenset[str]
) -> None:
    different = {action for d in differences(left, right) for action in d.actions}
    for action in {"s3:getobject", "s3:getobjectversion", "s3:putobject"} - different:
        assert allows(left, action, resource, holding) == allows(right, action, resource, holding)


@pytest.mark.slow
@given(st.lists(statements.map(lambda s: replace(s, conditions=frozenset[str]())), max_size=3))
def test_without_conditions_a_difference_shows_a_request_that_is_decided_otherwise(left: list[Statement]) -> None:
    for found in differences(left, policy(READ)):
        resource = found.resource.replace("…", "c")
        for action in found.actions:
            allowed = allows(left, action, resource, frozenset())
            assert allowed != allows(policy(READ), action, resource, frozenset()), found
