"""The rounds: every client empties the same bucket in turn, and the stub's clock says how long it took."""

import resource
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from benchmarks.cleanup.clients import Client, run
from tests.stubs.s3.behaviour import MODELLED, Behaviour, Throttle
from tests.stubs.s3.control import Stub

Tell = Callable[[str], None]
"""Receives a line of progress."""


@dataclass(frozen=True)
class Scenario:
    """A bucket and how its server behaves.

    Attributes:
        name: as the table shows it.
        prefixes: first-level prefixes over which the keys are spread; 0 for one flat prefix.
        behaviour: of the stub.
    """

    name: str
    prefixes: int
    behaviour: Behaviour

    def keys(self, count: int) -> list[str]:
        """So many keys."""
        tops = self.tops
        return [f"{tops[n % len(tops)]}upload-{n:08}.part" for n in range(count)]

    @property
    def tops(self) -> list[str]:
        """Its first-level prefixes; one empty one where it is flat."""
        return [f"{n:02x}/" for n in range(self.prefixes)] or [""]


@dataclass
class Times:
    """A client's rounds in one scenario: seconds, objects left behind, and the client's CPU seconds."""

    seconds: list[float] = field(default_factory=list[float])
    left: list[int] = field(default_factory=list[int])
    cpu: list[float] = field(default_factory=list[float])

    def rate(self, objects: int) -> float:
        """Objects a second, by the median round."""
        return objects / median(self.seconds)


NO_LATENCY = Scenario("no latency", 16, Behaviour())
PREFIXES = Scenario("modelled latency, 16 prefixes", 16, Behaviour(latency=MODELLED))
FLAT = Scenario("modelled latency, flat", 0, Behaviour(latency=MODELLED))
SCENARIOS = (NO_LATENCY, PREFIXES, FLAT)
RATE = 3500.0
"""Keys a second that S3 grants one prefix."""

THROTTLED = (
    Scenario("throttled to 3,500 keys/s, by 503", 16, Behaviour(throttle=Throttle(RATE))),
    Scenario("throttled to 3,500 keys/s, inside a 200", 16, Behaviour(throttle=Throttle(RATE, inside=True))),
    Scenario("throttled to 3,500 keys/s and prefix", 3, Behaviour(throttle=Throttle(RATE, each_prefix=True))),
)


def race(
    stub: Stub, scenario: Scenario, clients: list[Client], tell: Tell, *, objects: int, rounds: int
) -> dict[str, Times]:
    """Lets the clients run in turn, round by round, so that whatever else the machine does meets them all."""
    times = {client.name: Times() for client in clients}
    for number in range(1, rounds + 1):
        for client in clients:
            tell(f"{scenario.name}: round {number} of {rounds}, {client.name}")
            before = _children()
            seconds, left = once(stub, scenario, client, objects)
            times[client.name].seconds.append(seconds)
            times[client.name].left.append(left)
            times[client.name].cpu.append(_children() - before)
    return times


def once(stub: Stub, scenario: Scenario, client: Client, objects: int) -> tuple[float, int]:
    """One client, one run: seconds from its first request to the last answer, and objects left behind."""
    _prepare(stub, scenario, objects)
    run(client, stub, prefixes=scenario.tops)
    state = stub.state()
    return state["seconds"], state["objects"]


def _children() -> float:
    """CPU seconds of all processes that were started and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def memory(stub: Stub, client: Client, objects: int) -> tuple[float, float]:
    """Most memory (MiB) of a Python client's process with an empty bucket, and with so many objects."""
    return _peak(stub, client, 0), _peak(stub, client, objects)


def _peak(stub: Stub, client: Client, objects: int) -> float:
    _prepare(stub, NO_LATENCY, objects)
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as file:
        if code := run(client, stub, file.name):
            raise RuntimeError(f"{client.name} ended with {code} over {objects:,} objects")
        return float(file.read())


def _prepare(stub: Stub, scenario: Scenario, objects: int) -> None:
    stub.reset()
    stub.fill(scenario.keys(objects))
    stub.behave(scenario.behaviour)
