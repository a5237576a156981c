import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.temporary_uploads_cleanup.request import Request, RequestError, read_request
from functions.temporary_uploads_cleanup.settings import read_settings
from runtime.environment import EnvironmentVariableError

GOOD = {
    "BUCKET": "author-temporary-uploads",
    "ACCOUNT": "123456789012",
    "STOP_PARAMETER": "/author/deleters",
    "CLEAN_AT": "03:00",
    "BACKLOG_THRESHOLD_BYTES": "1073741824",
    "AWS_LAMBDA_FUNCTION_NAME": "temporary-uploads-cleanup",
}

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
CHAINS = st.text(min_size=1, max_size=64)
CLEAN = {
    "dry_run": st.booleans(),
    "max_deletes": st.integers(1, 10**12),
    "before": st.datetimes(timezones=OFFSETS).map(datetime.isoformat),
    "chain": CHAINS,
    "depth": st.integers(1, 10),
}
MEASURE = {"heal": st.booleans(), "chain": CHAINS}
EVENTS = st.fixed_dictionaries({"mode": st.just("clean")}, optional=CLEAN) | st.fixed_dictionaries(
    {"mode": st.just("measure")}, optional=MEASURE
)


def test_the_schedules_event_is_enough() -> None:
    request = read_request({"mode": "clean"})
    assert (request.dry_run, request.max_deletes, request.before, request.depth) == (False, None, None, 1)
    assert not request.heal
    assert request.chain != read_request({"mode": "clean"}).chain


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mode": "empty"}, "mode is 'empty'; expected clean or measure"),
        ({"dry_run": "no"}, "dry_run is 'no'; expected true or false"),
        ({"max_deletes": 0}, "max_deletes is 0; expected a whole number from 1"),
        ({"max_deletes": True}, "max_deletes is True"),
        ({"max_deletes": "5"}, "max_deletes is '5'"),
        ({"depth": 11}, "depth is 11; expected a whole number from 1 to 10"),
        ({"chain": ""}, "chain is ''"),
        ({"before": "yesterday"}, "before is 'yesterday'; expected a moment as"),
        ({"before": "2026-11-24T03:00:00"}, "with its offset"),
        ({"dryrun": True}, "the event has dryrun; to clean, expected only"),
        (
            {"heal": True},
            "the event has heal; to clean, expected only before, chain, depth, dry_run, max_deletes, mode",
        ),
        ({"mode": "measure", "heal": "yes"}, "heal is 'yes'; expected true or false"),
        ({"mode": "measure", "dry_run": True}, "the event has dry_run; to measure, expected only chain, heal, mode"),
        ({"mode": "measure", "heal": True, "max_deletes": 5}, "the event has max_deletes; to measure"),
        ({"mode": "measure", "before": "2026-11-24T03:00:00+00:00"}, "the event has before; to measure"),
        ({"mode": ["measure"]}, "expected clean or measure"),
    ],
)
def test_an_event_that_cannot_be_meant_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        read_request({"mode": "clean", **change})


@given(event=EVENTS)
def test_a_request_is_written_without_loss(event: dict[str, Any]) -> None:
    request = read_request(event)
    written = json.loads(json.dumps(request.as_event()))
    assert read_request(written) == request
    assert {**written, **event} == written


def test_every_field_of_a_request_is_tried() -> None:
    assert {field.name for field in fields(Request)} == {"mode", *CLEAN, *MEASURE}


@given(event=st.fixed_dictionaries({"mode": st.just("clean"), **CLEAN}), remainder=st.none() | st.integers(0, 10**12))
def test_a_continuation_carries_everything_on(event: dict[str, Any], remainder: int | None) -> None:
    request = read_request(event)
    before = datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)
    following = request.next_run(before, remainder)
    if request.depth == 10 or remainder == 0:
        assert following is None
        return
    assert following is not None
    read = read_request(following.as_event())
    assert (read.before, read.max_deletes, read.depth) == (before, remainder, request.depth + 1)
    assert (read.mode, read.chain, read.dry_run) == (request.mode, request.chain, request.dry_run)


def test_good_settings_are_read() -> None:
    assert read_settings(GOOD).backlog_threshold == 1 << 30


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(EnvironmentVariableError, match=f"{name} is not set; expected "):
        read_settings({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BUCKET", "author-recordings-prod"),
        ("BUCKET", "my-author-temporary-uploads"),
        ("BUCKET", "author-temporary-uploads2"),
        ("ACCOUNT", "12345"),
        ("STOP_PARAMETER", "stop"),
        ("CLEAN_AT", "3:00"),
        ("CLEAN_AT", "24:00"),
        ("BACKLOG_THRESHOLD_BYTES", "1e9"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    with pytest.raises(EnvironmentVariableError, match=f"{name} is '{value}'; expected "):
        read_settings({**GOOD, name: value})
