"""The arrow notation in which the runbook writes the life of an object.

    - `author-recordings-*`: Standard → Standard-IA after 7 days → Delete on retention expiry.

Read as a list item of any Markdown document; `->` is an arrow too, and the final stop may be missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policies.runbook.claims import LifecycleClaim
from policies.runbook.markdown import RunbookError, Text
from policies.runbook.values import AfterDays, Move, OnRetentionExpiry
from semantics.lifecycle.storage_classes import CONSOLE_NAMES, StorageClass, storage_class

_ARROW = re.compile(r"→|->")
BUCKETS_FIRST = re.compile(r"`([^`]*)`\s*:")
_NAME = re.compile(r"[a-z0-9*?](?:[a-z0-9.*?-]*[a-z0-9*?])?")
_WORD = re.compile(r"\S+")
_WHOLE = re.compile(r"[0-9]{1,9}")
CHAIN = "`BUCKETS`: CLASS → CLASS after N days → Expire after N days (or Delete on retention expiry)"
_STEP = "`CLASS after N days`, `Expire after N days`, `Delete after N days` or `Delete on retention expiry`"


@dataclass(frozen=True)
class _Piece:
    """One step's text and its offset in the item."""

    text: str
    offset: int


class _ChainError(ValueError):
    """A step can't be read."""

    def __init__(self, piece: _Piece, expected: str) -> None:
        super().__init__(expected)
        self.piece = piece


def is_chain(item: Text) -> bool:
    """Says whether a list item means to be a lifecycle: before the first arrow, a bucket or a class; or both alone."""
    arrow = _ARROW.search(item.text)
    name, _, rest = (item.text[: arrow.start()] if arrow else item.text.rstrip(" .")).rpartition(":")
    starts = bool(name) and is_class(rest)
    in_backticks = BUCKETS_FIRST.match(item.text) is not None
    return (starts or in_backticks) if arrow else (starts and in_backticks)


def read_chain(item: Text, path: str) -> LifecycleClaim:
    """Reads one list item.

    Raises:
        RunbookError: at the very step that can't be read.
    """
    try:
        return _read(item)
    except _ChainError as error:
        line, column = item.place(error.piece.offset)
        raise RunbookError(path, line, column, error.piece.text, str(error)) from None


def render_chain(claim: LifecycleClaim) -> str:
    """Writes a claim as the runbook does, without the list's dash."""
    steps = [CONSOLE_NAMES[claim.start][0]]
    steps += [f"{CONSOLE_NAMES[t.storage_class][0]} after {_days(t.days)}" for t in claim.moves]
    if isinstance(claim.end, AfterDays):
        steps.append(f"Expire after {_days(claim.end.days)}")
    elif claim.end:
        steps.append("Delete on retention expiry")
    return f"`{claim.buckets}`: {' → '.join(steps)}."


def _days(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def is_class(text: str) -> bool:
    """Says whether a text names a storage class."""
    try:
        storage_class(text.strip(" .\t\n"))
    except ValueError:
        return False
    return True


def is_step(text: str) -> bool:
    """Says whether a text means to be a step: something after so many days, or on retention expiry."""
    words = text.lower().rstrip(" .\t\n").split()
    timed = len(words) > 3 and words[-3] == "after" and words[-1].startswith(("day", "week", "month", "year"))
    return timed or " ".join(words[-2:]) == "retention expiry" or is_class(text)


def _read(item: Text) -> LifecycleClaim:
    head = BUCKETS_FIRST.match(item.text)
    if not head or not _NAME.fullmatch(head[1]):
        raise _ChainError(_Piece(item.text.split(":", 1)[0], 0), f"a bucket name in backticks and a colon: {CHAIN}")
    pieces = list(_pieces(item.text, head.end()))
    start = _class(pieces[0])
    moves: list[Move] = []
    end: AfterDays | OnRetentionExpiry | None = None
    for piece in pieces[1:]:
        if end:
            raise _ChainError(piece, "nothing after the object is gone")
        step = _step(piece)
        if isinstance(step, Move):
            moves.append(step)
        else:
            end = step
    return LifecycleClaim(
        buckets=head[1],
        start=start,
        moves=tuple(moves),
        end=end,
        line=item.line,
        column=item.column,
        text=item.text,
    )


def _pieces(text: str, start: int) -> Iterator[_Piece]:
    stripped = text.rstrip()
    stop = len(stripped) - 1 if stripped.endswith(".") else len(stripped)
    at = start
    for arrow in [*_ARROW.finditer(text, start, stop), None]:
        raw = text[at : arrow.start() if arrow else stop]
        yield _Piece(raw.strip(), at + len(raw) - len(raw.lstrip()))
        at = arrow.end() if arrow else stop


def _class(piece: _Piece) -> StorageClass:
    try:
        return storage_class(piece.text)
    except ValueError as error:
        raise _ChainError(piece, str(error)) from None


def _step(piece: _Piece) -> Move | AfterDays | OnRetentionExpiry:
    if " ".join(piece.text.lower().split()) in ("delete on retention expiry", "expire on retention expiry"):
        return OnRetentionExpiry()
    words = list(_WORD.finditer(piece.text))
    if len(words) < 4 or words[-3][0].lower() != "after" or words[-1][0].lower() not in ("day", "days"):
        raise _ChainError(piece, _STEP)
    if not _WHOLE.fullmatch(words[-2][0]):
        raise _ChainError(_Piece(words[-2][0], piece.offset + words[-2].start()), "a whole number of days")
    days, what = int(words[-2][0]), piece.text[: words[-4].end()]
    if what.lower() in ("expire", "delete"):
        return AfterDays(days)
    if not is_class(what):
        classes = ", ".join(names[0] for names in CONSOLE_NAMES.values())
        expected = f"{_STEP}, where CLASS is a storage class: {classes}"
        raise _ChainError(_Piece(what, piece.offset), expected)
    return Move(storage_class(what), days)
