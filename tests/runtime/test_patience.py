import random
from typing import Any

import pytest
from botocore.exceptions import ClientError

from runtime.objects import patience
from runtime.objects.document import BrokenAnswerError
from runtime.objects.patience import ATTEMPTS, last, pause_before, persist


class Run:
    """Says how long it was slept for, and ends after so many questions."""

    def __init__(self, ends_after: int = 10**9) -> None:
        self.slept: list[float] = []
        self.questions = 0
        self.ends_after = ends_after

    def ended(self) -> bool:
        self.questions += 1
        return self.questions > self.ends_after

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Calls:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def refused(code: str) -> ClientError:
    said: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(said, "X")


def test_a_call_that_succeeds_is_made_once() -> None:
    calls, run = Calls(), Run()
    assert persist(calls, run) == "done"
    assert (calls.made, run.slept, run.questions) == (1, [], 0)


def test_what_passes_is_asked_again_after_each_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    def longest(_low: float, high: float) -> float:
        return high

    monkeypatch.setattr(random, "uniform", longest)
    calls, run = Calls(BrokenAnswerError("x"), refused("SlowDown"), BrokenAnswerError("y")), Run()
    assert persist(calls, run) == "done"
    assert run.slept == pytest.approx([0.2, 0.4, 0.8])


def test_what_stays_is_asked_once() -> None:
    calls, run = Calls(refused("AccessDenied"), refused("AccessDenied")), Run()
    with pytest.raises(ClientError, match="AccessDenied"):
        persist(calls, run)
    assert (calls.made, run.slept) == (1, [])


def test_an_error_of_ours_is_not_caught() -> None:
    calls = Calls(ValueError("ours"))
    with pytest.raises(ValueError, match="ours"):
        persist(calls, Run())
    assert calls.made == 1


def test_the_tenth_failure_is_final() -> None:
    calls = Calls(*(refused("InternalError") for _ in range(30)))
    with pytest.raises(ClientError):
        persist(calls, Run())
    assert calls.made == ATTEMPTS == 10


def test_throttled_it_is_made_until_the_run_ends() -> None:
    calls = Calls(*(refused("SlowDown") for _ in range(30)))
    assert persist(calls, Run()) == "done"
    assert calls.made == 31


def test_only_what_was_not_throttled_counts_as_a_failure() -> None:
    calls = Calls(*(refused(code) for code in ["SlowDown"] * 20 + ["InternalError"] * 9))
    assert persist(calls, Run()) == "done"


@pytest.mark.parametrize(("questions", "slept"), [(0, 0), (1, 1)], ids=["before the pause", "after it"])
def test_a_run_that_ends_makes_no_further_attempt(questions: int, slept: int) -> None:
    calls, run = Calls(BrokenAnswerError("x"), BrokenAnswerError("y")), Run(questions)
    with pytest.raises(BrokenAnswerError, match="x"):
        persist(calls, run)
    assert (calls.made, len(run.slept)) == (1, slept)


@pytest.mark.parametrize(("attempt", "longest"), [(1, 0.2), (2, 0.4), (6, 6.4), (7, 10.0), (10**6, 10.0)])
def test_pauses_double_up_to_ten_seconds_and_differ(attempt: int, longest: float) -> None:
    pauses = [pause_before(attempt) for _ in range(50)]
    assert len(set(pauses)) > 10
    assert all(longest / 2 <= pause <= longest for pause in pauses)


@pytest.mark.parametrize(
    ("attempt", "code", "final"),
    [(9, "InternalError", False), (10, "InternalError", True), (11, "X", True), (10, "SlowDown", False)],
)
def test_which_attempt_is_the_last(attempt: int, code: str, final: bool) -> None:
    assert last(attempt, code) is final
    assert patience.ATTEMPTS == 10
