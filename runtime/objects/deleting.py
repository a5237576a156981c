"""Deletes one batch, key by key in its result: what passes is repeated, and every entry gets its outcome."""

import re
from typing import NamedTuple, Protocol

from botocore.exceptions import ClientError

from runtime.objects.bucket import Bucket
from runtime.objects.control import Control
from runtime.objects.entry import Entry
from runtime.objects.errors import CHANGED, DENIED, GONE, LOST, UNREADABLE, code_of, code_passes, passes, throttles
from runtime.objects.lanes import Batch
from runtime.objects.pace import Pace
from runtime.objects.patience import last, pause_before
from runtime.objects.tally import Outcome, Tally

_UNCARRIED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry, not even escaped; such a key goes into no batch."""


STUBBORN = 3
"""Attempts after which a complaint is no accident of one prefix's turn."""


class Said(NamedTuple):
    """What was said of an entry that was not deleted.

    Attributes:
        code: S3's error code, or the kind of exception.
        message: S3's words.
        passes: whether asking again is right.
        whole: whether it was said of the whole batch and not of this entry.
    """

    code: str
    message: str
    passes: bool
    whole: bool = False


class Holds(Protocol):
    """Knows what may not be deleted."""

    def among(self, entries: list[Entry]) -> set[Entry]:
        """Those of the entries that are held, or of which nobody knows whether they are."""
        ...


class Deleter:
    """Deletes batches; used by many threads at once."""

    def __init__(self, bucket: Bucket, control: Control, tally: Tally, holds: Holds | None = None) -> None:
        """Deletes nothing yet.

        Args:
            bucket: where.
            control: when to stop; an error of a whole request ends the run by it.
            tally: receives each entry's outcome.
            holds: asked before each batch; None where nothing can be held, or S3's own refusal is enough.
        """
        self._bucket = bucket
        self._control = control
        self._tally = tally
        self._holds = holds

    def delete(self, batch: Batch) -> None:
        """Deletes at most 1,000 entries, which the run was granted, and tallies each of them."""
        waiting = _readable(self._unheld(batch.entries))
        while waiting:
            entries = waiting.pop()
            unreadable = self._persist(entries, batch.pace)
            middle = len(unreadable) // 2
            waiting += [part for part in (unreadable[:middle], unreadable[middle:]) if part]

    def _unheld(self, entries: list[Entry]) -> list[Entry]:
        held = self._holds.among(entries) if self._holds and not self._control.cut_short() else set[Entry]()
        self._tally.add(Outcome.HELD, list(held))
        self._control.give_back(len(held))
        return [entry for entry in entries if entry not in held]

    def _persist(self, entries: list[Entry], pace: Pace) -> list[Entry]:
        """Sends until every entry has its outcome; returns those that S3 can't read together, as yet without one."""
        attempt, failures, lost = 0, 0, False
        while entries and not self._control.cut_short():
            attempt += 1
            try:
                said = self._send(entries)
            except Exception as error:
                if code_of(error) in UNREADABLE and len(entries) > 1:
                    return entries
                said = {entry: Said(code_of(error), str(error), passes=False, whole=True) for entry in entries}
                self._control.fail(error)
            failures += not self._throttled(pace, len(entries), said, again=attempt > STUBBORN)
            entries = self._settle(entries, said, failures, lost=lost)
            if entries:
                # Unlike a throttled request, any other that failed may have been carried out all the same.
                lost = lost or any(not throttles(said[entry].code) for entry in entries)
                self._control.sleep(pause_before(attempt))
                self._control.sleep(pace.reserve(len(entries)))
        self._leave(entries, lost=lost)
        return []

    def _leave(self, entries: list[Entry], *, lost: bool) -> None:
        """Tallies what has no outcome. What may have been carried out stays used up of the run's limit."""
        self._tally.add(Outcome.LEFT, entries)
        self._control.give_back(0 if lost else len(entries))

    def _send(self, entries: list[Entry]) -> dict[Entry, Said]:
        """One DeleteObjects request; a lone entry goes by a request of its own.

        Raises:
            ClientError: S3 refuses the whole request, for good or because it can't read it.
        """
        if len(entries) == 1:
            return self._one(entries[0])
        try:
            refused = self._bucket.delete_batch(entries)
        except (ClientError, *LOST) as error:
            if passes(error):
                return dict.fromkeys(entries, Said(code_of(error), "", passes=True, whole=True))
            raise
        named = {(entry.key, entry.version): entry for entry in entries} if refused else {}
        if all((row.key, row.version) in named for row in refused):
            return {named[row.key, row.version]: Said(row.code, row.message, code_passes(row.code)) for row in refused}
        # S3 names a key that was not sent: its answer can't be matched, so each key is asked for by itself.
        return {entry: said for single in entries for entry, said in self._one(single).items()}

    def _one(self, entry: Entry) -> dict[Entry, Said]:
        try:
            self._bucket.delete_one(entry)
        except (ClientError, *LOST) as error:
            return {entry: Said(code_of(error), str(error), passes(error))}
        return {}

    def _throttled(self, pace: Pace, sent: int, said: dict[Entry, Said], *, again: bool) -> bool:
        """Whether S3 asked to slow down; the pace hears of it."""
        if any(throttles(what.code) for what in said.values()):
            pace.throttled(again=again)
            return True
        pace.accepted(sent)
        return False

    def _settle(self, entries: list[Entry], said: dict[Entry, Said], failures: int, *, lost: bool) -> list[Entry]:
        """Tallies what has its outcome and returns the rest, which is sent again."""
        by_outcome: dict[tuple[Outcome | None, str], list[Entry]] = {}
        for entry in entries:
            what = said.get(entry)
            outcome = _outcome(what, lost=lost)
            again = outcome is Outcome.FAILED and what and what.passes and not last(failures, what.code)
            code = what.code if what and outcome is Outcome.FAILED and not again else ""
            by_outcome.setdefault((None if again else outcome, code), []).append(entry)
        rest = by_outcome.pop((None, ""), [])
        for (outcome, code), those in by_outcome.items():
            if outcome:
                self._tally.add(outcome, those, code)
        return rest


def _readable(entries: list[Entry]) -> list[list[Entry]]:
    """What S3 can read in one request, and each key that it can't by itself."""
    if not entries or not _UNCARRIED.search("".join(entry.key for entry in entries)):
        return [entries]
    odd = {entry for entry in entries if _UNCARRIED.search(entry.key)}
    return [[entry for entry in entries if entry not in odd], *([entry] for entry in odd)]


def _outcome(said: Said | None, *, lost: bool) -> Outcome:
    """What an answer means, `FAILED` as long as it may pass.

    Args:
        said: of an entry that was not deleted.
        lost: whether an earlier attempt may have been carried out; then what is gone was deleted by this run.
    """
    if said is None:
        return Outcome.DELETED
    if said.code in GONE and not said.whole:
        return Outcome.DELETED if lost else Outcome.GONE
    if said.code in CHANGED and not said.whole:
        return Outcome.CHANGED
    if said.code in DENIED:
        return Outcome.HELD if "object lock" in said.message.lower() else Outcome.DENIED
    return Outcome.FAILED
