"""One request at a time, but for those that wait for others; a slow sender keeps nobody waiting."""

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.account.turns import in_turn

PATIENCE = 30


def requested(answer: Callable[[], object], environ: Mapping[str, Any]) -> list[bytes]:
    """Sends a request to an account in which handling one means calling a function."""

    def handle(environ: Any, _start: Any) -> Iterable[bytes]:
        answer()
        return [environ["wsgi.input"].read()]

    def never(*_: object) -> Any:
        raise AssertionError

    return list(in_turn(handle)({"wsgi.input": io.BytesIO(), **environ}, never))


def test_one_request_ends_before_the_next_begins() -> None:
    within: list[int] = []
    most: list[int] = []

    def work() -> None:
        within.append(1)
        most.append(len(within))
        threading.Event().wait(0.001)  # where others would come in
        within.pop()

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(requested, work, {"PATH_INFO": "/"}) for _ in range(40)]
        assert [one.result(PATIENCE) for one in done] == [[b""]] * 40
    assert set(most) == {1}


@pytest.mark.parametrize(
    "waiting",
    [
        {"PATH_INFO": "/2015-03-31/functions/author-drift-audit/invocations"},
        {"PATH_INFO": "/2014-11-13/functions/author-drift-audit/invoke-async"},
        {"PATH_INFO": "/", "HTTP_X_AMZ_TARGET": "AmazonSQS.ReceiveMessage"},
    ],
)
def test_what_waits_for_others_lets_them_in(waiting: Mapping[str, str]) -> None:
    begun, other = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert other.wait(PATIENCE)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(requested, wait, waiting)
        assert begun.wait(PATIENCE)
        requested(other.set, {"PATH_INFO": "/"})
        assert first.result(PATIENCE) == [b""]


def test_a_slow_sender_keeps_nobody_waiting() -> None:
    asked, other = threading.Event(), threading.Event()

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.set()
            assert other.wait(PATIENCE)
            return super().read(size)

    with ThreadPoolExecutor(1) as pool:
        slow = {"PATH_INFO": "/", "CONTENT_LENGTH": "4", "wsgi.input": Slow(b"body and more")}
        first = pool.submit(requested, lambda: None, slow)
        assert asked.wait(PATIENCE)
        requested(other.set, {"PATH_INFO": "/"})
        assert first.result(PATIENCE) == [b"body"]
