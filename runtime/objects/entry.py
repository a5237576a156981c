"""What lies in a bucket and may be deleted: an entry of a listing, or an upload that nobody completed."""

from datetime import datetime
from typing import NamedTuple


class Entry(NamedTuple):
    """One listed object, version or delete marker.

    Attributes:
        key: decoded.
        size: bytes; 0 for a delete marker.
        modified: last modified to the second, in UTC, as `2026-11-24T03:00:00`: it sorts as text.
        etag: as listed, with its quotes; empty for a delete marker.
        version: version id; empty where the bucket was never versioned.
        latest: whether it is what a reader sees now.
    """

    key: str
    size: int
    modified: str
    etag: str
    version: str
    latest: bool

    @property
    def name(self) -> str | tuple[str, str]:
        """The key, and the version where there is one."""
        return (self.key, self.version) if self.version else self.key

    @property
    def marker(self) -> bool:
        """Whether it is a delete marker: it has no bytes, no ETag, and nothing can hold it."""
        return not self.etag

    @property
    def guarded(self) -> bool:
        """Whether a delete carries the ETag: wherever what the delete names could be overwritten in place."""
        return not self.marker and self.version in {"", "null"}

    @property
    def null_marker(self) -> bool:
        """Whether it is the delete marker of a bucket whose versioning is suspended.

        An upload replaces it in place under the same version id, and no condition can tell the two apart.
        """
        return self.marker and self.version == "null"

    @property
    def buried(self) -> bool:
        """Whether it is the version `null` below another: S3 compares an ETag with the current version only.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
        """
        return self.version == "null" and not self.latest


class Upload(NamedTuple):
    """A multipart upload in progress: key, id and the moment it began (UTC)."""

    key: str
    id: str
    began: datetime

    @property
    def name(self) -> tuple[str, str]:
        """Key and id."""
        return (self.key, self.id)

    @property
    def size(self) -> int:
        """A listing does not say how large its parts are."""
        return 0


def as_modified(moment: datetime) -> str:
    """A moment (UTC) as `Entry.modified` has it, to compare with."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")
