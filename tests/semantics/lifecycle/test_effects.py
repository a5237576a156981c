"""What the constraints claim about effects, held against the simulation of them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from semantics.lifecycle.checks import DESTINATIONS
from semantics.lifecycle.constraints import Kind, problems
from semantics.lifecycle.model import (
    ALL_CLASSES_128K,
    VARIES_BY_CLASS,
    Expiration,
    Filter,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from semantics.lifecycle.simulation import Action, Version, gone, simulate

BORN = datetime(2026, 1, 1, 12, tzinfo=UTC)
classes = st.sampled_from(DESTINATIONS)
filters = st.just(Filter()) | st.builds(
    Filter,
    st.sampled_from(["", "k", "key"]),
    st.sampled_from([(), (("a", "x"),)]),
    st.none() | st.sampled_from([500, 131_071]),
)
rules = st.builds(
    LifecycleRule,
    st.just("numbered below"),
    st.just(value=True),
    filters,
    st.lists(st.builds(Transition, classes, st.integers(0, 4)), max_size=1).map(tuple),
    st.lists(st.builds(NoncurrentTransition, classes, st.integers(0, 4)), max_size=1).map(tuple),
    st.none() | st.builds(Expiration, st.integers(1, 5)) | st.just(Expiration(delete_marker=True)),
    st.none() | st.builds(NoncurrentExpiration, st.integers(1, 4), st.none() | st.integers(1, 2)),
)


def acceptable(drawn: list[LifecycleRule]) -> tuple[LifecycleRule, ...]:
    """Numbers the rules, and takes from each what S3 would refuse beside the rest."""
    kept: list[LifecycleRule] = []
    for number, rule in enumerate(drawn):
        end, gone_after = rule.expiration, rule.noncurrent_expiration
        marker = end is not None and end.delete_marker
        moves = tuple(t for t in rule.transitions if not (end and end.days) or (t.days or 0) < end.days)
        old = tuple(t for t in rule.noncurrent_transitions if not gone_after or (t.days or 0) < (gone_after.days or 0))
        where = Filter(rule.filter.prefix) if marker else rule.filter
        changed = replace(rule, id=str(number), filter=where, transitions=moves, noncurrent_transitions=old)
        if moves or old or end or gone_after:
            kept.append(changed)
    return tuple(kept)


configurations = st.builds(
    LifecycleConfiguration,
    st.lists(rules, min_size=1, max_size=4).map(acceptable).filter(bool),
    st.sampled_from([ALL_CLASSES_128K, VARIES_BY_CLASS]),
)
objects = st.builds(
    Version, st.just(BORN), st.sampled_from([100, 1000, 131_072]), st.sampled_from([{}, {"a": "x"}, {"a": "y"}])
)


def flagged(configuration: LifecycleConfiguration, constraint: str, *, versioned: bool) -> set[str]:
    found = list(problems(configuration, versioned=versioned))
    assert not [p for p in found if p.constraint.kind is Kind.REFUSED]
    return {p.property for p in found if p.constraint.id == constraint}


@pytest.mark.slow
@settings(max_examples=400)
@given(configurations, objects, st.booleans(), st.integers(0, 8))
def test_a_transition_called_outrun_never_happens(
    configuration: LifecycleConfiguration, written: Version, versioned: bool, again: int
):
    outrun = flagged(configuration, "outrun", versioned=versioned)
    versions = [written, Version(BORN + timedelta(days=again, hours=1), written.size, written.tags)]
    noncurrent: set[int] = set()
    for event in simulate(configuration, "key/1", versions if again else versions[:1], versioned=versioned):
        if event.action in (Action.CREATED, Action.MARKED):
            noncurrent |= set(range(event.version))
        if event.action is Action.MOVED:
            chain = "noncurrentVersionTransitions" if event.version in noncurrent else "transitions"
            assert f"rules[{event.rule}].{chain}[0]" not in outrun


@pytest.mark.slow
@settings(max_examples=100)
@given(configurations, objects)
def test_where_noncurrent_versions_are_said_to_expire_what_expires_is_gone(
    configuration: LifecycleConfiguration, written: Version
):
    assume(not flagged(configuration, "noncurrent-expire", versioned=True))
    events = simulate(configuration, "key/1", [written], versioned=True)
    if any(e.action is Action.MARKED for e in events):
        assert gone(events) is not None


@pytest.mark.slow
@settings(max_examples=100)
@given(configurations, objects)
def test_where_markers_are_said_to_be_removed_none_stays(configuration: LifecycleConfiguration, written: Version):
    assume(not flagged(configuration, "markers-removed", versioned=True))
    events = simulate(configuration, "key/1", [written], versioned=True)
    if gone(events) is not None:
        made = {e.version for e in events if e.action is Action.MARKED}
        assert made <= {e.version for e in events if e.action is Action.DELETED}


@pytest.mark.slow
@given(configurations, objects)
def test_of_overlapping_expirations_one_called_later_never_acts_on_what_all_admit(
    configuration: LifecycleConfiguration, written: Version
):
    admitting = tuple(
        r
        for r in configuration.rules
        if r.expiration and r.expiration.days and r.filter.admits("key/1", written.size, written.tags)
    )
    assume(admitting)
    later = {
        found[1]
        for path in flagged(replace(configuration, rules=admitting), "overlap", versioned=False)
        if (found := re.fullmatch(r"rules\[(.*)\]\.expiration\.days", path))
    }
    ended = [e.rule for e in simulate(configuration, "key/1", [written], versioned=False) if e.action is Action.DELETED]
    by = next(r for r in admitting if r.id == ended[0])
    assert by.expiration == Expiration(min(r.expiration.days or 0 for r in admitting if r.expiration))
    assert by.id not in later or all(r.expiration == by.expiration for r in admitting)


def test_of_two_moves_due_on_the_same_day_only_the_less_preferred_is_outrun() -> None:
    def rule(number: int, name: str) -> LifecycleRule:
        moves = (NoncurrentTransition(name, 2),)
        return LifecycleRule(str(number), enabled=True, filter=Filter(), noncurrent_transitions=moves)

    both = LifecycleConfiguration((rule(0, "INTELLIGENT_TIERING"), rule(1, "GLACIER")))
    outrun = [p.property for p in problems(both, versioned=True) if p.constraint.id == "outrun"]
    assert outrun == ["rules[0].noncurrentVersionTransitions[0]"]


def test_a_move_in_time_before_a_marker_that_others_put_off_is_not_outrun() -> None:
    expire = LifecycleRule("0", True, Filter(), expiration=Expiration(1))
    early = LifecycleRule("1", True, Filter(), (Transition("STANDARD_IA", 1),))
    for day, outrun in ((2, False), (3, True)):
        late = LifecycleRule("2", True, Filter(), (Transition("INTELLIGENT_TIERING", day),))
        three = LifecycleConfiguration((expire, early, late), ALL_CLASSES_128K)
        happened = simulate(three, "key/1", [Version(BORN)], versioned=True)
        assert any(e.rule == "2" for e in happened) is not outrun
        assert (flagged(three, "outrun", versioned=True) == {"rules[2].transitions[0]"}) is outrun
