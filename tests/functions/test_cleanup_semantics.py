from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.objects.bucket import Bucket, Refusal
from runtime.objects.entry import Entry
from tests.stubs.s3.behaviour import Behaviour
from tests.stubs.s3.control import Stub

pytestmark = pytest.mark.process

Run = Callable[..., dict[str, Any]]
KEYS = [f"{prefix}/{n:04}" for prefix in "abc" for n in range(700)]


def moment(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_everything_older_than_the_run_is_deleted_and_named(stub: Stub, clean: Run, log: Any) -> None:
    stub.fill(KEYS, size=10)
    summary = clean()
    assert (summary["result"], summary["deleted"], summary["bytes"], summary["remaining"]) == ("clean", 2100, 21_000, 0)
    assert sorted(log.keys("deleted")) == KEYS
    assert stub.state()["objects"] == 0


def test_an_empty_bucket_is_clean(stub: Stub, clean: Run) -> None:
    summary = clean()
    assert (summary["result"], summary["deleted"], summary["remaining"]) == ("clean", 0, 0)
    assert stub.state()["counts"].get("DeleteObjects", 0) == 0


def test_every_delete_carries_an_etag_and_every_call_the_owner(stub: Stub, clean: Run) -> None:
    stub.fill([*KEYS, "odd\x01key"])
    clean()
    counts = stub.state()["counts"]
    assert (counts["keys"], counts["unconditional"]) == (2101, 0)
    assert counts.get("ownerless", 0) == 0


def test_what_came_in_the_same_second_or_later_stays(stub: Stub, clean: Run) -> None:
    stub.put("old", "x", modified=moment(seconds=5))
    stub.put("same second", "x", modified=moment(seconds=-1))
    stub.put("later", "x", modified=moment(hours=-1))
    assert clean()["result"] == "clean"
    assert set(stub.state()["keys"]) == {"same second", "later"}


@pytest.mark.parametrize(("ahead", "left"), [(3600, set[str]()), (-3600, {"half an hour old"})])
def test_the_clock_is_s3s_own(stub: Stub, clean: Run, ahead: float, left: set[str]) -> None:
    stub.put("half an hour old", "x", modified=moment(minutes=30))
    stub.behave(clock_ahead=ahead)
    clean()
    assert set(stub.state()["keys"]) == left


def test_a_key_overwritten_between_listing_and_delete_stays(
    stub: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch, log: Any
) -> None:
    stub.fill(KEYS)
    delete = Bucket.delete_batch
    overwritten = KEYS[::100]

    def overwrite_first(self: Bucket, entries: list[Entry]) -> list[Refusal]:
        for entry in entries:
            if entry.key in overwritten:
                stub.put(entry.key, "new", modified=moment(hours=-1))
        return delete(self, entries)

    monkeypatch.setattr(Bucket, "delete_batch", overwrite_first)
    summary = clean()
    assert (summary["result"], summary["changed"], summary["deleted"]) == ("clean", 21, 2079)
    assert sorted(stub.state()["keys"]) == overwritten == sorted(log.keys("changed"))


def test_an_upload_older_than_a_day_is_aborted(stub: Stub, clean: Run, log: Any) -> None:
    stub.upload("abandoned", moment(hours=25))
    stub.upload("in progress +1", moment(hours=23))
    assert clean()["uploads_aborted"] == 1
    assert stub.state()["uploads"] == ["in progress +1"]
    assert [key for key, _ in log.keys("upload aborted")] == ["abandoned"]


def test_versions_and_delete_markers_go_too(stub: Stub, clean: Run) -> None:
    stub.reset(versioned=True)
    for body in ("first", "second"):
        stub.put("kept twice", body)
    stub.put("deleted", "x")
    stub.delete("deleted", modified=moment(hours=-1))
    stub.put("new", "x", modified=moment(hours=-1))
    assert stub.state()["versions"] == 5
    summary = clean()
    # The marker came after the run began, so this run leaves it to the next.
    assert (summary["result"], summary["deleted"]) == ("clean", 3)
    assert stub.state()["versions"] == 2


def test_old_delete_markers_are_deleted(stub: Stub, clean: Run) -> None:
    stub.reset(versioned=True)
    stub.put("deleted", "x")
    stub.delete("deleted", modified=moment(hours=2))
    assert clean()["deleted"] == 2
    assert stub.state()["versions"] == 0


@pytest.fixture
def suspended(stub: Stub) -> Stub:
    stub.reset(versioned=True)
    stub.suspend()
    return stub


def upload_after_listing(monkeypatch: pytest.MonkeyPatch, stub: Stub, key: str) -> None:
    """Has somebody upload a key as soon as the bucket has been listed for the first time."""
    page = Bucket.page
    uploaded: list[str] = []

    def listed(self: Bucket, *arguments: Any, **more: Any) -> Any:
        found = page(self, *arguments, **more)
        if not uploaded:
            uploaded.append(key)
            stub.put(key, "new", modified=moment(hours=-1))
        return found

    monkeypatch.setattr(Bucket, "page", listed)


def test_what_replaces_a_null_marker_stays(suspended: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    suspended.put("again", "x")
    suspended.delete("again")
    suspended.put("old", "x")
    upload_after_listing(monkeypatch, suspended, "again")
    summary = clean()
    assert (summary["result"], summary["deleted"]) == ("clean", 1)
    assert list(suspended.state()["keys"]) == ["again"]


def test_a_null_marker_stays_is_counted_and_named_and_fails_nothing(suspended: Stub, clean: Run, log: Any) -> None:
    suspended.put("deleted", "x")
    suspended.delete("deleted")
    suspended.put("old", "x")
    for deleted in (1, 0):
        summary = clean()
        assert (summary["result"], summary["remaining"], summary["deleted"]) == ("clean", 0, deleted)
        assert summary["null_markers"] == 1
    assert log.keys("kept") == [("deleted", "null")] * 2
    assert suspended.state()["history"] == {"deleted": ["null"]}


def test_a_null_version_overwritten_between_listing_and_delete_stays(
    suspended: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    suspended.put("again", "x")
    upload_after_listing(monkeypatch, suspended, "again")
    summary = clean()
    assert (summary["result"], summary["changed"], summary["deleted"]) == ("clean", 1, 0)
    assert list(suspended.state()["keys"]) == ["again"]


def bury(stub: Stub, key: str, modified: str) -> None:
    """Puts a version with an id of its own over an old version `null`."""
    stub.put(key, "below")
    stub.suspend(suspended=False)
    stub.put(key, "above", modified=modified)
    stub.suspend()


def test_a_buried_null_version_goes_after_what_lies_above_it(suspended: Stub, clean: Run) -> None:
    bury(suspended, "k", moment(hours=2))
    summary = clean()
    assert (summary["result"], summary["deleted"], summary["listed"], summary["left"]) == ("clean", 2, 2, 0)
    assert suspended.state()["versions"] == 0


def test_a_buried_null_version_is_not_deleted_while_it_cannot_be_guarded(suspended: Stub, clean: Run) -> None:
    bury(suspended, "k", moment(hours=-1))
    summary = clean()
    assert (summary["result"], summary["deleted"], summary["remaining"]) == ("incomplete", 0, 1)


def test_what_replaces_a_buried_null_version_stays(
    suspended: Stub, clean: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    bury(suspended, "k", moment(hours=2))
    upload_after_listing(monkeypatch, suspended, "k")
    assert clean()["result"] == "clean"
    assert suspended.state()["history"] == {"k": ["null"]}


def test_more_versions_than_one_page(stub: Stub, clean: Run) -> None:
    stub.reset(versioned=True)
    for n in range(1203):
        stub.put(f"k{n % 3}", str(n))
    assert clean()["deleted"] == 1203
    assert stub.state()["versions"] == 0


@pytest.mark.parametrize(
    "keys",
    [
        [f"flat-{n:05}" for n in range(2500)],
        [f"one/lone/way/{n:05}" for n in range(1500)],
        [f"user-{n:05}/file" for n in range(1500)],
        [f"{n:03}/file" for n in range(100)] + [f"{n:03}/" for n in range(100)] + ["050", "zzz"],
        ["/", "//", "a//b", "a/", "a"],
    ],
    ids=["flat", "one prefix", "more prefixes than a page", "prefixes that are keys", "slashes"],
)
def test_shards_hold_every_key_once(stub: Stub, clean: Run, keys: list[str], log: Any) -> None:
    stub.fill(keys)
    assert clean()["result"] == "clean"
    assert sorted(log.keys("deleted")) == sorted(keys)
    assert stub.state()["objects"] == 0


def test_no_request_names_more_than_a_thousand_keys(stub: Stub, clean: Run) -> None:
    stub.fill([f"{n % 7}/{n}" for n in range(5000)])
    stub.behave(Behaviour())
    assert clean()["deleted"] == 5000
    assert 5 <= stub.state()["counts"]["DeleteObjects"] <= 12, "one of each prefix at most, and what rests together"
