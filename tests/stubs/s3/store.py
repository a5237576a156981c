"""What the stub keeps: one bucket in memory, listed in S3's order, deleted under S3's conditions."""

import hashlib
import itertools
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

LAST = "\U0010ffff"
"""Sorts after every character of a key."""


class Stored(NamedTuple):
    """An object's version, or a delete marker where `etag` is empty; `xml` is its listing entry, made once."""

    etag: str
    size: int
    modified: str
    version: str
    xml: bytes


class Page(NamedTuple):
    """One answer to a listing: entries, common prefixes, and the key to go on after (empty at the end)."""

    entries: list[bytes]
    prefixes: list[str]
    following: str


@dataclass
class Bucket:
    """A bucket's content.

    Attributes:
        versioned: whether versions are kept.
        suspended: whether what is written now, objects and delete markers, becomes the version `null` of its key.
        objects: current objects by key.
        history: every version by key, newest first; only where versioned.
        uploads: multipart uploads in progress: (key, id) to the moment they began.
    """

    versioned: bool = False
    suspended: bool = False
    objects: dict[str, Stored] = field(default_factory=dict[str, Stored])
    history: dict[str, list[Stored]] = field(default_factory=dict[str, list[Stored]])
    uploads: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _keys: list[str] = field(default_factory=list[str])
    _serial: Iterator[int] = field(default_factory=itertools.count)

    def put(self, key: str, body: bytes, modified: str | None = None) -> Stored:
        """Stores an object; a later `modified` than others' is not required."""
        stored = self._entry(key, hashlib.md5(body, usedforsecurity=False).hexdigest(), len(body), modified or now())
        if key not in self.objects:
            self._insert(key)
        self.objects[key] = stored
        if self.versioned:
            self._add_version(key, stored)
        return stored

    def fill(self, keys: list[str], size: int, modified: str) -> None:
        """Stores many small objects at once, each with an ETag of its own."""
        for key in keys:
            self.objects[key] = self._entry(
                key, hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(), size, modified
            )
        self._keys = sorted(self.objects)

    def _entry(self, key: str, etag: str, size: int, modified: str) -> Stored:
        xml = (
            f"<Contents><Key>{quote(key, safe='/')}</Key><LastModified>{modified}</LastModified>"
            f"<ETag>&quot;{etag}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
            f"<ChecksumType>FULL_OBJECT</ChecksumType><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
        )
        return Stored(f'"{etag}"', size, modified, self._version_id(), xml.encode())

    def _version_id(self) -> str:
        if not self.versioned:
            return ""
        return "null" if self.suspended else f"v{next(self._serial):09d}"

    def _add_version(self, key: str, stored: Stored) -> None:
        older = [other for other in self.history.get(key, []) if other.version != "null" or not self.suspended]
        self.history[key] = [stored, *older]

    def _insert(self, key: str) -> None:
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key:
            insort(self._keys, key)

    def delete(self, key: str, etag: str | None, version: str | None, moment: str = "") -> str:
        """Deletes as S3 does and returns an error code, empty where it is done; a delete marker is of `moment` or now.

        An ETag that does not match answers `PreconditionFailed`, an ETag for a key that is gone `NoSuchKey`.
        """
        current = self.objects.get(key)
        if etag is not None:
            if current is None:
                return "NoSuchKey"
            if etag not in {current.etag, "*"}:
                return "PreconditionFailed"
        if version:
            self._delete_version(key, version)
        elif self.versioned:
            self._add_version(key, Stored("", 0, moment or now(), self._version_id(), b""))
            self.objects.pop(key, None)
        else:
            self.objects.pop(key, None)
            self._compact()
        return ""

    def _delete_version(self, key: str, version: str) -> None:
        kept = [stored for stored in self.history.get(key, []) if stored.version != version]
        if kept:
            self.history[key] = kept
        else:
            self.history.pop(key, None)
        self.objects.pop(key, None)
        if kept and kept[0].etag:
            self._insert(key)
            self.objects[key] = kept[0]

    def _compact(self) -> None:
        if len(self._keys) > 2 * len(self.objects) + 10_000:
            self._keys = [key for key in self._keys if key in self.objects]

    def page(self, prefix: str, after: str, limit: int, delimiter: str) -> Page:
        """Lists current objects after a key, grouping below the delimiter where one is given."""
        keys, objects = self._keys, self.objects
        entries: list[bytes] = []
        prefixes: list[str] = []
        at = max(bisect_right(keys, after), bisect_left(keys, prefix))
        last = ""
        while at < len(keys) and keys[at].startswith(prefix):
            key = keys[at]
            stored = objects.get(key)
            at += 1
            if stored is None:
                continue
            if len(entries) + len(prefixes) == limit:
                return Page(entries, prefixes, last)
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            if cut < 0:
                entries.append(stored.xml)
                last = key
            else:
                common = key[: cut + len(delimiter)]
                at = bisect_left(keys, common + LAST)
                if common > after:
                    prefixes.append(common)
                    last = common + LAST
        return Page(entries, prefixes, "")

    def versions(self, prefix: str, after: tuple[str, str]) -> list[tuple[str, Stored, bool]]:
        """Every version and delete marker after a (key, version), newest first within a key."""
        found: list[tuple[str, Stored, bool]] = []
        for key in sorted(self.history):
            if not key.startswith(prefix) or key < after[0]:
                continue
            rows = self.history[key]
            start = 0
            if key == after[0]:
                start = next((n + 1 for n, row in enumerate(rows) if row.version == after[1]), len(rows))
            found += [(key, row, n == 0) for n, row in enumerate(rows) if n >= start]
        return found


def version_xml(key: str, stored: Stored, *, latest: bool) -> bytes:
    """A version's entry in a listing of versions."""
    tag = "Version" if stored.etag else "DeleteMarker"
    body = f"<ETag>{escape(stored.etag)}</ETag><Size>{stored.size}</Size>" if stored.etag else ""
    return (
        f"<{tag}><Key>{quote(key, safe='/')}</Key><VersionId>{stored.version}</VersionId>"
        f"<IsLatest>{'true' if latest else 'false'}</IsLatest><LastModified>{stored.modified}</LastModified>"
        f"{body}</{tag}>"
    ).encode()


def now() -> str:
    """This moment as S3 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
