"""A body whose digest or checksum is another than the request says is refused; plain moto believes it.

CRC32C and CRC64NVME are not computed here and go unchecked.
"""

import hashlib
import re
import zlib
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any

from moto.s3.responses import S3Response

from local.account.patching import around
from local.account.s3call import Refusal, header, query_of

CHECKSUMS: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda body: hashlib.sha256(body).digest(),
    "sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
}
MD5_BYTES = 16


def install() -> None:
    """Check every request's body before anything is done."""
    for name in ("_bucket_response", "_key_response"):

        @around(S3Response, name)
        def _checked(original: Any, call: S3Response, *args: Any) -> Any:
            check(call)
            return original(call, *args)


def check(call: S3Response) -> None:
    """Check the body of a request.

    Raises:
        Refusal: a digest is malformed, or another than the body's.
    """
    body = _bytes(call.body)
    _check_md5(header(call, "Content-MD5"), body)
    signed = header(call, "x-amz-content-sha256") or ""
    if re.fullmatch("[0-9a-f]{64}", signed) and signed != hashlib.sha256(_bytes(call.raw_body)).hexdigest():
        reason = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise Refusal(400, "XAmzContentSHA256Mismatch", reason)
    if call.method == "POST" and "uploadId" in query_of(call):
        return  # there a checksum is the whole object's
    for name, compute in CHECKSUMS.items():
        given = header(call, f"x-amz-checksum-{name}") or _trailer(call, name)
        if given and given != b64encode(compute(body)).decode():
            reason = f"The {name.upper()} you specified did not match the calculated checksum."
            raise Refusal(400, "BadDigest", reason)


def _check_md5(given: str | None, body: bytes) -> None:
    if given is None:
        return
    try:
        digest = b64decode(given, validate=True)
    except NotBase64:
        digest = b""
    if len(digest) != MD5_BYTES:
        raise Refusal(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    if digest != hashlib.md5(body, usedforsecurity=False).digest():
        raise Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")


def _trailer(call: S3Response, name: str) -> str | None:
    if header(call, "x-amz-trailer") != f"x-amz-checksum-{name}":
        return None
    found = re.search(rb"x-amz-checksum-" + name.encode() + rb":(\S+)", _bytes(call.raw_body)[-512:])
    return found[1].decode() if found else None


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")
