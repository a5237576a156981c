import pytest

from runtime.objects.pace import LOWEST, Pace
from tests.runtime.conftest import Clock
from tests.stubs.s3.behaviour import Throttle


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def wait(pace: Pace, clock: Clock, keys: int = 1000) -> None:
    clock.now += pace.reserve(keys)


def test_nothing_waits_until_s3_complains(pace: Pace, clock: Clock) -> None:
    for _ in range(100):
        wait(pace, clock)
        pace.accepted(1000)
    assert (clock.now, pace.rate, pace.due()) == (1000.0, None, 0.0)


def test_a_complaint_sets_a_rate_below_what_went_before(pace: Pace, clock: Clock) -> None:
    pace.accepted(40_000)
    clock.now += 4.0
    pace.throttled()
    assert pace.rate == pytest.approx(7000)


def test_it_never_falls_below_what_s3_grants_one_prefix(pace: Pace, clock: Clock) -> None:
    for _ in range(50):
        clock.now += 1
        pace.throttled()
    assert pace.rate == LOWEST


def test_complaints_of_one_moment_are_one(pace: Pace, clock: Clock) -> None:
    pace.accepted(100_000)
    clock.now += 5.0
    for _ in range(12):
        pace.throttled()
    assert pace.rate == pytest.approx(14_000)


def test_keys_wait_for_their_turn(pace: Pace, clock: Clock) -> None:
    pace.throttled()
    began = clock.now
    for _ in range(8):
        wait(pace, clock)
    assert clock.now - began == pytest.approx(7000 / LOWEST)


def test_it_rises_by_a_twentieth_once_a_second_while_nobody_complains(pace: Pace, clock: Clock) -> None:
    pace.throttled()
    for passed, expected in ((0.999, 1.0), (0.001, 1.05), (0.999, 1.05), (0.001, 1.05**2)):
        clock.now += passed
        pace.accepted(1000)
        assert pace.rate == pytest.approx(LOWEST * expected)


@pytest.mark.parametrize(("passed", "again"), [(0.499, 1.0), (0.5, 0.7)])
def test_a_second_complaint_counts_half_a_second_after_the_first(
    pace: Pace, clock: Clock, passed: float, again: float
) -> None:
    pace.accepted(100_000)
    clock.now += 5.0
    pace.throttled()
    clock.now += passed
    pace.throttled()
    assert pace.rate == pytest.approx(14_000 * again)


def test_a_complaint_in_the_first_moment_is_not_taken_for_a_rate_without_bound(pace: Pace) -> None:
    pace.accepted(1000)
    pace.throttled()
    assert pace.rate == pytest.approx(7000)


def test_a_turn_says_when_the_next_is_due_and_unused_time_is_not_saved_up(pace: Pace, clock: Clock) -> None:
    pace.throttled()
    assert (pace.due(), pace.reserve(3500), pace.due()) == (0.0, 0.0, 1.0)
    assert (pace.reserve(7000), pace.due()) == (1.0, 3.0)
    clock.now += 60
    assert pace.due() == 0.0
    assert (pace.reserve(3500), pace.due()) == (0.0, 1.0)


def test_turns_wait_from_the_complaint_on(pace: Pace, clock: Clock) -> None:
    clock.now += 10
    pace.throttled()
    pace.reserve(350)
    assert pace.due() == pytest.approx(0.1)


def test_it_settles_near_a_limit(pace: Pace, clock: Clock) -> None:
    throttle = Throttle(rate=5000, inside=True, clock=clock)
    deleted, refused, began = 0, 0, clock.now
    while deleted < 300_000:
        wait(pace, clock)
        admitted = throttle.admit(1000)
        deleted += admitted
        if admitted < 1000:
            refused += 1000 - admitted
            pace.throttled()
        else:
            pace.accepted(1000)
        clock.now += 0.001
    assert deleted / (clock.now - began) > 0.8 * 5000
    assert refused < 0.1 * deleted


@pytest.fixture
def below(pace: Pace, clock: Clock) -> Pace:
    return Pace(clock, pace)


def test_what_one_prefix_is_throttled_by_is_its_own(pace: Pace, below: Pace, clock: Clock) -> None:
    for again in (False, True, False):
        below.throttled(again=again and below.rate != LOWEST)
        clock.now += 1
    assert (below.rate, pace.rate) == (LOWEST, None)


def test_at_what_s3_grants_a_prefix_a_second_complaint_is_everybodys(pace: Pace, below: Pace, clock: Clock) -> None:
    below.accepted(20_000)
    clock.now += 2
    below.throttled(again=True)
    assert (below.rate, pace.rate) == (pytest.approx(7000), None)
    clock.now += 1
    below.throttled()
    clock.now += 1
    below.throttled(again=True)
    assert (below.rate, pace.rate) == (LOWEST, None)
    below.throttled(again=True)
    assert pace.rate == max(LOWEST, 0.7 * 20_000 / 4)


def test_a_turn_is_due_when_both_are(pace: Pace, below: Pace) -> None:
    pace.throttled()
    assert (below.reserve(7000), below.due(), pace.due()) == (0.0, 2.0, 2.0)
    below.throttled()
    assert (below.reserve(3500), below.due()) == (2.0, 3.0)
    assert pace.reserve(0) == 3.0


def test_ones_own_turn_may_be_the_later(pace: Pace, below: Pace, clock: Clock) -> None:
    below.throttled()
    below.reserve(35_000)
    assert (pace.due(), below.due(), below.reserve(1)) == (0.0, 10.0, 10.0)


def test_what_is_accepted_below_is_accepted_above(pace: Pace, below: Pace, clock: Clock) -> None:
    below.accepted(50_000)
    clock.now += 5
    pace.throttled()
    assert pace.rate == pytest.approx(7000)
