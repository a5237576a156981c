"""The one bucket this function may touch: every call names it and the account that must own it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import boto3
from botocore.config import Config
from botocore.credentials import ReadOnlyCredentials

from runtime.objects.batch import BatchDelete
from runtime.objects.wire import Entry, ListingReader

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LISTERS = 8
"""Listings at once."""

DELETERS = 12
"""Deletions at once: at a third of a second each they carry ten times the rate S3 allows one prefix."""

TIMEOUT = 15
"""Seconds without a byte from S3 before a request is repeated."""


class NoCredentialsError(RuntimeError):
    """There are no AWS credentials to sign requests with."""


class Page(NamedTuple):
    """One page of a listing: entries, common prefixes, and what to ask for the next page (None at the end)."""

    entries: list[Entry]
    prefixes: list[str]
    following: dict[str, str] | None


class Upload(NamedTuple):
    """A multipart upload in progress: key, id and the moment it began (UTC)."""

    key: str
    id: str
    began: datetime


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

    def __init__(self, name: str, account: str) -> None:
        self.name = name
        self._listings = ListingReader(timeout=TIMEOUT, connections=LISTERS)
        self._client = _client()
        self._batches = BatchDelete(
            account=account,
            region=self._client.meta.region_name,
            credentials=_credentials(),
            timeout=TIMEOUT,
            connections=DELETERS,
        )
        for operation in ("ListObjectsV2", "ListObjectVersions"):
            self._client.meta.events.register(f"before-send.s3.{operation}", cast("Any", self._listings))
        self._here: dict[str, Any] = {"Bucket": name, "ExpectedBucketOwner": account}
        self._versioned = False

    def overview(self) -> Overview:
        """Tags, versioning and S3's clock."""
        tagging = self._client.get_bucket_tagging(**self._here)
        versioning = self._client.get_bucket_versioning(**self._here)
        self._versioned = "Status" in versioning
        now = parsedate_to_datetime(tagging["ResponseMetadata"]["HTTPHeaders"]["date"])
        return Overview(
            tags={tag["Key"]: tag["Value"] for tag in tagging["TagSet"]},
            versioned=self._versioned,
            now=now.astimezone(UTC),
        )

    def page(self, prefix: str, following: dict[str, str], *, delimiter: str = "") -> Page:
        """One page of what lies below a prefix: objects, or versions and delete markers where there are any."""
        asked: dict[str, Any] = {**self._here, "Prefix": prefix, **following}
        if delimiter:
            asked["Delimiter"] = delimiter
        answer = (
            self._client.list_object_versions(**asked) if self._versioned else self._client.list_objects_v2(**asked)
        )
        prefixes = [common.get("Prefix", "") for common in answer.get("CommonPrefixes", [])]
        return Page(self._listings.take(), prefixes, _following(cast("dict[str, Any]", answer)))

    def after(self, key: str) -> dict[str, str]:
        """What to ask in order to list the keys after this one."""
        return {"KeyMarker" if self._versioned else "StartAfter": key}

    def delete_batch(self, entries: list[Entry]) -> list[tuple[str, str, str]]:
        """Deletes at most 1,000 listed entries by one request.

        Returns:
            (key, version, error code) of those that S3 did not delete.
        """
        return self._batches.send(self._listings.address, entries)

    def delete_one(self, entry: Entry) -> None:
        """Deletes one entry by a request of its own, which carries the key in its path."""
        named: dict[str, Any] = {"Key": entry.key}
        if entry.version:
            named["VersionId"] = entry.version
        if entry.guarded:
            named["IfMatch"] = entry.etag
        self._client.delete_object(**self._here, **named)

    def uploads(self) -> Iterator[Upload]:
        """Every multipart upload in progress."""
        pages = self._client.get_paginator("list_multipart_uploads").paginate(**self._here)
        for page in pages:
            for upload in page.get("Uploads", []):
                began = upload.get("Initiated", datetime.now(UTC))
                yield Upload(upload.get("Key", ""), upload.get("UploadId", ""), began.astimezone(UTC))

    def abort(self, upload: Upload) -> None:
        """Aborts a multipart upload and frees its parts."""
        self._client.abort_multipart_upload(**self._here, Key=upload.key, UploadId=upload.id)


def _client() -> "S3Client":
    config = Config(
        connect_timeout=5,
        read_timeout=TIMEOUT,
        retries={"total_max_attempts": 1},
        max_pool_connections=DELETERS,
    )
    return boto3.client("s3", config=config)  # pyright: ignore[reportUnknownMemberType]


def _credentials() -> Callable[[], ReadOnlyCredentials]:
    # The session that boto3.client makes and keeps: a warm function does not read the API descriptions again.
    session = boto3.DEFAULT_SESSION
    credentials = session.get_credentials() if session else None
    if credentials is None:
        raise NoCredentialsError("there are no AWS credentials; in Lambda the function's role provides them")
    return credentials.get_frozen_credentials


def _following(answer: dict[str, Any]) -> dict[str, str] | None:
    if not answer.get("IsTruncated"):
        return None
    if token := answer.get("NextContinuationToken"):
        return {"ContinuationToken": token}
    return {"KeyMarker": answer["NextKeyMarker"], "VersionIdMarker": answer["NextVersionIdMarker"]}
