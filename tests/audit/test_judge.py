"""What an observation of one thing comes to: in sync, changed, missing, unmanaged, unreadable."""

from typing import Any

import pytest

from audit.coverage import NO_READER, coverage
from audit.judge import judge
from audit.model import Drift, Status
from policies.finding import Severity
from tests.audit.audit_fakes import KIND, THING, context, look, made_estate, thing

TOLD = {"size": 3}


def findings(answers: dict[tuple[str, str], Any], declared: bool = True, **properties: Any) -> list[Drift]:
    resource = thing(**properties) if declared else None
    return [j.drift for j in judge(look(answers, resource), context(thing(**properties)))]


def short(found: list[Drift]) -> list[tuple[Status, str, str, str]]:
    return [(f.status, f.subject.property, f.expected, f.found) for f in found]


def test_what_is_as_declared_is_in_sync() -> None:
    assert findings({("get_thing", "author-one"): TOLD}, size=3) == []


def test_another_value_is_changed_with_both_values_and_the_line_that_declares_it() -> None:
    (found,) = findings({("get_thing", "author-one"): {"size": 4}}, size=3)
    assert short([found]) == [(Status.CHANGED, "size", "3", "4")]
    assert (found.source, found.subject.physical) == ("components/thing.py:7", "author-one")
    assert "pulumi up --stack prod" in found.put_back
    assert "components/thing.py:7" in found.accept


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"on": True}, []),
        ({}, []),
        ({"on": False}, [(Status.CHANGED, "on", "true", "false")]),
        ({"on": None}, []),
    ],
)
def test_where_nothing_is_declared_the_default_of_aws_is_expected(answer: dict[str, Any], expected: list[Any]) -> None:
    assert short(findings({("get_thing", "author-one"): {**TOLD, **answer}}, size=3)) == expected


def test_what_is_not_there_is_missing_once() -> None:
    assert short(findings({}, size=3)) == [(Status.MISSING, "", '"present"', "(absent)")]


def test_what_nothing_declares_is_unmanaged_and_its_removal_is_told() -> None:
    (found,) = findings({("get_thing", "author-one"): TOLD}, declared=False)
    assert short([found]) == [(Status.UNMANAGED, "", "(absent)", '{"size":3}')]
    assert found.put_back == "made delete author-one"


def test_what_nothing_declares_and_is_gone_is_no_finding() -> None:
    assert findings({}, declared=False) == []


def test_a_refusal_is_unreadable_and_never_in_sync() -> None:
    answers = {("get_thing", "author-one"): "AccessDenied", ("get_tags", "author-one"): {"owner": "a"}}
    found = findings(answers, size=3, tags={"owner": "b"})
    assert [(f.status, f.subject.property) for f in found] == [
        (Status.UNREADABLE, "size"),
        (Status.UNREADABLE, "on"),
        (Status.UNREADABLE, "rules"),
        (Status.CHANGED, "tags.owner"),
    ]
    assert found[0].found == "made:get_thing answered AccessDenied"
    assert found[0].put_back == "allow made:GetTags, made:GetThing, then audit again"


def test_what_nothing_declares_and_nobody_may_read_is_unreadable_only() -> None:
    answers = {("get_thing", "author-one"): "AccessDenied"}
    assert {f.status for f in findings(answers, declared=False)} == {Status.UNREADABLE}


def test_a_refusal_of_one_call_does_not_hide_that_the_thing_is_gone() -> None:
    found = findings({("get_tags", "author-one"): "AccessDenied"}, size=3)
    assert [f.status for f in found] == [Status.MISSING]


def test_an_exempt_part_is_not_compared_and_its_neighbour_is() -> None:
    declared, there = ([{"id": "a", "days": days, "secret": days}] for days in (1, 2))
    found = findings({("get_thing", "author-one"): {**TOLD, "rules": there}}, size=3, rules=declared)
    assert [f.subject.property for f in found] == ["rules[a].days"]


def test_tags_matter_less_than_what_they_hang_on() -> None:
    answers = {("get_thing", "author-one"): {"size": 4}, ("get_tags", "author-one"): {"owner": "x"}}
    found = findings(answers, size=3, tags={"owner": "a"})
    assert {f.subject.property: f.severity for f in found} == {"size": Severity.HIGH, "tags.owner": Severity.MEDIUM}


def test_coverage_counts_what_is_compared_of_what_is_declared() -> None:
    resource = thing(size=3, rules=[{"secret": "a"}, {"secret": "b"}], colour="red")
    told = coverage(made_estate(resource), (KIND,))
    assert (told.compared, told.declared) == (2, 5)  # name and size
    assert [(e.path, e.reason, e.count) for e in told.exempt] == [
        ("colour", NO_READER, 1),
        ("rules.secret", "nobody can read it", 2),
    ]


def test_what_the_account_did_not_tell_is_not_covered() -> None:
    told = coverage(made_estate(thing(size=3)), (KIND,), frozenset({("one", "size")}))
    assert (told.compared, told.declared) == (1, 2)


def test_a_type_without_a_reader_is_not_covered() -> None:
    told = coverage(made_estate(thing(size=3)), ())
    assert told.compared == 0
    assert {e.type for e in told.exempt} == {THING}
