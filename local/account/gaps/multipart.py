"""A multipart upload belongs to its key, keeps the lock it was begun with, and ends only as S3 lets it.

Plain moto lets another key's upload id abort, complete and take parts, drops holds and retention, and takes parts in
any order. `Last-Modified` is the time at which the upload began ("Working with object metadata" in the user guide).
"""

import itertools
import re
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict
from moto.s3.exceptions import InvalidPartOrder, NoSuchUpload
from moto.s3.models import FakeKey, FakeMultipart, S3Backend
from moto.s3.responses import S3Response

from local.account.documents import as_list, inside
from local.account.gaps.holds import lock_of
from local.account.gaps.preconditions import written
from local.account.patching import Response, around
from local.account.s3call import Refusal, bucket_of, malformed, named_action, query_of

MOST_PARTS = 10_000
NAMES_AN_UPLOAD = ("upload_part", "upload_part_copy", "list_parts", "abort_multipart_upload")


def install() -> None:
    """Check whose upload a request names; hand its lock on."""
    for name in NAMES_AN_UPLOAD:

        @around(S3Response, name)
        def _checked(original: Any, call: S3Response) -> Any:
            upload_of(call)
            number = query_of(call).get("partNumber", "1")
            if not number.isdigit() or not 1 <= int(number) <= MOST_PARTS:
                reason = f"Part number must be an integer between 1 and {MOST_PARTS}, inclusive"
                raise Refusal(400, "InvalidArgument", reason)
            return original(call)

    _install_ending()
    _install_parts()

    @around(S3Response, "_key_response_post")
    def _post(original: Any, call: S3Response, *args: Any) -> Any:
        query = query_of(call)
        named_action(call, "KEY", "POST")
        if "uploads" in query:
            lock = lock_of(call)
            return _begin(call, original(call, *args), lock)
        if "uploadId" in query and not is_completed(call):
            upload_of(call)
            check_order(call.body)
            return written(call, lambda: original(call, *args))
        return original(call, *args)


def _install_ending() -> None:
    @around(S3Backend, "complete_multipart_upload")
    def _complete(original: Any, s3: S3Backend, bucket_name: str, upload_id: str, body: Any) -> FakeKey | None:
        upload = s3.get_bucket(bucket_name).multiparts[upload_id]
        made = original(s3, bucket_name, upload_id, body)
        if made is not None:
            made.last_modified = vars(upload)["initiated"]
        return made

    @around(S3Backend, "put_object")
    def _put(original: Any, s3: S3Backend, *args: Any, **named: Any) -> FakeKey:
        upload: FakeMultipart | None = named.get("multipart")
        ends = upload is not None and named.get("etag")  # a copy hands on its source's upload, without an ETag
        lock: dict[str, str] = vars(upload).get("lock", {}) if ends else {}
        return original(s3, *args, **{**named, **lock})


def _install_parts() -> None:
    @around(S3Backend, "list_parts")
    def _parts(_original: Any, s3: S3Backend, bucket_name: str, upload_id: str, **asked: int) -> list[FakeKey]:
        parts = s3.get_bucket(bucket_name).multiparts[upload_id].parts
        later = [parts[number] for number in sorted(parts) if number > asked["part_number_marker"]]
        return later[: min(asked["max_parts"], 1000)]

    @around(S3Backend, "is_truncated")
    def _truncated(_original: Any, s3: S3Backend, bucket_name: str, upload_id: str, last: int) -> bool:
        return any(number > last for number in s3.get_bucket(bucket_name).multiparts[upload_id].parts)


def upload_of(call: S3Response) -> FakeMultipart:
    """Return the upload that a request names.

    Raises:
        NoSuchUpload: there is none, or it is another key's.
    """
    identifier = query_of(call)["uploadId"]
    found = bucket_of(call).multiparts.get(identifier)
    if found is None or found.key_name != call.parse_key_name():
        raise NoSuchUpload(upload_id=identifier)
    return found


def is_completed(call: S3Response) -> bool:
    """Whether the upload that a request names has become the key's object: completing it again is a success."""
    made = call.backend.get_object(call.bucket_name, call.parse_key_name())
    return made is not None and made.multipart is not None and made.multipart.id == query_of(call)["uploadId"]


def check_order(body: bytes) -> None:
    """Check that the parts to complete are listed, in ascending order.

    Raises:
        Refusal: the document is malformed.
        InvalidPartOrder: they are in another order.
    """
    try:
        document: Any = xmltodict.parse(body)
        parts = as_list(inside(document, "CompleteMultipartUpload").get("Part"))
        numbers = [int(part["PartNumber"]) for part in parts]
    except (ExpatError, KeyError, TypeError, ValueError):
        raise malformed() from None
    if not numbers:
        raise malformed()
    if any(first >= second for first, second in itertools.pairwise(numbers)):
        raise InvalidPartOrder


def _begin(call: S3Response, begun: Response, lock: dict[str, str | None]) -> Response:
    body = begun[2] if isinstance(begun[2], str) else begun[2].decode()
    if found := re.search("<UploadId>(.+?)</UploadId>", body):
        vars(bucket_of(call).multiparts[found[1]])["lock"] = {name: value for name, value in lock.items() if value}
    return begun
