"""What one invocation is asked to do."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

LONGEST = 10
"""Runs in one chain; Lambda's own loop detection would end it at about sixteen."""

_KEYS = {
    "clean": ("mode", "dry_run", "max_deletes", "before", "chain", "depth"),
    "measure": ("mode", "heal", "chain"),
}
"""What an event of each mode may say. What a mode has no use for is refused: it was meant for something."""


class RequestError(ValueError):
    """The event asks for something that does not exist; the message names the key, what was found and expected."""


@dataclass(frozen=True)
class Request:
    """An invocation's event, checked.

    Attributes:
        mode: `clean` or `measure`.
        dry_run: list and log what would be deleted, delete nothing.
        max_deletes: deletes to send at most, over the whole chain from here on; None for no limit.
        before: delete only what was last modified before this moment; None for the run's own beginning.
        chain: one name for a cleanup and its continuations.
        depth: which run of the chain this is, from 1.
        heal: start a cleanup where the last daily one left work. Only the hourly schedule says so.
    """

    mode: Literal["clean", "measure"]
    dry_run: bool = False
    max_deletes: int | None = None
    before: datetime | None = None
    chain: str = ""
    depth: int = 1
    heal: bool = False

    def next_run(self, before: datetime, max_deletes: int | None) -> "Request | None":
        """The continuation with the same cutoff and what is left of the limit; None where the chain may not go on."""
        if self.depth >= LONGEST or max_deletes == 0:
            return None
        return replace(self, before=before, max_deletes=max_deletes, depth=self.depth + 1)

    def as_event(self) -> dict[str, object]:
        """The event that asks for this; `read_request` reads it back without loss."""
        event: dict[str, object] = {name: getattr(self, name) for name in _KEYS[self.mode]}
        if self.before:
            event["before"] = self.before.isoformat()
        return {name: value for name, value in event.items() if value is not None}


def read_request(event: Mapping[str, Any]) -> Request:
    """Reads an event.

    Raises:
        RequestError: for a key that the mode does not have, or a value that cannot be meant.
    """
    mode = event.get("mode")
    if not isinstance(mode, str) or mode not in _KEYS:
        raise _wrong("mode", mode, "clean or measure")
    if unknown := sorted(set(event) - set(_KEYS[mode])):
        expected = ", ".join(sorted(_KEYS[mode]))
        raise RequestError(f"the event has {', '.join(unknown)}; to {mode}, expected only {expected}")
    limit = event.get("max_deletes")
    chain = event.get("chain", uuid.uuid4().hex)
    if not isinstance(chain, str) or not 0 < len(chain) <= 64:
        raise _wrong("chain", chain, "a name of at most 64 characters")
    return Request(
        mode=cast("Literal['clean', 'measure']", mode),
        dry_run=_yes("dry_run", event.get("dry_run", False)),
        max_deletes=None if limit is None else _number("max_deletes", limit, 10**12),
        before=_moment(event.get("before")),
        chain=chain,
        depth=_number("depth", event.get("depth", 1), LONGEST),
        heal=_yes("heal", event.get("heal", False)),
    )


def _yes(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "true or false")
    return value


def _number(name: str, value: object, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise _wrong(name, value, f"a whole number from 1 to {most}")
    return value


def _moment(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong("before", value, "a moment as 2026-11-24T03:00:00+00:00") from None
    if moment.tzinfo is None:
        raise _wrong("before", value, "a moment with its offset, as 2026-11-24T03:00:00+00:00")
    return moment


def _wrong(name: str, value: object, expected: str) -> RequestError:
    return RequestError(f"{name} is {value!r}; expected {expected}")
