"""Objects, versions and uploads are listed page by page, as the references of the four listings say.

Plain moto leaves versions out or shows them twice from page to page, stops once a page's last version is deleted, takes
the version with the latest date for the current one, ignores `encoding-type` for versions and every limit, delimiter
and order of uploads, dates these 2010, and shows prefixes below which everything is deleted.
"""

import itertools
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from moto.s3.models import OWNER, FakeDeleteMarker, FakeKey, FakeMultipart
from moto.s3.responses import S3Response

from local.account.documents import answer
from local.account.gaps.time_shift import now
from local.account.gaps.versions import Store, Version
from local.account.paging import Asked, Entry, page
from local.account.patching import Response, around
from local.account.s3call import Refusal, bucket_of, header, query_of

OWNED = f"<Owner><ID>{OWNER}</ID><DisplayName>webfile</DisplayName></Owner>"

_begun = itertools.count(1)


def install() -> None:
    """Answer the four listings ourselves; give each upload the time and an id in order of time."""

    @around(FakeMultipart, "__init__")
    def _stamp(original: Any, upload: FakeMultipart, *args: Any, **kwargs: Any) -> None:
        original(upload, *args, **kwargs)
        vars(upload)["initiated"] = now()
        upload.id = f"{next(_begun):012d}{upload.id}"

    for name, listing in (
        ("list_objects", objects),
        ("list_objects_v2", objects_v2),
        ("list_object_versions", versions),
        ("list_multipart_uploads", uploads),
    ):

        @around(S3Response, name)
        def _list(_original: Any, call: S3Response, listing: Any = listing) -> Response:
            return answer(listing(call))


def objects(call: S3Response) -> str:
    """List current objects, first version of the API."""
    asked, marker = Asked(call), query_of(call).get("marker", "")
    found = page(_current(call, asked, marker, owner=True), asked.prefix, asked.delimiter, marker, asked.most)
    more = {"Marker": asked.text(marker)}
    if found.following and asked.delimiter:
        more["NextMarker"] = asked.text(found.following[0])
    return asked.document("ListBucketResult", found, **more)


def objects_v2(call: S3Response) -> str:
    """List current objects, second version of the API."""
    asked, query = Asked(call), query_of(call)
    token, start = query.get("continuation-token"), query.get("start-after", "")
    after = start if token is None else _after(token)
    owner = query.get("fetch-owner") == "true"
    found = page(_current(call, asked, after, owner=owner), asked.prefix, asked.delimiter, after, asked.most)
    more = {"KeyCount": str(len(found.entries) + len(found.prefixes))}
    more |= {"StartAfter": asked.text(start)} if start else {}
    more |= {"ContinuationToken": escape(token)} if token else {}
    if found.following:
        more["NextContinuationToken"] = urlsafe_b64encode(found.following[0].encode()).decode()
    return asked.document("ListBucketResult", found, **more)


def versions(call: S3Response) -> str:
    """List versions and delete markers, newest first within a key."""
    asked, query = Asked(call), query_of(call)
    key, version = query.get("key-marker", ""), query.get("version-id-marker", "")
    if version and not key:
        raise Refusal(400, "InvalidArgument", "A version-id marker cannot be specified without a key marker.")
    found = page(_history(call, asked, key, version), asked.prefix, asked.delimiter, key, asked.most)
    more = {"KeyMarker": asked.text(key), "VersionIdMarker": version}
    if found.following:
        more["NextKeyMarker"] = asked.text(found.following[0])
        more |= {"NextVersionIdMarker": found.following[1]} if found.following[1] else {}
    return asked.document("ListVersionsResult", found, **more)


def uploads(call: S3Response) -> str:
    """List the uploads of a bucket by key and time of beginning."""
    asked, query = Asked(call, "max-uploads"), query_of(call)
    key, upload = query.get("key-marker", ""), query.get("upload-id-marker", "") if query.get("key-marker") else ""
    begun = sorted(bucket_of(call).multiparts.values(), key=lambda found: (found.key_name, found.id))
    rest = [
        Entry(found.key_name, found.id, _upload(asked, found))
        for found in begun
        if found.key_name > key or (upload and (found.key_name, found.id) > (key, upload))
    ]
    found = page(rest, asked.prefix, asked.delimiter, key, asked.most)
    more = {"KeyMarker": asked.text(key), "UploadIdMarker": upload}
    if found.following:
        more |= {"NextKeyMarker": asked.text(found.following[0]), "NextUploadIdMarker": found.following[1]}
    return asked.document("ListMultipartUploadsResult", found, **more)


