import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from estate.names import PREFIX
from scripts.storage.estimates import EXPIRES_AFTER, estimate

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def backlog(objects: int, *, at_least: bool = False) -> dict[str, object]:
    return {"objects": objects, "at_least": at_least}


@pytest.mark.parametrize(("objects", "hours"), [(0, 0), (3500 * 3600, 1), (35 * 3600, 0.01)])
def test_deleting_takes_what_s3_grants_one_prefix(objects: int, hours: float) -> None:
    assert estimate(backlog(objects), NOON).deleting == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (NOON, 60),
        (NOON.replace(hour=0), 48),
        (NOON.replace(hour=0, second=1), 72 - 1 / 3600),
        (NOON.replace(hour=23), 49),
    ],
)
def test_expiration_is_through_at_the_midnight_after_two_days(now: datetime, hours: float) -> None:
    assert estimate(backlog(1), now).expiring == timedelta(hours=hours)


def test_a_backlog_that_is_soon_gone_needs_no_advice() -> None:
    assert estimate(backlog(3500 * 3600 - 1), NOON).advice == ""


def test_from_an_hour_on_both_are_said() -> None:
    said = estimate(backlog(3500 * 3600), NOON).advice
    assert said.startswith("deleting takes 1.0 hours at 3,500 keys a second and prefix; S3's own expiration ")
    assert said.endswith("in 60 hours, and free: it is the faster from 756 million keys a prefix on")


@pytest.mark.parametrize(("hours", "leave"), [(59.999, False), (60, True), (600, True)])
def test_what_s3_does_sooner_is_left_to_it(hours: float, leave: bool) -> None:
    assert estimate(backlog(int(hours * 3600 * 3500)), NOON).advice.endswith(": leave it to S3") is leave


def test_what_was_not_counted_to_its_end_is_at_least() -> None:
    assert estimate(backlog(10_000_000, at_least=True), NOON).advice.startswith("deleting takes at least 0.8 hours at ")


def test_it_counts_with_the_runbooks_days() -> None:
    runbook = (Path(__file__).parents[3] / "docs" / "runbook.md").read_text(encoding="utf-8")
    (days,) = re.findall(rf"`{PREFIX}-temporary-uploads\*`: Standard → Expire after (\d+) days", runbook)
    assert timedelta(days=int(days)) == EXPIRES_AFTER
