"""How the stub behaves: latencies, throttling and faults, set by whoever started it."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Latency:
    """Seconds that an answer takes. The modelled figures are assumptions, not measurements of S3."""

    listing: float = 0.0
    batch: float = 0.0
    batch_key: float = 0.0
    single: float = 0.0

    def of(self, operation: str, keys: int) -> float:
        """Seconds for one request that concerns so many keys."""
        if operation.startswith("List"):
            return self.listing
        if operation == "DeleteObjects":
            return self.batch + self.batch_key * keys
        return self.single


MODELLED = Latency(listing=0.1, batch=0.05, batch_key=0.0003, single=0.03)
"""100 ms a listing, 50 ms and 0.3 ms a key for a batch, 30 ms for one key."""


@dataclass
class Throttle:
    """A token bucket over deleted keys, one second deep.

    Attributes:
        rate: keys a second; 0 turns it off.
        inside: refuse key by key inside a 200, instead of the whole request by 503.
        each_prefix: grant the rate to each first-level prefix by itself; a request is refused whole.
        clock: seconds that only grow.
    """

    rate: float = 0.0
    inside: bool = False
    each_prefix: bool = False
    clock: Callable[[], float] = time.monotonic
    _tokens: float = 0.0
    _at: float | None = None
    _parts: dict[str, "Throttle"] = field(default_factory=dict[str, "Throttle"])

    def admit_keys(self, keys: Sequence[str]) -> int:
        """How many of these keys, from the first on, may be deleted now."""
        if not self.each_prefix:
            return self.admit(len(keys))
        counts = Counter(key.partition("/")[0] for key in keys)
        parts = {prefix: self._parts.setdefault(prefix, Throttle(self.rate, clock=self.clock)) for prefix in counts}
        for part in parts.values():
            part.admit(0)
        if any(parts[prefix]._tokens < count for prefix, count in counts.items()):
            return 0
        return sum(parts[prefix].admit(count) for prefix, count in counts.items())

    def admit(self, keys: int) -> int:
        """How many of the keys may be deleted now."""
        if not self.rate:
            return keys
        now = self.clock()
        if self._at is not None:
            self._tokens = min(self.rate, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if not self.inside and self._tokens < keys:
            return 0
        admitted = min(keys, int(self._tokens))
        self._tokens -= admitted
        return admitted


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and when.

    Attributes:
        operation: S3's name of the operation, as `ListObjectsV2`, SSM's `GetParameter` or Lambda's `Invoke`.
        kind: `error` (an error, nothing done), or done and then: `reset` (the connection breaks), `slow` (half the
            body, then silence), `hang` (nothing), `trickle` (a byte now and then), `truncated` (half the body as if it
            were whole) or `foreign` (a proxy's page).
        first: the operation's first request that fails, counted from 1.
        times: how many requests fail from there on.
        code: the error's code, for `error`.
        status: its HTTP status.
        key: only this key, inside a 200, for `error` on DeleteObjects.
    """

    operation: str
    kind: str
    first: int = 1
    times: int = 1
    code: str = "InternalError"
    status: int = 500
    key: str = ""

    def strikes(self, operation: str, count: int) -> bool:
        """Whether the operation's request number `count` fails."""
        return operation == self.operation and self.first <= count < self.first + self.times


@dataclass
class Behaviour:
    """Everything that can be set; a batch with an `unreadable` key is answered by `MalformedXML`."""

    latency: Latency = field(default_factory=Latency)
    throttle: Throttle = field(default_factory=Throttle)
    faults: list[Fault] = field(default_factory=list[Fault])
    unreadable: list[str] = field(default_factory=list[str])

    def fault(self, operation: str, count: int) -> Fault | None:
        """The fault that hits this request, if one does."""
        return next((fault for fault in self.faults if fault.strikes(operation, count)), None)
