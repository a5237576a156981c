"""Random histories of a bucket, with somebody else at work and a fault between every two requests of the engine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from hypothesis import strategies as st

from tests.runtime.memory_s3 import NEW, OLD, Answer, Asked, MemoryS3, Version, error

KEYS: tuple[str, ...] = ("a", "b", "d/1", "d/2", "d/é\n", "e\x01")
VERSIONINGS = ("", "Enabled", "Suspended")
URL = "http://s3"

Act = tuple[str, str]
"""What somebody does, and to which key."""


def _acts(*kinds: str, most: int) -> st.SearchStrategy[list[Act]]:
    return st.lists(st.tuples(st.sampled_from(kinds), st.sampled_from(KEYS)), max_size=most)


acts = _acts("put", "mark", "hold", "retain", most=14)
others = _acts("put", "mark", "hold", "remove", most=10)
REFUSED = ("", "", "", "throttled")
FAULTS = ("internal", "gateway", "foreign", "cut", "unsent", "unanswered")


@st.composite
def faults(draw: st.DrawFn) -> list[str]:
    """What goes wrong, in this order: fewer than one request has attempts, of those that count."""
    many = draw(st.lists(st.sampled_from(REFUSED), max_size=20)) + draw(st.lists(st.sampled_from(FAULTS), max_size=9))
    return draw(st.permutations(many))


@dataclass
class History:
    """A bucket with a past, and what happens to it while the engine is at work.

    Attributes:
        s3: the bucket.
        others: what somebody else does, one before each request; what they upload is new.
        faults: what goes wrong with each request.
        taken: versions that the others removed, by identity.
    """

    s3: MemoryS3
    others: list[Act]
    faults: list[str]
    taken: list[Version] = field(default_factory=list[Version])
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, past: list[Act], *, suspended: bool) -> None:
        """Plays the past: its first half with versions where they are to be suspended in the second."""
        if suspended:
            self.s3.versioning = "Enabled"
        for number, act in enumerate(past):
            if suspended and number >= len(past) // 2:
                self.s3.versioning = "Suspended"
            self.play(act, OLD)
        if suspended:
            self.s3.versioning = "Suspended"
        self.s3.before = self.before

    def play(self, act: Act, modified: str) -> None:
        """Does one thing to one key."""
        what, key = act
        rows = self.s3.rows.get(key, [])
        objects = [row for row in rows if row.etag]
        if what == "put":
            self.s3.put(key, modified)
        elif what == "mark" and self.s3.versioning:
            self.s3.mark(key, modified)
        elif what == "hold" and objects and self.s3.versioning:
            objects[-1].hold = True
        elif what == "retain" and objects and self.s3.versioning:
            objects[0].retained = True
        elif what == "remove" and rows and not (rows[-1].hold or rows[-1].retained):
            self.taken.append(rows[-1])
            self.s3.remove(rows[-1])

    def before(self, asked: Asked) -> Answer | Callable[[Answer], Answer] | None:
        """What happens before a request, and what goes wrong with it."""
        if asked.operation.startswith("GetBucket"):
            return None
        if self.others:
            before = self.s3.versions()
            self.play(self.others.pop(0), NEW)
            after = self.s3.versions()
            self.taken += [row for row in before if row not in after and row not in self.taken]
        return _fault(self.faults.pop(0) if self.faults else "")

    @property
    def over(self) -> bool:
        """Whether nobody does anything any more and nothing goes wrong."""
        return not self.others and not self.faults


def _fault(kind: str) -> Answer | Callable[[Answer], Answer] | None:
    if kind == "unsent":
        raise EndpointConnectionError(endpoint_url=URL)
    return TWISTS[kind] if kind else None


def _unanswered(_answer: Answer) -> Answer:
    raise ConnectionClosedError(endpoint_url=URL)


TWISTS: dict[str, Answer | Callable[[Answer], Answer]] = {
    "throttled": error(503, "SlowDown"),
    "internal": lambda _answer: error(500, "InternalError"),
    "gateway": lambda _answer: Answer(502, "<html>Bad Gateway</html>"),
    "foreign": lambda _answer: Answer(200, "<html>Log in</html>"),
    "cut": lambda answer: (
        answer._replace(body=answer.body[: len(answer.body) // 2]) if answer.status == 200 else answer
    ),
    "unanswered": _unanswered,
}
