import threading

import pytest

from runtime.objects.bound import OverdueError, refuse_late, within


def test_a_call_in_time_returns_its_result() -> None:
    assert within(60, lambda: 7) == 7


def test_a_call_that_raises_raises_the_same() -> None:
    error = TimeoutError("its own")

    def call() -> None:
        raise error

    with pytest.raises(TimeoutError) as caught:
        within(60, call)
    assert caught.value is error


def test_a_call_that_hangs_is_given_up_and_sends_nothing_any_more() -> None:
    go, sent, over = threading.Event(), [True], threading.Event()

    def call() -> None:
        refuse_late()
        assert go.wait(10)
        try:
            refuse_late()
        except OverdueError:
            sent.clear()
        finally:
            over.set()

    with pytest.raises(OverdueError, match=r"no whole answer within 0\.01 seconds"):
        within(0.01, call)
    go.set()
    assert over.wait(10)
    assert not sent


def test_outside_of_a_bound_everything_is_sent() -> None:
    refuse_late(request="any")


def test_it_does_not_keep_the_process_alive() -> None:
    assert within(60, lambda: threading.current_thread().daemon)
