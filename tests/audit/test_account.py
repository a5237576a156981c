"""How the account is asked: the right owner, all pages, each question once, refusals told apart, patience."""

import io
import threading
from collections import Counter
from types import SimpleNamespace
from typing import Any, cast

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError
from botocore.loaders import create_loader

from audit.api import AbsentError, Account, UnreadableError
from audit.readers.all import KINDS
from audit.table import Call
from runtime.caller import CallerError, identify

ACCOUNT, REGION = "123456789012", "us-east-1"
Answer = tuple[int, str] | Exception
LOADER: Any = create_loader()
"""Shared: it remembers the services' models, which take a while to read."""

MODEL: Any = LOADER.load_service_model("s3", "service-2")


class Wire:
    """What goes over the wire, and what comes back: the answers in turn, the last one for good."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[Any] = []

    def __call__(self, request: Any, **_: Any) -> AWSResponse:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        raw: Any = io.BytesIO(body.encode())
        raw.stream = lambda *_, **__: iter([body.encode()])  # pyright: ignore[reportUnknownLambdaType]
        return AWSResponse(request.url, status, cast("Any", {"content-type": "text/xml"}), raw)


def on(wire: Wire) -> boto3.Session:
    """A session over the wire."""
    core: Any = botocore.session.get_session()
    core.register_component("data_loader", LOADER)
    core.register("before-send", wire)
    return boto3.Session("key", "secret", region_name=REGION, botocore_session=core)


def asked(wire: Wire, *, attempts: int = 8) -> Account:
    return Account(on(wire), ACCOUNT, REGION, attempts=attempts)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Time that passes only by waiting; the list holds how long each wait was."""
    waits: list[float] = []

    class Condition(threading.Condition):
        """The rate limiter waits for a condition that nobody meets: it ends by its timeout."""

        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            return False

    monkeypatch.setattr("time.sleep", waits.append)

    def now(_: object) -> float:
        return 1.7e9 + sum(waits)

    monkeypatch.setattr("botocore.retries.bucket.Clock.current_time", now)
    limiter = SimpleNamespace(Lock=threading.Lock, Condition=Condition)
    monkeypatch.setattr("botocore.retries.bucket.threading", limiter)
    return waits


OK = (200, "<Answer/>")


def error(code: str, status: int) -> Answer:
    return status, f"<Error><Code>{code}</Code><Message>because</Message></Error>"


CALLS: set[Call] = {a.call for kind in KINDS for a in kind.attributes} | {c for k in KINDS for c in k.discovered_by}
S3_OPERATIONS = sorted({call.operation for call in CALLS if call.service == "s3"})
OWNERLESS = {"list_buckets"}
"""The only operation of S3 in the table that is about no bucket."""


@pytest.mark.parametrize("operation", S3_OPERATIONS)
def test_every_question_about_a_bucket_names_the_owner_expected(operation: str) -> None:
    wire = Wire(OK)
    account = asked(wire)
    method = next(name for name in MODEL["operations"] if xform_name(name) == operation)
    shape = MODEL["shapes"][MODEL["operations"][method]["input"]["shape"]]
    account.ask("s3", operation, **dict.fromkeys(shape.get("required", ()), "x"))
    (request,) = wire.requests
    assert (request.headers.get("x-amz-expected-bucket-owner") is None) == (operation in OWNERLESS)
    if operation not in OWNERLESS:
        assert request.headers["x-amz-expected-bucket-owner"] in (ACCOUNT, ACCOUNT.encode())


def test_the_table_only_reads() -> None:
    assert {call.operation.split("_")[0] for call in CALLS} <= {"get", "list", "describe", "head"}
    assert all(call.permission.split(":")[1].startswith(("Get", "List", "Describe")) for call in CALLS)


def test_all_pages_are_read() -> None:
    def page(name: str, more: str) -> Answer:
        buckets = f"<Buckets><Bucket><Name>{name}</Name></Bucket></Buckets>"
        return 200, f"<ListAllMyBucketsResult>{buckets}{more}</ListAllMyBucketsResult>"

    wire = Wire(page("a", "<ContinuationToken>t</ContinuationToken>"), page("b", ""))
    assert [b["Name"] for b in asked(wire).ask("s3", "list_buckets")["Buckets"]] == ["a", "b"]
    assert len(wire.requests) == 2


