import pytest

from runtime.objects.pace import LOWEST, Pace
from tests.stubs.s3.behaviour import Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += max(0.0, seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock, clock.sleep)


def test_nothing_waits_until_s3_complains(pace: Pace, clock: Clock) -> None:
    for _ in range(100):
        pace.wait(1000)
        pace.accepted(1000)
    assert (clock.now, pace.rate) == (0.0, None)


def test_a_complaint_sets_a_rate_below_what_went_before(pace: Pace, clock: Clock) -> None:
    pace.accepted(40_000)
    clock.now = 4.0
    pace.throttled()
    assert pace.rate == pytest.approx(7000)


def test_it_never_falls_below_what_s3_grants_one_prefix(pace: Pace, clock: Clock) -> None:
    for _ in range(50):
        clock.now += 1
        pace.throttled()
    assert pace.rate == LOWEST


def test_complaints_of_one_moment_are_one(pace: Pace, clock: Clock) -> None:
    pace.accepted(100_000)
    clock.now = 5.0
    for _ in range(12):
        pace.throttled()
    assert pace.rate == pytest.approx(14_000)


def test_keys_wait_for_their_turn(pace: Pace, clock: Clock) -> None:
    pace.throttled()
    began = clock.now
    for _ in range(8):
        pace.wait(1000)
    assert clock.now - began == pytest.approx(7000 / LOWEST)


def test_it_rises_again_while_nobody_complains(pace: Pace, clock: Clock) -> None:
    pace.throttled()
    for _ in range(20):
        clock.now += 1.0
        pace.accepted(3500)
    assert pace.rate is not None
    assert pace.rate > 2 * LOWEST


def test_it_settles_near_a_limit(pace: Pace, clock: Clock) -> None:
    throttle = Throttle(rate=5000, inside=True, clock=clock)
    deleted, refused = 0, 0
    while deleted < 300_000:
        pace.wait(1000)
        admitted = throttle.admit(1000)
        deleted += admitted
        if admitted < 1000:
            refused += 1000 - admitted
            pace.throttled()
        else:
            pace.accepted(1000)
        clock.now += 0.001
    assert deleted / clock.now > 0.8 * 5000
    assert refused < 0.1 * deleted
