"""A `Refusal` raised anywhere below a request becomes S3's answer."""

from typing import Any

from moto.s3.responses import S3Response

from local.account.patching import around
from local.account.s3call import Refusal, xml_error


def install() -> None:
    """Answer refusals; whatever raises one must have been installed before."""
    for name in ("_bucket_response", "_key_response"):

        @around(S3Response, name)
        def _answered(original: Any, call: S3Response, *args: Any) -> Any:
            try:
                return original(call, *args)
            except Refusal as refusal:
                return xml_error(refusal.status, refusal.code, str(refusal))
