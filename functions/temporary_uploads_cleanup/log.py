"""The function's structured log: every key by name, in as few lines as CloudWatch's limit allows."""

import json
from collections.abc import Iterator, Mapping, Sequence

from aws_lambda_powertools import Logger

from runtime.objects.tally import Outcome, Thing

logger = Logger(service="temporary-uploads-cleanup")

LINE = 150_000
"""Bytes of keys in one line of the log; CloudWatch takes 256 KB, and the rest of the line needs room."""

SAID: Mapping[Outcome, str] = {
    Outcome.NULL_MARKER: "kept",
    Outcome.DELETED: "deleted",
    Outcome.CHANGED: "changed",
    Outcome.HELD: "held",
    Outcome.DENIED: "not deleted",
    Outcome.FAILED: "not deleted",
    Outcome.REHEARSED: "would be deleted",
}
"""The message by outcome; what is gone or left has none."""

WHY: Mapping[Outcome, str] = {
    Outcome.NULL_MARKER: "a delete by a null marker would take an object uploaded since",
    Outcome.HELD: "a legal hold or a retention protects it",
    Outcome.DENIED: "S3 did not allow it",
}


def tell_entries(outcome: Outcome, things: Sequence[Thing], code: str) -> None:
    """Logs the entries of an outcome."""
    _tell(SAID.get(outcome), outcome, things, code)


def tell_uploads(outcome: Outcome, things: Sequence[Thing], code: str) -> None:
    """Logs the multipart uploads of an outcome."""
    said = SAID.get(outcome)
    _tell(said and "upload " + said.replace("deleted", "aborted"), outcome, things, code)


def _tell(message: str | None, outcome: Outcome, things: Sequence[Thing], code: str) -> None:
    if message is None:
        return
    more = {"code": code} if code else {}
    if why := WHY.get(outcome):
        more["why"] = why
    for names in _lines(things):
        logger.info(message, extra={"keys": names, **more})


def _lines(things: Sequence[Thing]) -> Iterator[list[str | tuple[str, str]]]:
    names = [thing.name for thing in things]
    size = len(json.dumps(names))
    step = max(1, len(names) * LINE // size) if size > LINE else len(names)
    for start in range(0, len(names), step):
        yield names[start : start + step]
