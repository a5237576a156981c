"""A bucket's lifecycle configuration is checked as S3 checks it, kept whole, and answered as it was put.

Plain moto accepts what S3 refuses, drops ObjectSize filters and answers without the header of the minimum object size,
which the Terraform provider reads.
"""

from typing import Any

from moto.s3.responses import S3Response

from local.account.documents import Documents, answer, malformed, parse, without_declaration
from local.account.lifecycle_rules import LifecycleRefusal, check
from local.account.patching import Response, around
from local.account.s3call import authorize, bucket_of, query_of, xml_error

MINIMUM_SIZE_HEADER = "x-amz-transition-default-minimum-object-size"
MINIMUM_SIZES = ("all_storage_classes_128K", "varies_by_storage_class")

_kept = Documents()


def install() -> None:
    """Answer `?lifecycle` before moto does."""

    @around(S3Response, "_bucket_response")
    def _respond(original: Any, call: S3Response, *args: Any) -> Any:
        return respond(call) if "lifecycle" in query_of(call) else original(call, *args)


def respond(call: S3Response) -> Response:
    """Store, return or delete a lifecycle configuration."""
    authorize(call, f"{'Get' if call.method == 'GET' else 'Put'}LifecycleConfiguration", call.bucket_name)
    kept = _kept.of(bucket_of(call))
    if call.method == "PUT":
        return _put(call, kept)
    if call.method == "DELETE":
        kept.clear()
        return 204, {}, ""
    if "document" not in kept:
        return xml_error(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist")
    status, headers, body = answer(kept["document"])
    return status, headers | {MINIMUM_SIZE_HEADER: kept["minimum"]}, body


def _put(call: S3Response, kept: dict[str, str]) -> Response:
    document = parse(call.body, "LifecycleConfiguration")
    minimum = str(call.headers.get(MINIMUM_SIZE_HEADER, MINIMUM_SIZES[0]))
    if document is None or minimum not in MINIMUM_SIZES:
        return malformed()
    try:
        check(document)
    except LifecycleRefusal as refusal:
        return malformed() if refusal.code == "MalformedXML" else xml_error(400, refusal.code, str(refusal))
    kept.update(document=without_declaration(call.body), minimum=minimum)
    return 200, {MINIMUM_SIZE_HEADER: minimum}, ""
