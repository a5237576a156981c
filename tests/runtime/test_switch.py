import threading

import pytest

from runtime.objects.switch import FRESH, Switch
from tests.runtime.conftest import Clock


class Parameter:
    def __init__(self, value: str = "run") -> None:
        self.value = value
        self.reads = 0

    def __call__(self) -> str:
        self.reads += 1
        return self.value


@pytest.mark.parametrize(
    ("value", "goes"), [("run", True), ("stop", False), ("", False), ("RUN", False), ("run ", False)]
)
def test_only_one_value_lets_deleters_go_on(clock: Clock, value: str, goes: bool) -> None:
    assert Switch(Parameter(value), clock).says_go() is goes


@pytest.mark.parametrize(("passed", "reads", "goes"), [(0.0, 1, True), (FRESH - 0.001, 1, True), (FRESH, 2, False)])
def test_a_value_is_believed_for_less_than_a_second(clock: Clock, passed: float, reads: int, goes: bool) -> None:
    parameter = Parameter()
    switch = Switch(parameter, clock)
    assert switch.says_go()
    parameter.value = "stop"
    clock.now += passed
    assert (switch.says_go(), parameter.reads) == (goes, reads)


def test_a_value_is_as_old_as_the_question(clock: Clock) -> None:
    def slow() -> str:
        clock.now += FRESH
        reads.append(1)
        return "run"

    reads: list[int] = []
    switch = Switch(slow, clock)
    assert switch.says_go()
    assert switch.says_go()
    assert len(reads) == 2


def test_an_error_is_everybodys_and_the_next_question_asks_anew(clock: Clock) -> None:
    parameter = Parameter()

    def refuse() -> str:
        if parameter.reads == 0:
            parameter()
            raise ValueError("denied")
        return parameter()

    switch = Switch(refuse, clock)
    with pytest.raises(ValueError, match="denied"):
        switch.says_go()
    assert switch.says_go()


def test_one_reads_and_the_others_wait_for_it_and_not_for_a_lock(clock: Clock) -> None:
    asked, go = threading.Event(), threading.Event()
    parameter = Parameter()

    def read() -> str:
        asked.set()
        assert go.wait(10)
        return parameter()

    switch = Switch(read, clock)
    said: list[bool] = []
    threads = [threading.Thread(target=lambda: said.append(switch.says_go())) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert asked.wait(10)
    lock: threading.Lock = vars(switch)["_lock"]
    assert lock.acquire(timeout=10), "no lock is held while the network is asked"
    lock.release()
    go.set()
    for thread in threads:
        thread.join()
    assert (said, parameter.reads) == ([True] * 5, 1)
