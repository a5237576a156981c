from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from estate.model import Estate, Resource, estate
from estate.paths import spelled
from policies.comparison import Comparison
from policies.rules.all import RULES
from policies.runbook.claims import WindowClaim
from policies.runbook.reader import Runbook, parse_runbook
from scripts.policy.edits import changed, removed, widened
from scripts.policy.mutants import Mutant, document_mutants, graph_mutants, spoken
from scripts.policy.mutate import Equivalent, Result, equivalents, settle

SHELF = Resource(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "shelf-lifecycle",
    {
        "bucket": "shelf-prod",
        "rules": [{"id": "expire", "status": "Enabled", "filter": {"prefix": ""}, "expiration": {"days": 14}}],
    },
)
BUCKET = Resource("aws:s3/bucket:Bucket", "shelf", {"bucket": "shelf-prod"})
RUNBOOK = parse_runbook("- `shelf-*`: Standard → Expire after 14 days.\n")
ESTATE = estate("prod", "prod", "1" * 12, "us-east-1", [SHELF, BUCKET])
CLAIM = RUNBOOK.claims[0]


def test_a_claim_speaks_of_every_leaf_of_what_it_compares():
    places = {spelled(s.leaf) for s in spoken(ESTATE, RUNBOOK) if s.leaf and s.resource.key == SHELF.key}
    assert places == {
        "bucket",
        "rules[expire].id",
        "rules[expire].status",
        "rules[expire].filter.prefix",
        "rules[expire].expiration.days",
    }


@pytest.mark.parametrize(
    ("value", "other"),
    [(14, 15), (True, False), ("45", "46"), ("abc", "abx"), ("x", "y"), ("", "x"), ([], ["x"]), ({}, {"x": "x"})],
)
def test_a_leaf_is_changed_to_another_value_of_its_kind(value: object, other: object):
    resource = Resource("aws:a/b:B", "r", {"a": [{"b": value, "c": 1}]})
    leaf = ("a", 0, "b")
    assert changed(resource, leaf).properties == {"a": [{"b": other, "c": 1}]}
    assert removed(resource, leaf).properties == {"a": [{"c": 1}]}
    assert resource.properties == {"a": [{"b": value, "c": 1}]}


def test_an_action_is_widened_to_its_service():
    resource = Resource("aws:a/b:B", "r", {"a": ["s3:GetObject", "x"]})
    assert widened(resource, ("a", 0)).properties == {"a": ["s3:*", "x"]}


def test_every_token_of_a_claim_is_mutated_and_noticed():
    mutants = list(document_mutants(RUNBOOK, [ESTATE]))
    assert {m.property for m in mutants} == {"buckets", "start", "end"}
    assert [str(m) for m in mutants if not m.caught] == []


def test_every_leaf_of_what_a_claim_speaks_of_is_mutated_and_noticed():
    mutants = list(graph_mutants(ESTATE, RUNBOOK))
    places = {(m.property, m.change) for m in mutants}
    assert ("rules[expire].expiration.days", "changed in prod") in places
    assert ("rules[expire].expiration.days", "removed in prod") in places
    assert ("(itself)", "removed in prod") in places
    survivors = {(m.property, m.change) for m in mutants if not m.caught}
    assert survivors == {
        ("rules[expire].id", "changed in prod"),
        ("rules[expire].id", "removed in prod"),
        ("rules[expire].filter.prefix", "removed in prod"),
    }


def test_a_rule_that_looks_away_lets_mutants_survive(monkeypatch: pytest.MonkeyPatch):
    (rule,) = (r for r in RULES if r.id == "lifecycle")
    blind = [replace(c, holds=True) for c in rule.compare(ESTATE, RUNBOOK)]

    def look_away(*_: object) -> list[Comparison]:
        return blind

    monkeypatch.setattr("scripts.policy.mutants.RULES", [replace(rule, compare=look_away)])
    assert not any(m.caught for m in (*document_mutants(RUNBOOK, [ESTATE]), *graph_mutants(ESTATE, RUNBOOK)))


def test_a_crash_is_a_miss(monkeypatch: pytest.MonkeyPatch):
    (rule,) = (r for r in RULES if r.id == "lifecycle")

    def crash(estate: Estate, runbook: Runbook) -> Iterable[Comparison]:
        if runbook is not RUNBOOK:
            raise KeyError("days")
        return rule.compare(estate, runbook)

    monkeypatch.setattr("scripts.policy.mutants.RULES", [replace(rule, compare=crash)])
    assert not any(m.caught for m in document_mutants(RUNBOOK, [ESTATE]))


CAUGHT = Mutant(CLAIM, "s3/bucket shelf", "bucket", "changed in prod", caught=True)
SURVIVOR = replace(CAUGHT, property="tags.owner", caught=False)


def complete(mutants: list[Mutant], known: list[Equivalent]) -> Result:
    return settle(mutants, [CLAIM.id], known)


def test_survivors_make_a_run_incomplete():
    result = complete([CAUGHT, SURVIVOR], [])
    assert (result.survivors, result.complete) == ([SURVIVOR], False)


def test_equivalents_are_set_aside():
    result = complete([CAUGHT, SURVIVOR], [Equivalent("*", "*", "tags.*", "labels")])
    assert (list(result.mutants), result.complete) == ([CAUGHT], True)


def test_an_equivalent_that_nothing_needs_makes_a_run_incomplete():
    useless = Equivalent("*", "*", "bucket", "caught anyway")
    assert complete([CAUGHT], [useless]).unused == [useless]
    assert not complete([CAUGHT], [useless]).complete


def test_a_claim_without_a_mutant_makes_a_run_incomplete():
    other = WindowClaim(environment="prod", days=45)
    assert settle([CAUGHT], [CLAIM.id, other.id], []).barren == ["window prod"]


def test_brackets_of_a_pattern_stand_for_themselves():
    pattern = Equivalent("*", "*", "rules[*].id", "a name")
    assert pattern.covers(replace(SURVIVOR, property="rules[expire].id"))
    assert not pattern.covers(replace(SURVIVOR, property="rules[expire].status"))


def test_every_equivalent_has_a_reason(tmp_path: Path):
    assert all(len(e.why) > 10 for e in equivalents())
    file = tmp_path / "equivalents.yaml"
    file.write_text("- {claim: x, resource: y, property: z}\n")
    with pytest.raises(TypeError, match="why"):
        equivalents(file)
