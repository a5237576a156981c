"""Multipart uploads are listed with the time they began, page by page; plain moto dates them all 2010, in no order."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from moto.s3.models import FakeMultipart
from moto.s3.responses import S3Response

from local.account.documents import answer
from local.account.gaps.time_shift import now
from local.account.patching import Response, around
from local.account.s3call import S3_NAMESPACE, bucket_of, query_of


def install() -> None:
    """Stamp each upload when it is made, and list them ourselves."""

    @around(FakeMultipart, "__init__")
    def _stamp(original: Any, upload: FakeMultipart, *args: Any, **kwargs: Any) -> None:
        original(upload, *args, **kwargs)
        vars(upload)["initiated"] = now()

    @around(S3Response, "list_multipart_uploads")
    def _list(_original: Any, call: S3Response) -> Response:
        return listing(call)


def listing(call: S3Response) -> Response:
    """List the uploads of a bucket by key and time of beginning."""
    query = query_of(call)
    prefix, most = query.get("prefix", ""), int(query.get("max-uploads", "1000"))
    after = (query.get("key-marker", ""), query.get("upload-id-marker", ""))
    uploads: list[FakeMultipart] = sorted(
        (upload for upload in bucket_of(call).multiparts.values() if upload.key_name.startswith(prefix)),
        key=lambda upload: (upload.key_name, upload.id),
    )
    rest = [upload for upload in uploads if _follows(upload, *after)]
    page = rest[:most]
    url = query.get("encoding-type") == "url"
    parts = [f"<Bucket>{call.bucket_name}</Bucket><MaxUploads>{most}</MaxUploads>"]
    parts += ["<EncodingType>url</EncodingType>"] if url else []
    parts.append(f"<IsTruncated>{str(len(rest) > most).lower()}</IsTruncated>")
    if len(rest) > most:
        parts.append(f"<NextKeyMarker>{_text(page[-1].key_name, url=url)}</NextKeyMarker>")
        parts.append(f"<NextUploadIdMarker>{page[-1].id}</NextUploadIdMarker>")
    parts += [_upload(upload, url=url) for upload in page]
    name = "ListMultipartUploadsResult"
    return answer(f'<{name} xmlns="{S3_NAMESPACE}">{"".join(parts)}</{name}>')


def _follows(upload: FakeMultipart, key_marker: str, upload_marker: str) -> bool:
    if upload_marker:
        return (upload.key_name, upload.id) > (key_marker, upload_marker)
    return upload.key_name > key_marker or not key_marker


def _upload(upload: FakeMultipart, *, url: bool) -> str:
    initiated: datetime = vars(upload)["initiated"]
    return (
        f"<Upload><Key>{_text(upload.key_name, url=url)}</Key><UploadId>{upload.id}</UploadId>"
        f"<StorageClass>{upload.storage or 'STANDARD'}</StorageClass>"
        f"<Initiated>{initiated.isoformat(timespec='milliseconds')}Z</Initiated></Upload>"
    )


def _text(key: str, *, url: bool) -> str:
    return quote(key, safe="/") if url else escape(key)
