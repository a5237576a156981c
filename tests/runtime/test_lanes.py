import threading

import pytest

from runtime.objects.entry import Entry
from runtime.objects.lanes import BATCH, WAITING, Batch, Lanes
from runtime.objects.pace import LOWEST
from tests.runtime.conftest import Clock
from tests.runtime.memory_s3 import OLD


def entries(prefix: str, count: int) -> list[Entry]:
    return [Entry(f"{prefix}{n:06}", 1, OLD, '"e"', "", True) for n in range(count)]


class Clocked(threading.Condition):
    """A condition whose waiting only moves the clock; waiting for nothing in particular would be for ever."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.notified = 0

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is None:
            raise TimeoutError("for ever")
        return self.clock.wait(timeout)

    def notify_all(self) -> None:
        self.notified += 1
        super().notify_all()


@pytest.fixture
def changed(clock: Clock) -> Clocked:
    return Clocked(clock)


@pytest.fixture
def lanes(clock: Clock, changed: Clocked) -> Lanes:
    return Lanes(clock, changed)


def took(lanes: Lanes) -> Batch:
    batch = lanes.take()
    assert batch is not None
    return batch


def test_full_batches_of_one_prefix_come_in_order(lanes: Lanes) -> None:
    a = entries("a/", 2500)
    lanes.add("a/", a)
    assert (took(lanes).entries, took(lanes).entries) == (a[:BATCH], a[BATCH : 2 * BATCH])


@pytest.mark.parametrize(("count", "waits"), [(BATCH - 1, True), (BATCH, False)])
def test_what_is_not_full_waits_for_more(lanes: Lanes, count: int, waits: bool) -> None:
    lanes.add("a/", entries("a/", count))
    if waits:
        with pytest.raises(TimeoutError, match="for ever"):
            lanes.take()
    else:
        assert len(took(lanes).entries) == count


def test_at_the_end_what_rests_goes_together_and_then_there_is_no_more(lanes: Lanes) -> None:
    lanes.add("a/", entries("a/", 1300))
    lanes.add("b/", entries("b/", 400))
    lanes.close()
    whole, mixed = took(lanes), took(lanes)
    assert [len(batch.entries) for batch in (whole, mixed)] == [1000, 700]
    assert {entry.key[:2] for entry in whole.entries} == {"a/"}
    assert {entry.key[:2] for entry in mixed.entries} == {"a/", "b/"}
    assert lanes.take() is None
    assert lanes.take() is None


def test_an_end_with_nothing_is_an_end(lanes: Lanes) -> None:
    lanes.add("a/", [])
    lanes.close()
    assert lanes.take() is None


def test_each_prefix_has_its_own_pace_and_whose_turn_is_first_comes_first(lanes: Lanes, clock: Clock) -> None:
    lanes.add("a/", entries("a/", 3000))
    lanes.add("b/", entries("b/", 2000))
    first = took(lanes)
    first.pace.throttled()
    first.pace.reserve(7000)
    assert [took(lanes).entries[0].key[:2] for _ in range(2)] == ["b/", "b/"]
    before = clock.now
    last = took(lanes)
    assert (last.entries[0].key[:2], last.pace) == ("a/", first.pace)
    assert clock.now - before == pytest.approx(7000 / LOWEST)
    took(lanes)
    assert clock.now - before == pytest.approx(8000 / LOWEST), "the batch before has its own time"


@pytest.mark.parametrize(("count", "waits"), [(WAITING * BATCH - 1, False), (WAITING * BATCH, True)])
def test_listers_wait_while_there_is_enough_to_do(lanes: Lanes, count: int, waits: bool) -> None:
    lanes.add("a/", entries("a/", count))
    if waits:
        with pytest.raises(TimeoutError, match="for ever"):
            lanes.add("b/", entries("b/", 1))
        took(lanes)
    lanes.add("b/", entries("b/", 1))


def test_every_change_wakes_whoever_waits(lanes: Lanes, changed: Clocked) -> None:
    lanes.add("a/", entries("a/", BATCH))
    assert changed.notified == 1
    took(lanes)
    assert changed.notified == 2
    lanes.close()
    assert changed.notified == 3
