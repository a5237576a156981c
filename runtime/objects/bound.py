"""A total bound on each request: botocore's timeouts bound the silence between two bytes, not a trickle of them."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")

_attempt = threading.local()


class OverdueError(Exception):
    """A request took longer than it may, and was given up; whether it was carried out is not known."""


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """Makes a call that may take so long in all.

    It runs in a thread of its own. A call that is given up goes on in there until its connection ends, but sends no
    further request where `refuse_late` handles the client's `before-send`.

    Raises:
        OverdueError: it took longer.
    """
    done: Future[Result] = Future()
    given_up = threading.Event()

    def work() -> None:
        _attempt.given_up = given_up
        try:
            done.set_result(call())
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, name="request", daemon=True).start()
    wait([done], seconds)
    if not done.done():
        given_up.set()
        raise OverdueError(f"no whole answer within {seconds:g} seconds")
    return done.result()


def refuse_late(**_: object) -> None:
    """Handler of botocore's `before-send`: a request that was given up before it was sent is not sent any more."""
    given_up: threading.Event | None = getattr(_attempt, "given_up", None)
    if given_up is not None and given_up.is_set():
        raise OverdueError("the request was given up before it was sent")
