"""The few things every S3 patch needs of moto's response object, in one place."""

from operator import methodcaller
from typing import Any, cast
from xml.sax.saxutils import escape

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local.account.patching import Response
from local.account.record import ROOT_ACCESS_KEY

S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class Refusal(Exception):  # noqa: N818 - S3 refuses; the project's error is somebody else's
    """S3 refuses a request, or one key of a batch, with this status and code."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.status, self.code = status, code


def malformed() -> Refusal:
    """What S3 says to a document that breaks its schema."""
    return Refusal(400, "MalformedXML", MALFORMED)


MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema"


def xml_error(status: int, code: str, message: str, **details: str) -> Response:
    """Answer as S3 does when it refuses a request."""
    inner = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    inner += "".join(f"<{name}>{escape(value)}</{name}>" for name, value in details.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}<RequestId>embedded</RequestId></Error>'
    return status, {"content-type": "application/xml"}, body


def authorize(call: S3Response, action: str, bucket: str, key: str | None = None, version: str = "") -> None:
    """Check the caller's policies for an action, where authorization is on.

    Args:
        call: the request.
        action: without the `s3:`.
        bucket: its name.
        key: the object, where the action is an object's.
        version: the version, where it is not the request's own.

    Raises:
        S3ClientError: the caller may not.
    """
    data = cast("dict[str, Any]", call.data)
    data["Action"] = action
    data["BucketName"] = bucket
    data["VersionId"] = version
    methodcaller("_authenticate_and_authorize_s3_action", bucket_name=bucket, key_name=key)(call)


def authorization_is_on() -> bool:
    """Whether requests are judged by policies at all."""
    return ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT


def is_root(call: S3Response) -> bool:
    """Whether the account's own key signed the request."""
    return f"Credential={ROOT_ACCESS_KEY}/" in call.headers.get("Authorization", "")


def named_action(call: S3Response, kind: str, method: str) -> None:
    """Name and authorize what a request on a `BUCKET` or a `KEY` does."""
    methodcaller("_set_action", kind, method, query_of(call))(call)
    key = call.parse_key_name() if kind == "KEY" else None
    authorize(call, call.data["Action"], call.bucket_name, key)


def header(call: S3Response, name: str) -> str | None:
    """Return a header of the request, or None."""
    found = call.headers.get(name)
    return found.decode() if isinstance(found, bytes) else found


def bucket_of(call: S3Response) -> FakeBucket:
    """Return the bucket a request names.

    Raises:
        MissingBucket: there is none.
    """
    return call.backend.get_bucket(call.bucket_name)


def query_of(call: S3Response) -> dict[str, str]:
    """Return the query of a request; a flag without value has the empty string."""
    arguments = cast("Any", call.request).args
    return {str(name): str(arguments[name]) for name in arguments}
