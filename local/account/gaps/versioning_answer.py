"""GetBucketVersioning is answered by the element that S3 names; moto names it after the operation."""

from typing import Any

from moto.s3.responses import S3Response

from local.account.patching import around


def install() -> None:
    """Rename the element, so that a client that checks what answered it is not misled."""

    @around(S3Response, "get_bucket_versioning")
    def _get(original: Any, call: S3Response) -> Any:
        status, headers, body = original(call)
        text = body.decode() if isinstance(body, bytes) else body
        return status, headers, text.replace("GetBucketVersioningResponse", "VersioningConfiguration")
