"""Deletes one batch, key by key in its result: what passes is repeated, what stays is counted and named."""

import re

from botocore.exceptions import ClientError

from runtime.objects.bucket import Bucket
from runtime.objects.control import Control
from runtime.objects.errors import (
    ATTEMPTS,
    CHANGED,
    GONE,
    LOST,
    THROTTLED,
    TRANSIENT,
    code_of,
    is_transient,
    pause_before,
)
from runtime.objects.pace import Pace
from runtime.objects.tally import Tally
from runtime.objects.wire import Entry

_UNCARRIED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot carry, not even escaped; such a key goes into no batch."""

_UNREADABLE = frozenset({"MalformedXML", "EntityTooLarge", "MaxMessageLengthExceeded"})
"""S3 can't read a batch as a whole; a smaller one it may."""

Codes = dict[Entry, str]
"""Error code by entry; an entry that is not in it was deleted."""


class Deleter:
    """Deletes batches; used by many threads at once."""

    def __init__(self, bucket: Bucket, control: Control, tally: Tally, pace: Pace) -> None:
        self._bucket = bucket
        self._control = control
        self._tally = tally
        self._pace = pace

    def delete(self, batch: list[Entry]) -> None:
        """Deletes at most 1,000 entries and tallies each of them.

        Raises:
            ClientError: where S3 refuses a whole request for good; the entries are tallied as failed before.
        """
        waiting = [batch]
        if _UNCARRIED.search("".join([entry.key for entry in batch])):
            odd = {entry for entry in batch if _UNCARRIED.search(entry.key)}
            waiting = [[entry for entry in batch if entry not in odd], *([entry] for entry in odd)]
        while waiting:
            entries = waiting.pop()
            try:
                unreadable = self._persist(entries)
            except Exception:
                self._leave([entry for those in waiting for entry in those])
                raise
            if unreadable:
                middle = len(unreadable) // 2
                waiting += [unreadable[:middle], unreadable[middle:]]

    def _persist(self, entries: list[Entry]) -> list[Entry]:
        """Sends until every entry has a final result; returns those that S3 can't read together, as yet without one."""
        lost = False
        for attempt in range(1, ATTEMPTS + 1):
            if not entries:
                break
            self._pace.wait(len(entries))
            if self._control.cut_short():
                break
            try:
                codes, passing = self._send(entries), TRANSIENT
            except LOST as error:
                codes, passing = dict.fromkeys(entries, code_of(error)), frozenset({code_of(error)})
            except Exception as error:
                if code_of(error) in _UNREADABLE:
                    return entries
                self._tally.add_failed(code_of(error), entries)
                raise
            self._adapt(len(entries), codes)
            entries = self._settle(entries, codes, passing if attempt < ATTEMPTS else frozenset(), lost=lost)
            if entries:
                # Unlike a throttled request, any other that failed may have been carried out all the same.
                lost = lost or any(codes[entry] not in THROTTLED for entry in entries)
                self._control.sleep(pause_before(attempt))
        self._leave(entries, lost=lost)
        return []

    def _leave(self, entries: list[Entry], *, lost: bool = False) -> None:
        """Tallies what has no result. What may have been carried out stays used up of the run's limit."""
        self._tally.add_left(len(entries))
        self._control.give_back(0 if lost else len(entries))

    def _send(self, entries: list[Entry]) -> Codes:
        """One DeleteObjects request; a lone entry goes by a request of its own.

        Raises:
            ClientError: S3 refuses the whole request, for good or because it can't read it.
        """
        if len(entries) == 1:
            return self._one(entries)
        try:
            refused = self._bucket.delete_batch(entries)
        except ClientError as error:
            if is_transient(error):
                return dict.fromkeys(entries, code_of(error))
            raise
        if not refused:
            return {}
        named = {(entry.key, entry.version): entry for entry in entries}
        if all((key, version) in named for key, version, _ in refused):
            return {named[key, version]: code for key, version, code in refused}
        # S3 names a key that was not sent: its answer can't be matched, so each key is asked for by itself.
        return {entry: code for single in entries for entry, code in self._one([single]).items()}

    def _one(self, entries: list[Entry]) -> Codes:
        (entry,) = entries
        try:
            self._bucket.delete_one(entry)
        except ClientError as error:
            return {entry: code_of(error)}
        return {}

    def _adapt(self, sent: int, codes: Codes) -> None:
        if THROTTLED.isdisjoint(codes.values()):
            self._pace.accepted(sent)
        else:
            self._pace.throttled()

    def _settle(self, entries: list[Entry], codes: Codes, passing: frozenset[str], *, lost: bool) -> list[Entry]:
        """Tallies what has a final result and returns the rest.

        Args:
            entries: what was sent.
            codes: what S3 said of each that it did not delete.
            passing: codes with which an entry is sent again.
            lost: whether an earlier attempt may have been carried out; then what is gone was deleted by this run.
        """
        if not codes:
            self._tally.add_deleted(entries)
            return []
        by_code: dict[str, list[Entry]] = {}
        for entry in entries:
            by_code.setdefault(codes.get(entry, ""), []).append(entry)
        again: list[Entry] = []
        for code, those in by_code.items():
            if not code or (lost and code in GONE):
                self._tally.add_deleted(those)
            elif code in CHANGED:
                self._tally.add_changed(those)
            elif code in GONE:
                self._tally.add_gone(those)
            elif code in passing:
                again += those
            else:
                self._tally.add_failed(code, those)
        return again
