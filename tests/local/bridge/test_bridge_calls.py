"""Who waits for the calls under way sees all of them end, however they end; and does not wait for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from local.bridge.calls import Calls

PATIENCE = 30


def test_without_calls_nobody_waits() -> None:
    assert Calls().ended(0)


def test_a_call_under_way_is_waited_for_until_the_last_has_ended() -> None:
    calls, first, second = Calls(), threading.Event(), threading.Event()
    begun = threading.Barrier(3)

    def call(end: threading.Event) -> None:
        with calls.counted():
            begun.wait(PATIENCE)
            assert end.wait(PATIENCE)

    with ThreadPoolExecutor(3) as pool:
        running = [pool.submit(call, end) for end in (first, second)]
        begun.wait(PATIENCE)
        waiting = pool.submit(calls.ended, PATIENCE)
        first.set()
        running[0].result(PATIENCE)
        assert not waiting.done()
        assert not calls.ended(0)
        second.set()
        assert waiting.result(PATIENCE)


def test_a_call_that_fails_has_ended() -> None:
    calls = Calls()
    with pytest.raises(ValueError, match="no"), calls.counted():
        raise ValueError("no")
    assert calls.ended(0)