def _current(call: S3Response, asked: Asked, after: str, *, owner: bool) -> Iterable[Entry]:
    store: Store = bucket_of(call).keys  # pyright: ignore[reportAssignmentType]
    wanted = {word.strip() for word in (header(call, "x-amz-optional-object-attributes") or "").split(",")}
    for key in store.ordered(asked.prefix, after):
        if key == after:
            continue
        latest = (store.getlist(key) or [None])[-1]
        if isinstance(latest, FakeKey):
            more = (OWNED if owner else "") + (_restore(latest) if "RestoreStatus" in wanted else "")
            yield Entry(key, "", f"<Contents><Key>{asked.text(key)}</Key>{_described(latest)}{more}</Contents>")


def _history(call: S3Response, asked: Asked, marker: str, version_marker: str) -> Iterable[Entry]:
    store: Store = bucket_of(call).keys  # pyright: ignore[reportAssignmentType]
    before = store.numbers.get((marker, version_marker), 0)
    if version_marker and not before:
        raise Refusal(400, "InvalidArgument", "Invalid version id specified")
    for key in store.ordered(asked.prefix, marker):
        kept: list[Version] = store.getlist(key, [])
        for version in reversed(kept):
            if key > marker or not marker or vars(version)["number"] < before:
                yield Entry(key, version.version_id, _version(asked, version, latest=version is kept[-1]))


def _version(asked: Asked, version: Version, *, latest: bool) -> str:
    name = "DeleteMarker" if isinstance(version, FakeDeleteMarker) else "Version"
    described = (
        _described(version)
        if isinstance(version, FakeKey)
        else f"<LastModified>{version.last_modified_ISO8601}</LastModified>"
    )
    return (
        f"<{name}><Key>{asked.text(version.name)}</Key><VersionId>{version.version_id}</VersionId>"
        f"<IsLatest>{str(latest).lower()}</IsLatest>{described}{OWNED}</{name}>"
    )


def _described(key: FakeKey) -> str:
    checksum = f"<ChecksumAlgorithm>{key.checksum_algorithm}</ChecksumAlgorithm>" if key.checksum_algorithm else ""
    return (
        f"<LastModified>{key.last_modified_ISO8601}</LastModified><ETag>{escape(key.etag)}</ETag>{checksum}"
        f"<Size>{key.size}</Size><StorageClass>{key.storage_class}</StorageClass>"
    )


def _restore(key: FakeKey) -> str:
    header = str(key.response_dict.get("x-amz-restore", ""))
    if not header:
        return ""
    ongoing = 'ongoing-request="true"' in header
    expiry = key.expiry_date if not ongoing else None
    until = f"<RestoreExpiryDate>{_iso(expiry)}</RestoreExpiryDate>" if expiry else ""
    return f"<RestoreStatus><IsRestoreInProgress>{str(ongoing).lower()}</IsRestoreInProgress>{until}</RestoreStatus>"


def _iso(http_date: str) -> str:
    return datetime.strptime(http_date, "%a, %d %b %Y %H:%M:%S GMT").isoformat(timespec="milliseconds") + "Z"  # noqa: DTZ007 - GMT


def _upload(asked: Asked, upload: FakeMultipart) -> str:
    initiated: datetime = vars(upload)["initiated"]
    return (
        f"<Upload><Key>{asked.text(upload.key_name)}</Key><UploadId>{upload.id}</UploadId>{OWNED}"
        f"<StorageClass>{upload.storage or 'STANDARD'}</StorageClass>"
        f"<Initiated>{initiated.isoformat(timespec='milliseconds')}Z</Initiated></Upload>"
    )


def _after(token: str) -> str:
    try:
        return urlsafe_b64decode(token).decode()
    except (NotBase64, ValueError):
        raise Refusal(400, "InvalidArgument", "The continuation token provided is incorrect") from None
