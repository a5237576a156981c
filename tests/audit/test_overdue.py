"""What counts as overdue: two days past a transition or the window, not held, not too small to move."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from audit.api import AbsentError, Account, UnreadableError
from audit.model import Overdue, Status
from audit.overdue import ANY, Backlog, data_buckets, find_overdue, findings, overdue_by, versions
from estate.model import Estate
from estate.names import Names
from policies.runbook.claims import LeftoverClaim
from semantics.lifecycle.reader import from_properties
from tests.components.published import declared as declared_estate
from tests.policies.declared import chain, claim, window

RECORDINGS = "author-recordings-prod"
COLDER, COLDEST = chain("author-recordings-*")
WINDOW = window("prod")
KEPT = claim(LeftoverClaim, "author-recordings-*").noncurrent_days or 0
"""Days on which a recording moves, and moves on, ends, and is gone after it ended."""

BORN = datetime(2026, 1, 1, 12, tzinfo=UTC)
BIG, SMALL = 1 << 20, 1000


@pytest.fixture(scope="module")
def declared() -> Estate:
    return declared_estate("prod")


def listed(size: int = BIG, storage_class: str = "STANDARD", *, version: str = "v1", **more: Any) -> dict[str, Any]:
    return {
        "Key": "call/1",
        "VersionId": version,
        "LastModified": BORN,
        "Size": size,
        "StorageClass": storage_class,
        "IsLatest": True,
        **more,
    }


def marker(day: int) -> dict[str, Any]:
    return {"Key": "call/1", "VersionId": "m", "LastModified": BORN + timedelta(days=day), "IsLatest": True}


class FakeAccount(Account):
    """Answers a listing and the questions for holds."""

    def __init__(self, answer: dict[str, Any], hold: Callable[[], Any] = dict) -> None:
        self.answer, self.hold = answer, hold

    def ask(self, service: str, operation: str, **parameters: Any) -> Any:
        if operation == "get_object_legal_hold":
            return self.hold()
        return self.answer if parameters["Bucket"] == RECORDINGS else {}


def found(declared: Estate, after_days: int, hold: Callable[[], Any] = dict, **answer: Any) -> Backlog:
    today = BORN.date() + timedelta(days=after_days)
    return find_overdue(FakeAccount(answer, hold), declared, [RECORDINGS], today)


def counted(backlog: Backlog) -> list[tuple[int, int, str | None]]:
    return [(o.objects, o.bytes, o.oldest) for o in backlog.overdue]


@pytest.mark.parametrize(
    ("days", "storage_class", "overdue"),
    [
        # Of 7 days: due on day 8, for it was born at noon; two days of grace end with day 10.
        (COLDER + 2, "STANDARD", False),
        (COLDER + 3, "STANDARD", True),
        (COLDEST + 2, "STANDARD_IA", False),
        (COLDEST + 3, "STANDARD_IA", True),
        (WINDOW + 2, "DEEP_ARCHIVE", False),
        (WINDOW + 3, "DEEP_ARCHIVE", True),
    ],
)
def test_an_object_is_overdue_two_days_past_each_step(
    declared: Estate, days: int, storage_class: str, overdue: bool
) -> None:
    backlog = found(declared, days, Versions=[listed(storage_class=storage_class)])
    assert counted(backlog) == ([(1, BIG, "2026-01-01")] if overdue else [])


def test_an_object_that_never_moves_for_its_size_is_overdue_only_at_its_end(declared: Estate) -> None:
    assert counted(found(declared, WINDOW - 5, Versions=[listed(SMALL)])) == []
    assert counted(found(declared, WINDOW + 3, Versions=[listed(SMALL)])) == [(1, SMALL, "2026-01-01")]


def test_each_object_counts_once_for_the_rule_that_was_due_first(declared: Estate) -> None:
    assert [(o.rule, o.objects) for o in found(declared, COLDER + 20, Versions=[listed()]).overdue] == [
        ("recordings-standard-ia", 1)
    ]


def test_a_version_behind_a_marker_waits_for_its_noncurrent_days(declared: Estate) -> None:
    version = listed(storage_class="DEEP_ARCHIVE", IsLatest=False)
    hidden = marker(WINDOW + 1)
    assert counted(found(declared, WINDOW + KEPT + 2, Versions=[version], DeleteMarkers=[hidden])) == []
    assert counted(found(declared, WINDOW + KEPT + 4, Versions=[version], DeleteMarkers=[hidden])) == [
        (1, BIG, "2026-01-01")
    ]


def test_what_is_held_is_not_overdue_and_what_is_released_is(declared: Estate) -> None:
    def absent() -> Any:
        raise AbsentError("NoSuchObjectLockConfiguration")

    ended = {"Versions": [listed(storage_class="DEEP_ARCHIVE")]}
    assert counted(found(declared, WINDOW + 15, lambda: {"LegalHold": {"Status": "ON"}}, **ended)) == []
    for released in (lambda: {"LegalHold": {"Status": "OFF"}}, absent):
        assert len(counted(found(declared, WINDOW + 15, released, **ended))) == 1


def test_a_hold_that_cannot_be_read_counts_as_held_and_leaves_the_audit_incomplete(declared: Estate) -> None:
    def denied() -> Any:
        raise UnreadableError("s3:get_object_legal_hold answered AccessDenied")

    backlog = found(declared, WINDOW + 15, denied, Versions=[listed(storage_class="DEEP_ARCHIVE")])
    assert backlog.overdue == ()
    (finding,) = findings(backlog, declared)
    assert finding.status is Status.UNREADABLE
    assert "AccessDenied" in finding.found


def test_a_listing_that_was_cut_says_at_least(declared: Estate) -> None:
    assert found(declared, 1, Versions=[listed()], NextToken="more").overdue == (
        Overdue(RECORDINGS, ANY, 0, 0, None, complete=False),
    )
    backlog = found(declared, COLDER + 3, Versions=[listed()], NextToken="more")
    assert {o.complete for o in backlog.overdue} == {False}
    (finding,) = findings(backlog, declared)
    assert "at least 1 objects" in finding.found


def test_a_finding_names_bucket_rule_count_bytes_and_oldest(declared: Estate) -> None:
    backlog = found(declared, COLDER + 3, Versions=[listed(), listed(version="v2", Key="call/2")])
    (finding,) = findings(backlog, declared)
    assert finding.subject.physical == RECORDINGS
    assert finding.subject.property.startswith("rules[")
    assert "2 objects, 2.0 MiB, the oldest from 2026-01-01" in finding.found
    assert finding.source.startswith("components/")


def test_every_data_bucket_is_looked_into(declared: Estate) -> None:
    assert data_buckets(declared) == list(Names("prod", declared.account, declared.region).data_buckets)
    assert RECORDINGS in data_buckets(declared)


def test_a_rule_that_is_off_or_asks_for_tags_is_behind_with_nothing() -> None:
    (version,) = versions({"Versions": [listed()]})
    rule: dict[str, Any] = {"id": "r", "status": "Enabled", "filter": {}, "expiration": {"days": 1}}
    late = date(2026, 6, 1)

    def behind(**change: Any) -> bool:
        return overdue_by(version, from_properties({"rules": [rule | change]}), late, versioned=False) is not None

    assert behind()
    assert not behind(status="Disabled")
    assert not behind(filter={"tag": {"key": "temporary", "value": "true"}})
    assert not behind(filter={"prefix": "elsewhere/"})
