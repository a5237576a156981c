"""The engine without a process, a network or any waiting: S3 in memory behind botocore, and a clock of its own."""

import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from runtime.objects.bucket import Bucket
from runtime.objects.client import s3_client
from runtime.objects.control import Control
from runtime.objects.switch import Switch
from tests.runtime.memory_s3 import ACCOUNT, MemoryS3

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Clock:
    """Seconds that pass only where somebody waits; also stands for the event that sleepers wait for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waited: list[float] = []
        self.woken = False

    def __call__(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0.0)
        self.now += timeout or 0.0
        return self.woken

    def set(self) -> None:
        self.woken = True


class Clocked(threading.Event):
    """An event whose waiting only moves a clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            self.clock.wait(timeout)
        return self.is_set()


@pytest.fixture(scope="session")
def client() -> "S3Client":
    """One for all tests, of an environment of its own that nothing else sees."""
    settings = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "DEFAULT_REGION": "us-east-1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        for name, value in settings.items():
            patch.setenv(f"AWS_{name}", value)
        patch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
        return s3_client()


@pytest.fixture
def s3(client: "S3Client") -> Generator[MemoryS3]:
    memory = MemoryS3()

    def send(**given: Any) -> object:
        return memory.send(**given)

    handler: Any = send
    client.meta.events.register("before-send.s3", handler)
    yield memory
    client.meta.events.unregister("before-send.s3", handler)


@pytest.fixture
def bucket(client: "S3Client", s3: MemoryS3) -> Bucket:
    return Bucket("b", ACCOUNT, client)


@pytest.fixture
def clock() -> Clock:
    return Clock()


MakeControl = Callable[..., Control]


@pytest.fixture
def control(clock: Clock) -> MakeControl:
    """Makes a control that lasts 100 seconds of the clock: `control(max_deletes=3, value=lambda: "stop")`."""

    def make(
        *,
        lasts: float = 100.0,
        max_deletes: int | None = None,
        value: Callable[[], str] = lambda: "run",
        wake: Clocked | None = None,
    ) -> Control:
        return Control(
            deadline=clock() + lasts,
            switch=Switch(value, clock),
            max_deletes=max_deletes,
            clock=clock,
            wake=wake or Clocked(clock),
        )

    return make
