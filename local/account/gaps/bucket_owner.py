"""A request that expects another account to own the bucket is refused; plain moto ignores what it expects."""

from typing import Any

from moto.s3.responses import S3Response

from local.account.patching import Response, around
from local.account.record import ACCOUNT_ID
from local.account.s3call import xml_error

HEADERS = ("x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner")


def install() -> None:
    """Look at the header before anything is done; every bucket here is the account's own."""
    for name in ("_bucket_response", "_key_response"):

        @around(S3Response, name)
        def _checked(original: Any, call: S3Response, *args: Any) -> Any:
            return refusal(call) or original(call, *args)


def refusal(call: S3Response) -> Response | None:
    """Return the refusal of a request that expects another owner, or None."""
    expected = {call.headers.get(name) for name in HEADERS} - {None, ACCOUNT_ID}
    return xml_error(403, "AccessDenied", "Access Denied") if expected else None
