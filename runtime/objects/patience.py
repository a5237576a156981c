"""How often and how long something is asked again that may pass."""

import random
from collections.abc import Callable
from typing import Protocol, TypeVar

from botocore.exceptions import ClientError

from runtime.objects.errors import LOST, code_of, passes, throttles

Result = TypeVar("Result")

ATTEMPTS = 10
"""How often one request is made before its failure is final: with the pauses between, about half a minute. A request
that S3 throttles has not failed; it is made until the run ends."""

FIRST_PAUSE = 0.2
"""Seconds before the first repetition; each further pause is twice as long, up to `LONGEST_PAUSE`."""

LONGEST_PAUSE = 10.0


class Waiting(Protocol):
    """What a run's `Control` says about going on."""

    def ended(self) -> bool:
        """Whether to begin nothing new."""
        ...

    def sleep(self, seconds: float) -> None:
        """Waits, but no longer than the run lasts."""
        ...


def pause_before(attempt: int) -> float:
    """Seconds to wait before an attempt, counted from 1 for the first repetition: random, so that threads part."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt - 1, 30))
    return random.uniform(0.5, 1.0) * longest  # noqa: S311  (not a secret)


def last(failures: int, code: str) -> bool:
    """Whether a failure is final though another attempt might pass, after so many that S3 did not throttle."""
    return failures >= ATTEMPTS and not throttles(code)


def persist(call: Callable[[], Result], waiting: Waiting) -> Result:
    """Makes a call until it succeeds, its error is one that stays, the attempts are used up, or the run has ended."""
    attempt = failures = 0
    while True:
        attempt += 1
        try:
            return call()
        except (ClientError, *LOST) as error:
            failures += not throttles(code_of(error))
            if not passes(error) or last(failures, code_of(error)) or waiting.ended():
                raise
            waiting.sleep(pause_before(attempt))
            if waiting.ended():
                raise
