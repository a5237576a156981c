"""What an error of S3's means: it passes, it asks for fewer requests, or what was named is gone, changed or held."""

from types import SimpleNamespace
from typing import Any, cast

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004  (botocore's name for it)
from botocore.parsers import ResponseParserError
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker, TransientRetryableChecker

from runtime.objects.bound import OverdueError
from runtime.objects.document import BrokenAnswerError

BUSY = frozenset({"ServiceUnavailable", "503", "429"})
"""Beside botocore's codes: S3 asks for fewer requests. A key inside a 200 has no status that would tell botocore."""

PASSING = frozenset({"InternalError", "OperationAborted", "ConditionalRequestConflict", "BadDigest"})
"""Beside botocore's codes and statuses: the same request may succeed later. `ConditionalRequestConflict`: the key was
written at this very moment; `BadDigest`: what arrived is not what was sent.
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

GONE = frozenset({"NoSuchKey", "NoSuchVersion", "NoSuchUpload"})
"""What was to be deleted is no longer there. A bare 404 says nothing of a key: it may be somebody else's."""

CHANGED = frozenset({"PreconditionFailed"})
"""What was listed has been overwritten since; it stays."""

DENIED = frozenset({"AccessDenied", "403"})

UNREADABLE = frozenset({"MalformedXML", "EntityTooLarge", "MaxMessageLengthExceeded"})
"""S3 can't read a batch as a whole; a smaller one it may."""

LOST = (HTTPClientError, ConnectionError, ResponseParserError, BrokenAnswerError, OverdueError)
"""No readable answer came: whether the request was carried out is not known."""

_transient = TransientRetryableChecker()
_throttled = ThrottledRetryableChecker()


def code_of(error: Exception) -> str:
    """S3's error code, or the kind of exception where S3 said nothing."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "Unknown")
    return type(error).__name__


def passes(error: Exception) -> bool:
    """Whether the same request may succeed later: by botocore's table, and what S3 has beside it."""
    if isinstance(error, LOST):
        return True
    if not isinstance(error, ClientError):
        return False
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code_passes(code_of(error)) or _ask(_transient, code_of(error), status)


def code_passes(code: str) -> bool:
    """The same of an error code alone, as each key inside a 200 has it."""
    return code in PASSING or throttles(code) or _ask(_transient, code)


def throttles(code: str) -> bool:
    """Whether S3 asks for fewer requests; such a request was not carried out."""
    return code in BUSY or _ask(_throttled, code)


def _ask(checker: TransientRetryableChecker | ThrottledRetryableChecker, code: str, status: int = 0) -> bool:
    response = cast("Any", SimpleNamespace(status_code=status)) if status else None
    context = RetryContext(attempt_number=1, parsed_response={"Error": {"Code": code}}, http_response=response)
    return bool(checker.is_retryable(context))
