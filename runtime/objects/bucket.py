"""Calls on one bucket: every one names it and the account that must own it, and ends within a bound."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast
from urllib.parse import unquote_plus

from runtime.objects import client as clients
from runtime.objects.answers import ENTRIES
from runtime.objects.bound import within
from runtime.objects.document import BrokenAnswerError
from runtime.objects.entry import Entry, Upload

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Result = TypeVar("Result")
Following = dict[str, str]
"""What a listing's next page is asked by."""


class Page(NamedTuple):
    """One page of a listing: entries, common prefixes, and what to ask for the next page (None at the end)."""

    entries: list[Entry]
    prefixes: list[str]
    following: Following | None


class UploadPage(NamedTuple):
    """One page of the multipart uploads in progress."""

    uploads: list[Upload]
    following: Following | None


class Refusal(NamedTuple):
    """Something that S3 did not delete: key, version (empty for none), error code and message."""

    key: str
    version: str
    code: str
    message: str


@dataclass(frozen=True)
class Overview:
    """What is asked before anything else.

    Attributes:
        tags: the bucket's tags.
        versioned: whether it keeps versions, or ever did.
        now: S3's own clock when it was asked (UTC, whole seconds).
    """

    tags: dict[str, str]
    versioned: bool
    now: datetime


class Bucket:
    """Calls on one bucket. Each is made once: repeating is the caller's decision."""

    def __init__(self, name: str, account: str, client: "S3Client | None" = None) -> None:
        """Connects to nothing yet.

        Args:
            name: the bucket's.
            account: who must own it; S3 refuses every call where another does.
            client: one of `client.s3_client`, for buckets that share one.
        """
        self.name = name
        self._client = client or clients.s3_client()
        self._here: dict[str, Any] = {"Bucket": name, "ExpectedBucketOwner": account}
        self._versioned = False

    def overview(self) -> Overview:
        """Tags, versioning and S3's clock."""
        tagging = self._bounded(lambda: self._client.get_bucket_tagging(**self._here))
        versioning = self._bounded(lambda: self._client.get_bucket_versioning(**self._here))
        self._versioned = "Status" in versioning
        now = parsedate_to_datetime(tagging["ResponseMetadata"]["HTTPHeaders"]["date"])
        return Overview(
            tags={tag["Key"]: tag["Value"] for tag in tagging["TagSet"]},
            versioned=self._versioned,
            now=now.astimezone(UTC),
        )

    def page(self, prefix: str, following: Following, *, delimiter: str = "") -> Page:
        """One page of what lies below a prefix: objects, or versions and delete markers where there are any."""
        asked: dict[str, Any] = {**self._here, "Prefix": prefix, **following}
        if delimiter:
            asked["Delimiter"] = delimiter
        listing: Callable[..., Any] = (
            self._client.list_object_versions if self._versioned else self._client.list_objects_v2
        )
        answer: dict[str, Any] = self._bounded(lambda: listing(**asked))
        prefixes = [common.get("Prefix", "") for common in answer.get("CommonPrefixes", [])]
        markers = ("KeyMarker", "VersionIdMarker") if self._versioned else ("ContinuationToken",)
        # A page that ends with a common prefix names no version to go on after.
        return Page(answer[ENTRIES], prefixes, _following(answer, following, *markers[: 1 if delimiter else None]))

    def after(self, key: str, version: str = "") -> Following:
        """What to ask in order to list what comes after a key, or after one of its versions."""
        if not self._versioned:
            return {"StartAfter": key}
        return {"KeyMarker": key, "VersionIdMarker": version} if version else {"KeyMarker": key}

    def delete_batch(self, entries: list[Entry]) -> list[Refusal]:
        """Deletes at most 1,000 listed entries by one request and returns what S3 did not delete."""
        batch: Any = {"Objects": [_named(entry, etag="ETag") for entry in entries], "Quiet": True}
        answer = self._bounded(lambda: self._client.delete_objects(**self._here, Delete=batch))
        return [
            Refusal(row.get("Key", ""), row.get("VersionId", ""), row.get("Code", "Unknown"), row.get("Message", ""))
            for row in answer.get("Errors", [])
        ]

    def delete_one(self, entry: Entry) -> None:
        """Deletes one entry by a request of its own, which carries the key in its path."""
        self._bounded(lambda: self._client.delete_object(**self._here, **_named(entry, etag="IfMatch")))

    def uploads(self, following: Following) -> UploadPage:
        """One page of the multipart uploads in progress."""
        asked: dict[str, Any] = {**self._here, "EncodingType": "url", **following}
        answer = self._bounded(lambda: self._client.list_multipart_uploads(**asked))
        decode: Callable[[str], str] = unquote_plus if answer.get("EncodingType") == "url" else str
        if "NextKeyMarker" in answer:
            answer["NextKeyMarker"] = decode(answer["NextKeyMarker"])
        uploads = [
            Upload(decode(row.get("Key", "")), row.get("UploadId", ""), row["Initiated"].astimezone(UTC))
            for row in answer.get("Uploads", [])
            if "Initiated" in row
        ]
        return UploadPage(uploads, _following(cast("Any", answer), following, "KeyMarker", "UploadIdMarker"))

    def abort(self, upload: Upload) -> None:
        """Aborts a multipart upload and frees its parts."""
        named: dict[str, Any] = {**self._here, "Key": upload.key, "UploadId": upload.id}
        self._bounded(lambda: self._client.abort_multipart_upload(**named))

    def legal_hold(self, entry: Entry) -> Mapping[str, Any]:
        """S3's answer to GetObjectLegalHold for a version."""
        return self._bounded(lambda: self._client.get_object_legal_hold(**self._here, **_named(entry)))

    def retention(self, entry: Entry) -> Mapping[str, Any]:
        """S3's answer to GetObjectRetention for a version."""
        return self._bounded(lambda: self._client.get_object_retention(**self._here, **_named(entry)))

    def _bounded(self, call: Callable[[], Result]) -> Result:
        return within(clients.LONGEST, call)


def _named(entry: Entry, etag: str = "") -> dict[str, Any]:
    """Exactly what was listed: a version by its id, an object by its ETag, under the name that the call has for it.

    The version `null` of a suspended bucket can be overwritten in place, so it carries both.
    """
    named = {"Key": entry.key}
    if entry.version:
        named["VersionId"] = entry.version
    if etag and entry.guarded:
        named[etag] = entry.etag
    return named


def _following(answer: dict[str, Any], asked: Following, *names: str) -> Following | None:
    if not answer.get("IsTruncated"):
        return None
    following = {name: answer.get(f"Next{name}", "") for name in names}
    if not all(following.values()):
        missing = ", ".join(f"Next{name}" for name, value in following.items() if not value)
        raise BrokenAnswerError(f"a listing that is cut short does not say where it goes on: {missing} is missing")
    if following == asked:
        raise BrokenAnswerError(f"a listing does not go on from where it was asked to: {following}")
    return following