def test_a_question_is_asked_once_a_run_and_again_by_a_second_look() -> None:
    wire = Wire(OK)
    account = asked(wire)
    list(account.concurrently(lambda _: account.ask("s3", "get_bucket_versioning", Bucket="a"), range(20)))
    assert len(wire.requests) == 1
    account.fresh().ask("s3", "get_bucket_versioning", Bucket="a")
    assert len(wire.requests) == 2
    assert account.calls == Counter({"s3:GetBucketVersioning": 2})


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("NoSuchBucket", 404),
        ("NoSuchLifecycleConfiguration", 404),
        ("NoSuchPublicAccessBlockConfiguration", 404),
        ("ServerSideEncryptionConfigurationNotFoundError", 404),
        ("OwnershipControlsNotFoundError", 404),
        ("ObjectLockConfigurationNotFoundError", 404),
        ("ReplicationConfigurationNotFoundError", 404),
    ],
)
def test_what_is_not_there_is_absent(code: str, status: int) -> None:
    with pytest.raises(AbsentError, match=code):
        asked(Wire(error(code, status))).ask("s3", "get_bucket_policy", Bucket="a")


@pytest.mark.parametrize(
    ("code", "status"), [("AccessDenied", 403), ("InvalidAccessKeyId", 403), ("MethodNotAllowed", 405), ("403", 403)]
)
def test_a_refusal_is_unreadable_and_says_what_was_asked(code: str, status: int) -> None:
    with pytest.raises(UnreadableError, match=f"s3:get_bucket_policy answered {code}"):
        asked(Wire(error(code, status))).ask("s3", "get_bucket_policy", Bucket="a")


def test_an_account_that_can_not_be_reached_is_unreadable(clock: list[float]) -> None:
    with pytest.raises(UnreadableError, match="s3:get_bucket_policy"):
        asked(Wire(EndpointConnectionError(endpoint_url="https://s3")), attempts=1).ask(
            "s3", "get_bucket_policy", Bucket="a"
        )
    assert clock == []


def test_throttling_is_survived_by_waiting_and_counted(clock: list[float]) -> None:
    wire = Wire(error("SlowDown", 503), error("SlowDown", 503), error("SlowDown", 503), OK)
    account = asked(wire)
    account.ask("s3", "get_bucket_versioning", Bucket="a")
    assert (len(wire.requests), account.retries) == (4, 3)
    assert sum(clock) > 0


def test_throttling_without_end_is_unreadable(clock: list[float]) -> None:
    wire = Wire(error("SlowDown", 503))
    with pytest.raises(UnreadableError, match="SlowDown"):
        asked(wire).ask("s3", "get_bucket_versioning", Bucket="a")
    assert len(wire.requests) == 8
    assert len(clock) >= 7


IDENTITY = """<GetCallerIdentityResponse><GetCallerIdentityResult>
<Arn>arn:aws:iam::{0}:role/audit</Arn><UserId>u</UserId><Account>{0}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


def caller(wire: Wire) -> str:
    return identify(on(wire), ACCOUNT, REGION)


def test_the_caller_is_named() -> None:
    assert caller(Wire((200, IDENTITY.format(ACCOUNT)))) == f"arn:aws:iam::{ACCOUNT}:role/audit"


def test_another_account_is_refused_before_anything_is_read() -> None:
    with pytest.raises(CallerError, match=r"account 999999999999, the stack to 123456789012; nothing was read"):
        caller(Wire((200, IDENTITY.format("999999999999"))))


def test_refused_credentials_are_told_in_a_sentence() -> None:
    with pytest.raises(CallerError, match=r"no usable credentials: .*ExpiredToken.*Log in"):
        caller(Wire((403, "<ErrorResponse><Error><Code>ExpiredToken</Code></Error></ErrorResponse>")))
