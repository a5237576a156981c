import threading
from collections import Counter

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.objects.bucket import Bucket, Page
from runtime.objects.control import Reason
from runtime.objects.entry import Entry
from runtime.objects.listing import list_all
from runtime.objects.ranges import CUTS, FEW, Range, Ranges
from tests.runtime.conftest import Clock, MakeControl
from tests.runtime.memory_s3 import OLD, Asked, MemoryS3, error

KEYS = st.sets(st.text("ab/09é\n", min_size=1, max_size=5), max_size=30)
SHAPES: dict[str, list[str]] = {
    "empty": [],
    "flat": [f"upload-{n:05}.part" for n in range(70)],
    "one lone way down": [f"one/lone/way/{n:03}" for n in range(60)],
    "a way too long": [f"1/2/3/4/5/6/{n:03}" for n in range(60)],
    "sixty-four prefixes": [f"{n:03}/k" for n in range(64)],
    "sixty-five prefixes": [f"{n:03}/k" for n in range(65)],
    "prefixes that are keys": [f"{n:03}/" for n in range(30)] + [f"{n:03}/f" for n in range(30)] + ["005", "zz"],
    "slashes": ["/", "//", "a//b", "a/", "a"],
}


class Pages:
    """Receives what is listed."""

    def __init__(self) -> None:
        self.found: list[Entry] = []
        self.prefixes: set[str] = set()

    def __call__(self, prefix: str, entries: list[Entry]) -> None:
        assert all(entry.key.startswith(prefix) for entry in entries)
        self.found += entries
        self.prefixes.add(prefix)

    @property
    def names(self) -> list[object]:
        return [entry.name for entry in self.found]


def fill(s3: MemoryS3, keys: list[str], page: int) -> list[str]:
    s3.page = page
    for key in keys:
        s3.put(key)
    return sorted(keys)


@pytest.mark.parametrize("page", [1, 7, 1000])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_key_is_listed_once(s3: MemoryS3, bucket: Bucket, control: MakeControl, shape: str, page: int) -> None:
    keys = fill(s3, SHAPES[shape], page)
    pages = Pages()
    assert list_all(bucket, pages, control())
    assert sorted(pages.names, key=str) == sorted(keys)


@given(keys=KEYS, page=st.integers(1, 4), versioned=st.booleans(), data=st.data())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_every_version_of_any_keys_is_listed_once(
    s3: MemoryS3,
    bucket: Bucket,
    control: MakeControl,
    *,
    keys: set[str],
    page: int,
    versioned: bool,
    data: st.DataObject,
) -> None:
    s3.__init__(versioning="Enabled" if versioned else "", page=page)
    for key in sorted(keys):
        for _ in range(data.draw(st.integers(1, 3)) if versioned else 1):
            s3.put(key)
    bucket.overview()
    pages = Pages()
    assert list_all(bucket, pages, control())
    assert Counter(pages.names) == Counter((row.key, row.id) if versioned else row.key for row in s3.versions())


