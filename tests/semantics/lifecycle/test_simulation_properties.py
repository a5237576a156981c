from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.lifecycle.checks import DESTINATIONS
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
from semantics.lifecycle.simulation import FOREVER, Action, Event, Version, gone, simulate
from tests.semantics.lifecycle.slow_simulation import slow

START = datetime(2026, 1, 1, tzinfo=UTC)
HORIZON = date(2026, 3, 31)

days = st.integers(0, 12)
classes = st.sampled_from(DESTINATIONS)
sizes = st.sampled_from([0, 1, 1000, 131_071, 131_072, 5_000_000])
dates = st.integers(0, 20).map(lambda n: (START + timedelta(days=n)).strftime("%Y-%m-%dT00:00:00Z"))
tags = st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy"), max_size=2)
filters = st.builds(
    Filter,
    st.sampled_from(["", "", "k", "key/", "other"]),
    tags.map(lambda t: tuple(sorted(t.items()))),
    st.none() | st.sampled_from([0, 500, 131_071]),
    st.none() | st.sampled_from([2000, 200_000]),
)
transitions = st.builds(Transition, classes, days) | st.builds(Transition, classes, st.none(), dates)
expirations = (
    st.builds(Expiration, st.integers(1, 15))
    | st.builds(Expiration, st.none(), dates)
    | st.just(Expiration(delete_marker=True))
)
rules = st.builds(
    LifecycleRule,
    st.uuids().map(str),
    st.sampled_from([True, True, True, False]),
    filters | st.just(Filter()),
    st.lists(transitions, max_size=2).map(tuple),
    st.lists(st.builds(NoncurrentTransition, classes, days, st.none() | st.integers(1, 2)), max_size=2).map(tuple),
    st.none() | expirations,
    st.none() | st.builds(NoncurrentExpiration, st.integers(1, 9), st.none() | st.integers(1, 2)),
)
configurations = st.builds(
    LifecycleConfiguration, st.lists(rules, max_size=4).map(tuple), st.sampled_from([ALL_CLASSES_128K, VARIES_BY_CLASS])
)
births = st.integers(0, 20 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
holds = st.none() | st.sampled_from([FOREVER, date(2026, 1, 9), date(2026, 1, 20)])
versions = st.lists(
    st.builds(
        Version,
        births,
        sizes,
        tags,
        st.sampled_from(["STANDARD", *DESTINATIONS]),
        holds,
        st.sampled_from([0, 0, 1]).map(bool),
        st.sampled_from([0, 0, 0, 1]).map(bool),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda v: v.born,
)


def rows(events: tuple[Event, ...]) -> list[tuple[str, int, str, str]]:
    return [(str(e.day), e.version, str(e.action), e.storage_class) for e in events]


@pytest.mark.slow
@given(configurations, versions, st.booleans(), st.none() | births)
def test_the_simulation_agrees_with_asking_every_rule_on_every_day(
    configuration: LifecycleConfiguration, written: list[Version], versioned: bool, suspended: datetime | None
):
    if not versioned:
        written = [v for v in written if not v.marker] or [Version(START)]
    suspended = suspended if versioned else None
    if suspended:
        written = [replace(v, held_until=None) for v in written]
    fast = rows(simulate(configuration, "key/1", written, versioned=versioned, suspended=suspended))
    assert [r for r in fast if r[0] <= str(HORIZON)] == slow(
        configuration, "key/1", written, versioned=versioned, suspended=suspended, until=HORIZON
    )


@pytest.mark.slow
@given(configurations, versions)
def test_a_held_version_is_never_deleted_and_classes_only_go_down(
    configuration: LifecycleConfiguration, written: list[Version]
):
    held = [Version(v.born, v.size, v.tags, v.storage_class, FOREVER) for v in written]
    events = simulate(configuration, "key/1", held, versioned=True)
    created = [e.version for e in events if e.action is Action.CREATED]
    assert not [e for e in events if e.action is Action.DELETED and e.version in created]
    assert gone(events) is None


@given(births, st.integers(1, 60), st.integers(1, 30))
def test_what_expires_in_a_versioned_bucket_is_gone_a_rounded_day_after_each_count(
    born: datetime, window: int, noncurrent: int
):
    rule = LifecycleRule("end", expiration=Expiration(window), noncurrent_expiration=NoncurrentExpiration(noncurrent))
    events = simulate(LifecycleConfiguration((rule,)), "key", [Version(born)], versioned=True)
    assert gone(events) == born.date() + timedelta(days=window + 1 + noncurrent + 1)
