from datetime import UTC, datetime
from typing import Any

import pytest

from functions.temporary_uploads_cleanup.request import Request, RequestError, read_request
from functions.temporary_uploads_cleanup.settings import SettingsError, read_settings

GOOD = {
    "BUCKET": "author-temporary-uploads",
    "ACCOUNT": "123456789012",
    "STOP_PARAMETER": "/author/deleters",
    "CLEAN_AT": "03:00",
    "BACKLOG_THRESHOLD_BYTES": "1073741824",
    "AWS_LAMBDA_FUNCTION_NAME": "temporary-uploads-cleanup",
}


def test_the_schedules_event_is_enough() -> None:
    request = read_request({"mode": "clean"})
    assert (request.dry_run, request.max_deletes, request.before, request.depth) == (False, None, None, 1)
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
        ({"dryrun": True}, "the event has dryrun; expected only"),
    ],
)
def test_an_event_that_cannot_be_meant_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(RequestError, match=message):
        read_request({"mode": "clean", **change})


def test_a_continuation_reads_back_as_it_was_written() -> None:
    before = datetime(2026, 11, 24, 3, 0, 5, tzinfo=UTC)
    following = Request(mode="clean", chain="nightly", depth=9).next_run(before)
    assert following is not None
    assert read_request(following.as_event()) == following
    assert (following.depth, following.next_run(before)) == (10, None)


def test_good_settings_are_read() -> None:
    assert read_settings(GOOD).backlog_threshold == 1 << 30


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is not set; expected "):
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
    with pytest.raises(SettingsError, match=f"{name} is '{value}'; expected "):
        read_settings({**GOOD, name: value})
