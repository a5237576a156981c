"""A stub of S3 in a process of its own, and the handler run against it as Lambda would run it.

What the stub is and is not: it enforces ETags, 1,000 keys a request, the expected owner and XML as S3's documentation
says; it has not been compared with S3 itself.
"""

import logging
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

import pytest

from functions.temporary_uploads_cleanup.handler import handler
from functions.temporary_uploads_cleanup.log import logger
from runtime.objects import patience
from tests.stubs.s3.control import ACCOUNT, BUCKET, STOP_PARAMETER, Stub, running_stub

QUARTER_HOUR = 900_000


@dataclass(frozen=True)
class Lambda:
    """Stands for Lambda's context."""

    remaining: int = QUARTER_HOUR

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


class Log(logging.Handler):
    """The structured log: each line's message and fields."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append({**record.__dict__, "message": record.getMessage()})

    def keys(self, message: str) -> list[Any]:
        """Every key that lines with this message name."""
        return [key for line in self.lines if line["message"] == message for key in line["keys"]]


@pytest.fixture(scope="session")
def shared_stub() -> Generator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture
def stub(shared_stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """An empty, well-behaved stub, and the environment that points the function at it."""
    shared_stub.reset()
    shared_stub.behave()
    settings = {
        "BUCKET": BUCKET,
        "ACCOUNT": ACCOUNT,
        "STOP_PARAMETER": STOP_PARAMETER,
        "CLEAN_AT": "03:00",
        "BACKLOG_THRESHOLD_BYTES": "1000000",
        "AWS_LAMBDA_FUNCTION_NAME": "temporary-uploads-cleanup",
        "AWS_ENDPOINT_URL": shared_stub.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.001)
    return shared_stub


@pytest.fixture
def log() -> Generator[Log]:
    log = Log()
    logging.getLogger(logger.name).addHandler(log)
    yield log
    logging.getLogger(logger.name).removeHandler(log)


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def clean(stub: Stub) -> Run:
    """Runs `clean` once: `clean(max_deletes=3, remaining=1000)`; returns the summary."""

    def run(*, remaining: int = QUARTER_HOUR, **more: object) -> dict[str, Any]:
        return handler({"mode": "clean", **more}, Lambda(remaining))

    return run
