from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from semantics.lifecycle.constraints import CONSTRAINTS, Kind, Problem, problems
from semantics.lifecycle.reader import from_properties
from tests.semantics.lifecycle.cases import ACCEPTED, MORE_WRONG, WRONG, Change, T, add, merge, nothing, put
from tests.semantics.lifecycle.samples import noncurrent, recordings, temporary


def judged(
    properties: dict[str, Any], change: Change = nothing, *, versioned: bool, smallest: int = 131_072
) -> list[Problem]:
    change(properties["rules"])
    return list(problems(from_properties(properties), versioned=versioned, smallest=smallest))


def case_names(cases: Sequence[tuple[Any, ...]]) -> list[str]:
    return [f"{case[0]}-{i}" for i, case in enumerate(cases)]


@pytest.mark.parametrize(
    ("properties", "versioned"),
    [(recordings(), True), (temporary(), False), (noncurrent(), True)],
)
def test_a_right_configuration_has_no_problem(properties: dict[str, Any], versioned: bool):
    assert judged(properties, versioned=versioned) == []


@pytest.mark.parametrize(("constraint", "path", "change", "expected", "found"), WRONG, ids=case_names(WRONG))
def test_one_wrong_thing_is_found(constraint: str, path: str, change: Change, expected: str, found: str):
    properties = recordings()
    change(properties["rules"])
    judgement = problems(from_properties(properties), versioned=True)
    problem = next(p for p in judgement if (p.constraint.id, p.property) == (constraint, path))
    assert expected in problem.expected
    assert found in problem.found


@pytest.mark.parametrize(
    ("constraint", "path", "properties", "change", "versioned", "smallest"), MORE_WRONG, ids=case_names(MORE_WRONG)
)
def test_one_wrong_thing_is_found_elsewhere(
    constraint: str, path: str, properties: dict[str, Any], change: Change, *, versioned: bool, smallest: int
):
    found = judged(properties, change, versioned=versioned, smallest=smallest)
    assert (constraint, path) in {(p.constraint.id, p.property) for p in found}


def test_every_constraint_has_a_case_that_trips_it_and_a_source():
    tripped = {case[0] for case in WRONG} | {case[0] for case in MORE_WRONG}
    assert tripped == {c.id for c in CONSTRAINTS}
    assert all(c.source.page.startswith("https://docs.aws.amazon.com/") for c in CONSTRAINTS)
    assert {c.id for c in CONSTRAINTS if c.code} == {c.id for c in CONSTRAINTS if c.kind is Kind.REFUSED}
    assert all(date.fromisoformat(c.source.read) for c in CONSTRAINTS)


@pytest.mark.parametrize("change", ACCEPTED)
def test_what_s3_accepts_is_not_refused(change: Change):
    assert [str(p) for p in judged(recordings(), change, versioned=True) if p.constraint.kind is Kind.REFUSED] == []


def test_standard_ia_before_day_30_is_legal_since_july_2026():
    assert judged(recordings(), put(0, T, [{"days": 0, "storageClass": "STANDARD_IA"}]), versioned=True) == []


def test_a_narrower_rule_may_end_objects_earlier():
    change = add(filter={"prefix": "drafts/"}, expiration={"days": 5})
    assert judged(recordings(), change, versioned=True) == []


def test_a_transition_on_the_day_of_an_expiration_still_happens_in_a_versioned_bucket():
    on_the_day = put(0, T, [{"days": 45, "storageClass": "GLACIER"}])
    properties = recordings()
    properties["rules"][1]["transitions"] = []
    assert judged(properties, on_the_day, versioned=True) == []
    assert "outrun" in {p.constraint.id for p in judged(properties, versioned=False)}


def test_small_objects_that_only_the_later_rule_moves_do_not_count_as_outrun():
    properties = noncurrent()
    properties["rules"].clear()
    add(id="archive", transitions=[{"days": 1, "storageClass": "GLACIER"}])(properties["rules"])
    add(id="later", transitions=[{"days": 3, "storageClass": "STANDARD_IA"}])(properties["rules"])
    assert "outrun" in {p.constraint.id for p in judged(properties, versioned=True)}
    properties["rules"][1]["filter"] = {"objectSizeGreaterThan": 500}
    assert "outrun" not in {p.constraint.id for p in judged(properties, versioned=True)}


def test_two_rules_that_share_no_object_do_not_overlap():
    properties: dict[str, Any] = {"rules": []}
    for name, days in (("a/", 5), ("b/", 9)):
        add(id=name, filter={"prefix": name}, expiration={"days": days})(properties["rules"])
    assert judged(properties, versioned=False) == []
    for kind, days in (("raw", 5), ("cut", 9)):
        add(id=kind, filter={"tag": {"key": "kind", "value": kind}}, expiration={"days": days})(properties["rules"])
    overlapping = {p.property for p in judged(properties, versioned=False)}
    assert overlapping == {"rules[b/].expiration.days", "rules[cut].expiration.days"}


def test_a_problem_reads_as_a_sentence():
    (problem,) = judged(recordings(), merge, versioned=True)
    assert problem.constraint.kind is Kind.REFUSED
    assert str(problem) == (
        "spacing: rules[recordings-archive].transitions is day 30, 23 days after STANDARD_IA, expected DEEP_ARCHIVE on "
        "day 37 or later, or in a rule of its own. The spacing is documented per rule, so an earlier second move needs "
        "a rule of its own."
    )
