"""Which of S3's errors pass, which stay, and how long to wait before asking again."""

import random
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError, HTTPClientError
from botocore.parsers import ResponseParserError

from runtime.objects.wire import BrokenAnswerError

Result = TypeVar("Result")

THROTTLED = frozenset({"SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded"})
"""S3 asks for fewer requests."""

TRANSIENT = THROTTLED | {
    "InternalError",
    "RequestTimeout",
    "OperationAborted",
    "ConditionalRequestConflict",
    "503",
    "500",
}
"""The same request may succeed later. `ConditionalRequestConflict`: the key was written at this very moment."""

GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchUpload", "404"})
"""What was to be deleted is no longer there."""

CHANGED = frozenset({"PreconditionFailed", "412"})
"""What was listed has been overwritten since; it stays."""

LOST = (HTTPClientError, ResponseParserError, BrokenAnswerError)
"""No readable answer came: whether the request was carried out is not known."""

ATTEMPTS = 10
"""How often one request is made before its failure is final: with the pauses between, about half a minute."""

FIRST_PAUSE = 0.2
"""Seconds before the first repetition; each further pause is twice as long, up to `LONGEST_PAUSE`."""

LONGEST_PAUSE = 10.0


def code_of(error: Exception) -> str:
    """S3's error code, or the kind of exception where S3 said nothing."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def is_transient(error: Exception) -> bool:
    """Whether the same request may succeed later."""
    return isinstance(error, LOST) or (isinstance(error, ClientError) and code_of(error) in TRANSIENT)


def pause_before(attempt: int) -> float:
    """Seconds to wait before an attempt, counted from 1 for the first repetition: random, so that threads part."""
    return random.uniform(0.5, 1.0) * min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1))  # noqa: S311  (not a secret)


def retry(
    call: Callable[[], Result], sleep: Callable[[float], None], over: Callable[[], bool] = lambda: False
) -> Result:
    """Makes a call until it succeeds, its error is one that stays, `over` says so, or `ATTEMPTS` are used up."""
    for attempt in range(1, ATTEMPTS):
        try:
            return call()
        except (ClientError, *LOST) as error:
            if not is_transient(error) or over():
                raise
        sleep(pause_before(attempt))
    return call()
