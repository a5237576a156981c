"""A copy reads its source as S3 does: under its own conditions, with its tags, and never a delete marker.

Plain moto knows one of the four conditions, answers a part's missing source without a code, and adds a source's tags to
those that were there.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from moto.s3.exceptions import MissingKey, MissingVersion, ObjectNotInActiveTierError, PreconditionFailed
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.responses import S3Response
from moto.s3.utils import ARCHIVE_STORAGE_CLASSES

from local.account.patching import around
from local.account.s3call import Refusal, header

PREFIX = "x-amz-copy-source-if-"


def install() -> None:
    """Look at the source before it is copied, whole or as a part."""
    for name in ("copy_object", "upload_part_copy"):

        @around(S3Response, name)
        def _copy(original: Any, call: S3Response) -> Any:
            check_source(call)
            return original(call)

    @around(S3Backend, "copy_object")
    def _tagged(
        original: Any, s3: S3Backend, src_key: FakeKey, bucket: str, key: str, *args: Any, **named: Any
    ) -> None:
        tags = s3.tagger.get_tag_dict_for_resource(src_key.arn)
        original(s3, src_key, bucket, key, *args, **named)
        made = s3.get_object(bucket, key)
        if made is not None:
            s3.tagger.delete_all_tags_for_resource(made.arn)
            s3.tagger.tag_resource(made.arn, s3.tagger.convert_dict_to_tags_input(tags))


def source_of(call: S3Response) -> tuple[str, str, str | None]:
    """Return bucket, key and version of what a request copies; the version is None where none is named."""
    path, _, query = (header(call, "x-amz-copy-source") or "").partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    return bucket, key, parse_qs(query).get("versionId", [None])[0]


def check_source(call: S3Response) -> None:
    """Check that a request's source is there, can be read, and meets its conditions.

    Raises:
        Refusal: the source is a delete marker, named by its version.
        S3ClientError: it is missing, archived, or fails a condition.
    """
    bucket, key, version = source_of(call)
    found = call.backend.get_object(bucket, key, version, return_delete_marker=True)
    if isinstance(found, FakeDeleteMarker) and version:
        reason = "The source of a copy request may not specifically refer to a delete marker by version id."
        raise Refusal(400, "InvalidRequest", reason)
    if not isinstance(found, FakeKey):
        raise MissingVersion(key, version) if version else MissingKey(key)
    if found.storage_class in ARCHIVE_STORAGE_CLASSES and 'ongoing-request="false"' not in str(found.response_dict):
        raise ObjectNotInActiveTierError(found)
    if failed := _failed(call, found):
        raise PreconditionFailed(PREFIX + failed)


def _failed(call: S3Response, found: FakeKey) -> str:
    """Name the condition that fails; one on the ETag that is met outweighs one on the date."""
    match, none_match = header(call, PREFIX + "match"), header(call, PREFIX + "none-match")
    modified, unmodified = _date(call, "modified-since"), _date(call, "unmodified-since")
    changed = found.last_modified.replace(microsecond=0)
    if match is not None:
        return "" if _same(match, found) else "match"
    if none_match is not None and _same(none_match, found):
        return "none-match"
    if unmodified and changed > unmodified:
        return "unmodified-since"
    return "modified-since" if modified and changed <= modified and none_match is None else ""


def _same(etag: str, found: FakeKey) -> bool:
    return etag == "*" or etag.strip('"') == found.etag.strip('"')


def _date(call: S3Response, name: str) -> datetime | None:
    text = header(call, PREFIX + name)
    return parsedate_to_datetime(text).replace(tzinfo=None) if text else None
