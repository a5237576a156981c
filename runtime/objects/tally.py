"""What a run did, counted by many threads: one type of result for every deleter."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Protocol


class MiscountError(RuntimeError):
    """What a run did with the entries does not add up to what it listed; the message has both sums."""


class Outcome(StrEnum):
    """What became of something listed; each has exactly one."""

    UNWANTED = "unwanted"
    """The caller does not want it deleted; it stays."""
    NULL_MARKER = "null_markers"
    """A delete marker that is never deleted (`Entry.null_marker`); it stays."""
    DELETED = "deleted"
    CHANGED = "changed"
    """Overwritten between listing and delete; it stays."""
    GONE = "gone"
    """Deleted by somebody else meanwhile."""
    HELD = "held"
    """Under a legal hold or a retention, or nobody knows whether it is; it stays."""
    DENIED = "denied"
    """S3 did not allow it."""
    FAILED = "failed"
    """It could not be deleted; counted by error code."""
    REHEARSED = "would_delete"
    """It would have been deleted but for the dry run."""
    LEFT = "left"
    """Not tried, or tried without an answer, when the run or its pass ended."""


class Thing(Protocol):
    """What is counted and named: an `Entry` or an `Upload`."""

    @property
    def name(self) -> str | tuple[str, str]:
        """Key, or key and id."""
        ...

    @property
    def size(self) -> int:
        """Bytes."""
        ...


Tell = Callable[[Outcome, Sequence[Thing], str], None]
"""Hears of each outcome but `UNWANTED` and `LEFT` with what it is of, and an error code where there is one."""

_SILENT = frozenset({Outcome.UNWANTED, Outcome.LEFT})
_PROVISIONAL = (Outcome.UNWANTED, Outcome.NULL_MARKER, Outcome.LEFT)


def unheard(_outcome: Outcome, _things: Sequence[Thing], _code: str) -> None:
    """Names nothing: for a caller that must not have its keys in a log."""


class Tally:
    """Counts of one run. Everything listed has exactly one outcome: `listed` is the sum of the others.

    Attributes:
        listed: things seen.
        size: bytes of what was deleted.
        failed: what could not be deleted, by error code.
    """

    def __init__(self, tell: Tell = unheard) -> None:
        """Begins at zero.

        Args:
            tell: hears of what is counted, by name.
        """
        self._lock = threading.Lock()
        self._tell = tell
        self._counts: Counter[Outcome] = Counter()
        self.listed = 0
        self.size = 0
        self.failed: Counter[str] = Counter()

    def __getitem__(self, outcome: Outcome) -> int:
        """How many had this outcome."""
        return self._counts[outcome]

    def add_listed(self, count: int) -> None:
        """So many were listed; each gets its outcome later."""
        with self._lock:
            self.listed += count

    def add(self, outcome: Outcome, things: Sequence[Thing], code: str = "") -> None:
        """These had an outcome; an error code says why they failed."""
        if not things:
            return
        with self._lock:
            self._counts[outcome] += len(things)
            if outcome is Outcome.FAILED:
                self.failed[code] += len(things)
            if outcome is Outcome.DELETED:
                self.size += sum(thing.size for thing in things)
        if outcome not in _SILENT:
            self._tell(outcome, things, code)

    def forget_untouched(self) -> None:
        """Before another pass, which lists again what the last one did not touch."""
        with self._lock:
            for outcome in _PROVISIONAL:
                self.listed -= self._counts.pop(outcome, 0)

    @property
    def undone(self) -> int:
        """What is certainly still there though it was wanted: left, held, denied or failed."""
        return sum(self._counts[outcome] for outcome in (Outcome.LEFT, *REFUSED))

    @property
    def refused(self) -> int:
        """What could not be deleted: held, denied or failed."""
        return sum(self._counts[outcome] for outcome in REFUSED)

    def miscount(self) -> MiscountError | None:
        """The error, where the outcomes do not add up to what was listed."""
        with self._lock:
            counts, listed = dict(self._counts), self.listed
        if (total := sum(counts.values())) == listed:
            return None
        found = ", ".join(f"{outcome} {counts.get(outcome, 0)}" for outcome in Outcome)
        return MiscountError(f"{listed} entries were listed, {total} have an outcome: {found}")

    def counts(self) -> dict[str, Any]:
        """The counts, as a log shows them; `failed` by error code."""
        with self._lock:
            shown = {str(outcome): self._counts[outcome] for outcome in Outcome}
            return {"listed": self.listed, **shown, "bytes": self.size, "failed": dict(self.failed)}


REFUSED = (Outcome.HELD, Outcome.DENIED, Outcome.FAILED)
"""Outcomes of what was tried, and stays."""
