"""If-Match and If-None-Match decide about a put, a copy, a completed upload and a deletion, together with the write.

Plain moto heeds If-None-Match only for a put and a completion and If-Match only for a put and a single deletion, and
decides before it writes, so that two writers can both be first.
"""

from collections.abc import Callable
from typing import Any

from moto.s3.exceptions import MissingKey, PreconditionFailed
from moto.s3.models import FakeKey
from moto.s3.responses import S3Response

from local.account.gaps.versions import Condition, provided
from local.account.patching import around
from local.account.s3call import Refusal, header, query_of


def install() -> None:
    """Judge each write's own headers; a completed upload's are judged where it is completed."""
    for name in ("put_object", "copy_object", "delete_object"):

        @around(S3Response, name)
        def _conditional(original: Any, call: S3Response, *args: Any) -> Any:
            return written(call, lambda: original(call, *args))


def written(call: S3Response, write: Callable[[], Any]) -> Any:
    """Write under the conditions of a request: judged first, and again at the very write.

    Raises:
        Refusal, S3ClientError: what is there does not meet them.
    """
    condition = condition_of(call)
    if condition is None:
        return write()
    condition(call.backend.get_object(call.bucket_name, call.parse_key_name(), query_of(call).get("versionId")))
    with provided(condition):
        return write()


def condition_of(call: S3Response) -> Condition | None:
    """Return what a request's headers ask of the object that is there; None if they ask nothing.

    Raises:
        Refusal: If-None-Match is not `*`, which S3 has not implemented for writes.
    """
    match, none_match = header(call, "If-Match"), header(call, "If-None-Match")
    if none_match not in {None, "*"}:
        reason = "A header you provided implies functionality that is not implemented"
        raise Refusal(501, "NotImplemented", reason)
    if none_match:
        return refuse_any
    return has_etag(match) if match else None


def refuse_any(found: FakeKey | None) -> None:
    """Refuse to write where an object is."""
    if found is not None:
        raise PreconditionFailed("If-None-Match")


def has_etag(etag: str) -> Condition:
    """Return the condition that an object with this ETag, or `*` any, is there."""

    def check(found: FakeKey | None) -> None:
        if found is None:
            raise MissingKey
        if etag != "*" and etag.strip('"') != found.etag.strip('"'):
            raise PreconditionFailed("If-Match")

    return check
