import pytest

from runtime.objects.control import Control, Reason
from runtime.objects.switch import FRESH
from tests.runtime.conftest import Clock, Clocked, MakeControl

ERROR = ValueError("no")


@pytest.mark.parametrize(("passed", "over"), [(99.999, False), (100.0, True), (101.0, True)])
def test_nothing_begins_at_the_deadline(control: MakeControl, clock: Clock, passed: float, over: bool) -> None:
    limits = control()
    clock.now += passed
    assert (limits.ended(), limits.cut_short()) == (over, over)
    assert limits.reason is (Reason.DEADLINE if over else None)


def test_the_parameter_is_asked_before_the_end_and_not_after(control: MakeControl, clock: Clock) -> None:
    values = ["run", "stop", "never asked"]
    limits = control(value=lambda: values.pop(0))
    assert not limits.ended()
    clock.now += FRESH
    assert limits.ended()
    clock.now += FRESH
    assert limits.ended()
    assert (limits.reason, values) == (Reason.STOPPED, ["never asked"])


def test_past_the_deadline_nobody_asks(control: MakeControl, clock: Clock) -> None:
    def unasked() -> str:
        raise AssertionError("asked")

    limits = control(lasts=0.0, value=unasked)
    assert limits.ended()
    assert limits.reason is Reason.DEADLINE


def test_a_parameter_that_cannot_be_read_is_a_stop_with_its_error(control: MakeControl) -> None:
    def refuse() -> str:
        raise ERROR

    limits = control(value=refuse)
    assert limits.ended()
    assert (limits.reason, limits.error) == (Reason.ERROR, ERROR)


def test_without_a_switch_only_the_deadline_counts(clock: Clock) -> None:
    limits = Control(deadline=clock() + 1, clock=clock)
    assert not limits.ended()
    assert limits.reason is None


def test_the_first_reason_and_the_first_error_stay(control: MakeControl, clock: Clock) -> None:
    limits = control()
    limits.fail(ERROR)
    limits.fail(KeyError("later"))
    limits.enough()
    clock.now += 1000
    assert limits.ended()
    assert (limits.reason, limits.error) == (Reason.ERROR, ERROR)


def test_blame_is_a_failure_that_goes_on(control: MakeControl) -> None:
    limits = control()
    limits.blame(ERROR)
    assert not limits.ended()
    assert (limits.reason, limits.error) == (Reason.ERROR, ERROR)


def test_blame_leaves_a_deadline_to_be_one(control: MakeControl, clock: Clock) -> None:
    limits = control()
    limits.blame(ERROR)
    clock.now += 100
    assert limits.ended()
    assert limits.reason is Reason.DEADLINE


def test_a_miscount_outdoes_every_other_reason(control: MakeControl) -> None:
    limits = control()
    limits.fail(KeyError("first"))
    limits.miscounted(ERROR)
    assert (limits.reason, limits.error) == (Reason.MISCOUNT, ERROR)


def test_enough_is_an_end(control: MakeControl) -> None:
    limits = control()
    limits.enough()
    assert (limits.ended(), limits.reason) == (True, Reason.ENOUGH)


def test_without_a_limit_everything_is_granted(control: MakeControl) -> None:
    limits = control()
    limits.give_back(5)
    assert (limits.grant(10**9), limits.remainder, limits.ended()) == (10**9, None, False)


def test_a_limit_is_granted_once_and_its_end_is_known_only_when_more_is_asked(control: MakeControl) -> None:
    limits = control(max_deletes=5)
    assert (limits.grant(3), limits.remainder, limits.grant(2), limits.remainder) == (3, 2, 2, 0)
    assert (limits.ended(), limits.reason) == (False, None)
    assert limits.grant(1) == 0
    assert (limits.ended(), limits.cut_short(), limits.reason) == (True, False, Reason.MAX_DELETES)


def test_a_part_is_granted_where_less_is_left(control: MakeControl) -> None:
    limits = control(max_deletes=5)
    assert (limits.grant(7), limits.remainder, limits.ended()) == (5, 0, True)


def test_what_is_given_back_may_be_granted_again(control: MakeControl) -> None:
    limits = control(max_deletes=5)
    limits.grant(5)
    limits.give_back(2)
    assert (limits.remainder, limits.grant(2), limits.remainder) == (2, 2, 0)


@pytest.mark.parametrize(("granted", "reason"), [(5, Reason.MAX_DELETES), (4, Reason.DEADLINE)])
def test_a_limit_that_is_used_up_ends_more_than_the_deadline(
    control: MakeControl, clock: Clock, granted: int, reason: Reason
) -> None:
    limits = control(max_deletes=5)
    limits.grant(granted)
    clock.now += 100
    assert limits.ended()
    assert limits.reason is reason


@pytest.mark.parametrize(("asked", "slept"), [(3.0, [3.0]), (150.0, [100.0]), (0.0, []), (-1.0, [])])
def test_nobody_sleeps_past_the_deadline(control: MakeControl, clock: Clock, asked: float, slept: list[float]) -> None:
    control().sleep(asked)
    assert clock.waited == slept


def test_after_the_deadline_nobody_sleeps_backwards(control: MakeControl, clock: Clock) -> None:
    limits = control()
    clock.now += 200
    limits.sleep(3.0)
    assert clock.waited == [0.0]


@pytest.mark.parametrize("how", ["fail", "enough", "stop", "deadline", "miscounted"])
def test_every_end_wakes_sleepers(clock: Clock, how: str, control: MakeControl) -> None:
    event = Clocked(clock)
    limits = control(value=lambda: "stop" if how == "stop" else "run", wake=event)
    assert not event.is_set()
    if how == "deadline":
        clock.now += 100
    if how in {"stop", "deadline"}:
        limits.ended()
    elif how == "enough":
        limits.enough()
    else:
        getattr(limits, how)(ERROR)
    assert event.is_set()


def test_a_control_has_an_event_of_its_own() -> None:
    limits = Control(deadline=float("inf"))
    limits.enough()
    limits.sleep(60)
    assert limits.ended()
