from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSLError,
)
from botocore.parsers import ResponseParserError
from botocore.retries import standard

from runtime.objects.bound import OverdueError
from runtime.objects.document import BrokenAnswerError
from runtime.objects.errors import code_of, code_passes, passes, throttles

TRANSIENT: Any = vars(standard.TransientRetryableChecker)
STATUSES: list[int] = TRANSIENT["_TRANSIENT_STATUS_CODES"]
THROTTLED: Any = vars(standard.ThrottledRetryableChecker)
CODES: list[str] = [*THROTTLED["_THROTTLED_ERROR_CODES"], *TRANSIENT["_TRANSIENT_ERROR_CODES"]]
"""botocore's own."""

URL: dict[str, Any] = {"endpoint_url": "http://s3", "error": "e"}


def refused(code: str, status: int = 400) -> ClientError:
    said: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "DeleteObjects")


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_that_botocore_repeats_passes(status: int) -> None:
    assert passes(refused("Whatever", status))


@pytest.mark.parametrize(
    "code",
    [
        *CODES,
        "InternalError",
        "OperationAborted",
        "ConditionalRequestConflict",
        "BadDigest",
        "ServiceUnavailable",
        "503",
        "429",
    ],
)
def test_every_code_that_passes_does_so_with_a_status_and_without(code: str) -> None:
    assert code_passes(code)
    assert passes(refused(code))


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(**URL),
        ConnectionClosedError(**URL),
        EndpointConnectionError(**URL),
        SSLError(**URL),
        ResponseParserError("x"),
        BrokenAnswerError("x"),
        OverdueError("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_answer_that_did_not_come_passes(error: Exception) -> None:
    assert passes(error)
    assert code_of(error) == type(error).__name__


@pytest.mark.parametrize("code", ["AccessDenied", "NoSuchBucket", "ExpiredToken", "PreconditionFailed", "MalformedXML"])
@pytest.mark.parametrize("status", [400, 403, 404, 412, 501])
def test_what_stays_does_not_pass(code: str, status: int) -> None:
    assert not passes(refused(code, status))
    assert not code_passes(code)


@pytest.mark.parametrize("error", [NoCredentialsError(), ValueError("x"), KeyError("x")])
def test_an_error_of_ours_does_not_pass(error: Exception) -> None:
    assert not passes(error)


@pytest.mark.parametrize("code", ["SlowDown", "ServiceUnavailable", "503", "429", "RequestLimitExceeded"])
def test_what_asks_for_fewer_requests(code: str) -> None:
    assert throttles(code)


@pytest.mark.parametrize("code", ["InternalError", "RequestTimeout", "AccessDenied", "500", ""])
def test_what_does_not_ask_for_fewer_requests(code: str) -> None:
    assert not throttles(code)


def test_a_code_is_s3s_where_it_said_one() -> None:
    assert code_of(refused("SlowDown")) == "SlowDown"
    assert code_of(ClientError({}, "X")) == "Unknown"