def test_many_versions_of_one_key(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    s3.versioning, s3.page = "Enabled", 10
    for _ in range(60):
        s3.put("k")
    bucket.overview()
    pages = Pages()
    assert list_all(bucket, pages, control())
    assert (len(pages.names), len(set(pages.names))) == (60, 60)


def test_below_a_prefix_nothing_else_is_listed(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    fill(s3, ["a/1", "a/2/3", "b/4", "a"], 2)
    pages = Pages()
    assert list_all(bucket, pages, control(), "a/")
    assert sorted(pages.names, key=str) == ["a/1", "a/2/3"]


def test_what_a_prefix_divides_is_told_by_prefix(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    fill(s3, ["a/1", "b/1", "c"], 10)
    pages = Pages()
    list_all(bucket, pages, control())
    assert pages.prefixes == {"", "a/", "b/"}


def test_a_flat_listing_is_not_one_chain_of_pages(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    """Whoever would follow a page waits until others have begun where no page had ended."""
    fill(s3, SHAPES["flat"], 10)
    begun: set[str] = set()
    several = threading.Event()

    def wait(asked: Asked) -> None:
        if after := asked.query.get("start-after"):
            begun.add(after)
        if len(begun) >= 2:
            several.set()
        if "continuation-token" in asked.query:
            several.wait(5)

    s3.before = wait
    list_all(bucket, Pages(), control(lasts=10**6))
    assert several.is_set()


def test_an_error_that_stays_ends_the_listing_by_itself(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    fill(s3, SHAPES["flat"], 10)
    s3.before = lambda asked: error(403, "AccessDenied") if "start-after" in asked.query else None
    limits = control()
    with pytest.raises(ClientError, match="AccessDenied"):
        list_all(bucket, Pages(), limits)
    assert limits.reason is Reason.ERROR


def test_an_error_that_passes_is_asked_again(s3: MemoryS3, bucket: Bucket, control: MakeControl) -> None:
    keys = fill(s3, SHAPES["flat"], 10)
    s3.before = lambda _asked: error(503, "SlowDown") if len(s3.asked) % 3 == 0 else None
    pages = Pages()
    assert list_all(bucket, pages, control(lasts=10**6))
    assert sorted(pages.names, key=str) == keys


def test_a_run_that_ends_does_not_list_on(s3: MemoryS3, bucket: Bucket, control: MakeControl, clock: Clock) -> None:
    fill(s3, SHAPES["flat"], 10)
    limits, pages = control(), Pages()

    def take(prefix: str, entries: list[Entry]) -> None:
        pages(prefix, entries)
        clock.now += 1000

    assert not list_all(bucket, take, limits)
    assert 10 <= len(pages.found) < 70
    assert limits.reason is Reason.DEADLINE


def entry(key: str) -> Entry:
    return Entry(key, 1, OLD, '"e"', "", True)


def page_of(*keys: str, more: bool = True) -> Page:
    return Page([entry(key) for key in keys], [], {"ContinuationToken": keys[-1]} if more else None)


@pytest.fixture
def one(bucket: Bucket) -> tuple[Ranges, Range]:
    ranges = Ranges(bucket, [Range("p/", read="p/")], "0123456789")
    part = ranges.take()
    assert part is not None
    return ranges, part


def test_a_range_is_cut_only_after_a_page_of_it_is_known(one: tuple[Ranges, Range]) -> None:
    ranges, part = one
    assert ranges.cut() is None
    entries, more = ranges.accept(part, page_of("p/1", "p/2"))
    assert ([found.key for found in entries], more) == (["p/1", "p/2"], True)
    assert ranges.cut() is None, "its reader may wait for others"
    assert ranges.ask(part) == {"ContinuationToken": "p/2"}
    half = ranges.take()
    assert half is not None
    assert (half.prefix, half.until, half.following) == ("p/", None, {"StartAfter": half.read})
    assert part.until == half.read > "p/2"
    assert half.read.startswith("p/")


def test_what_lies_beyond_a_cut_is_the_others(one: tuple[Ranges, Range]) -> None:
    ranges, part = one
    ranges.accept(part, page_of("p/1"))
    ranges.ask(part)
    half = ranges.take()
    assert half is not None
    bound = half.read
    entries, more = ranges.accept(part, page_of("p/15", bound, bound + "0"))
    assert ([found.key for found in entries], more) == (["p/15", bound], False)


def test_a_page_that_ends_at_the_bound_is_not_the_last(one: tuple[Ranges, Range]) -> None:
    ranges, part = one
    ranges.accept(part, page_of("p/1"))
    ranges.ask(part)
    half = ranges.take()
    assert half is not None
    assert ranges.accept(part, page_of("p/15", half.read))[1]


def test_a_range_is_cut_so_often_between_two_pages_and_no_more(one: tuple[Ranges, Range]) -> None:
    ranges, part = one
    ranges.accept(part, page_of("p/1555555"))
    ranges.ask(part)
    cuts = [ranges.cut() for _ in range(CUTS + 1)]
    assert cuts[-1] is None
    bounds = [half.read for half in cuts if half]
    assert len(bounds) == CUTS
    assert bounds == sorted(bounds, reverse=True)
    ranges.accept(part, page_of("p/1555556"))
    ranges.ask(part)
    assert ranges.cut() is not None


@pytest.mark.parametrize(("reading", "cut"), [(FEW, True), (FEW + 1, False)])
def test_where_many_are_read_only_what_is_longer_is_cut(bucket: Bucket, reading: int, cut: bool) -> None:
    ranges = Ranges(bucket, [Range(f"{n:02}/", read=f"{n:02}/") for n in range(reading)], "0123456789")
    parts = [ranges.take() for _ in range(reading)]
    first = parts[0]
    assert first is not None
    ranges.accept(first, page_of(f"{first.prefix}1"))
    ranges.ask(first)
    assert (ranges.cut() is not None) is cut
    ranges.accept(first, page_of(f"{first.prefix}2"))
    ranges.ask(first)
    assert ranges.cut() is not None


def test_the_range_that_was_cut_least_and_read_longest_is_cut(bucket: Bucket) -> None:
    ranges = Ranges(bucket, [Range("a/", read="a/"), Range("b/", read="b/")], "0123456789")
    second, first = ranges.take(), ranges.take()
    assert first is not None
    assert second is not None
    ranges.accept(first, page_of("a/1"))
    ranges.ask(first)
    ranges.accept(second, page_of("b/1"))
    ranges.ask(second)
    ranges.accept(second, page_of("b/2"))
    ranges.ask(second)
    halves = [ranges.cut() for _ in range(3)]
    assert [half.prefix for half in halves if half] == ["b/", "a/", "b/"]


def test_all_read_and_abandoned_are_both_an_end(one: tuple[Ranges, Range], bucket: Bucket) -> None:
    ranges, part = one
    assert ranges.accept(part, page_of("p/1", more=False)) == ([entry("p/1")], False)
    assert ranges.take() is None
    other = Ranges(bucket, [Range("")])
    other.abandon()
    assert other.take() is None


def test_an_empty_page_moves_nothing(one: tuple[Ranges, Range]) -> None:
    ranges, part = one
    ranges.accept(part, page_of("p/1"))
    ranges.ask(part)
    assert ranges.accept(part, Page([], [], {"ContinuationToken": "x"})) == ([], True)
    assert (part.read, part.following, part.pages) == ("p/1", {"ContinuationToken": "x"}, 2)
