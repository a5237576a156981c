"""What the stub keeps: one bucket in memory, listed in S3's order, deleted under S3's conditions."""

import hashlib
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import quote

from tests.stubs.s3.locks import Lock

LAST = "\U0010ffff"
"""Sorts after every character of a key."""
NULL = "null"
number_of = attrgetter("number")


class Stored(NamedTuple):
    """An object's version, or a delete marker where `etag` is empty.

    `xml` is the listing entry of an unversioned object, made once; `number` grows from version to version.
    """

    etag: str
    size: int
    modified: str
    version: str = ""
    xml: bytes = b""
    number: int = 0
    body: bytes | None = None


class Page(NamedTuple):
    """One answer to a listing: entries, common prefixes, and the key to go on after (empty at the end)."""

    entries: list[bytes]
    prefixes: list[str]
    following: str


class Shown(NamedTuple):
    """A version in a listing of versions."""

    key: str
    stored: Stored
    latest: bool


class VersionPage(NamedTuple):
    """One answer to a listing of versions; `following` are the markers to go on after (a prefix has no version)."""

    shown: list[Shown]
    prefixes: list[str]
    following: tuple[str, str] | None


class Deletion(NamedTuple):
    """What a deletion did: its error code or none, the version it concerned, and whether that is a delete marker."""

    code: str = ""
    version: str = ""
    marker: bool = False


@dataclass
class Keys:
    """Keys in order; those that are gone stay until they are many."""

    ordered: list[str] = field(default_factory=list[str])

    def add(self, key: str) -> None:
        """Adds one key."""
        at = bisect_left(self.ordered, key)
        if at == len(self.ordered) or self.ordered[at] != key:
            self.ordered.insert(at, key)

    def compact(self, alive: Collection[str]) -> None:
        """Drops the gone ones once they are more than those that are there."""
        if len(self.ordered) > 2 * len(alive) + 10_000:
            self.ordered = [key for key in self.ordered if key in alive]

    def begin(self, prefix: str, after: str) -> int:
        """Where a listing of a prefix begins that goes on at, not after, a key."""
        return max(bisect_left(self.ordered, after), bisect_left(self.ordered, prefix))


@dataclass
class Bucket:
    """A bucket's content.

    Attributes:
        versioned: whether versions are kept.
        suspended: whether what is written now, objects and delete markers, becomes the version `null` of its key.
        locked: whether versions can be held and retained.
        objects: current objects by key.
        history: every version by key, oldest first; only where versioned.
        uploads: multipart uploads in progress: (key, id) to the moment they began.
        locks: what protects a version: (key, version id) to its lock.
    """

    versioned: bool = False
    suspended: bool = False
    locked: bool = False
    objects: dict[str, Stored] = field(default_factory=dict[str, Stored])
    history: dict[str, list[Stored]] = field(default_factory=dict[str, list[Stored]])
    uploads: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    locks: dict[tuple[str, str], Lock] = field(default_factory=dict[tuple[str, str], Lock])
    _keys: Keys = field(default_factory=Keys)
    _ever: Keys = field(default_factory=Keys)
    _nulls: dict[str, int] = field(default_factory=dict[str, int])
    _serial: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def put(self, key: str, body: bytes, modified: str | None = None, lock: Lock | None = None) -> Stored:
        """Stores an object; a later `modified` than others' is not required."""
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        stored = self._made(key, f'"{digest}"', len(body), modified or now())._replace(body=body)
        self._add(key, stored)
        self._keys.add(key)
        if self.versioned:
            self._ever.add(key)
        if lock:
            self.locks[key, stored.version] = lock
        return stored

    def fill(
        self,
        keys: Sequence[str],
        size: int,
        modified: str,
        history: Sequence[str] = ("version",),
        lock: Lock | None = None,
    ) -> None:
        """Stores many small objects at once, each key with an ETag of its own.

        Args:
            keys: what to store.
            size: bytes of each.
            modified: when each was written.
            history: what each key went through, oldest first: `version`, `marker`, `null` (an object) or `null marker`;
                only where versioned is it more than one.
            lock: what protects each version.
        """
        for key in keys:
            etag = f'"{hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()}"'
            for kind in history:
                marker = kind.endswith("marker")
                version = NULL if kind.startswith(NULL) else ""
                stored = self._made(key, "" if marker else etag, 0 if marker else size, modified, version)
                self._add(key, stored)
                if lock and not marker:
                    self.locks[key, stored.version] = lock
        self._keys.ordered = sorted(self.objects)
        self._ever.ordered = sorted(self.history)

    def _made(self, key: str, etag: str, size: int, modified: str, version: str = "") -> Stored:
        if not self.versioned:
            return Stored(etag, size, modified, "", contents_xml(key, etag, size, modified))
        number = next(self._serial)
        return Stored(etag, size, modified, version or (NULL if self.suspended else f"v{number:09d}"), b"", number)

    def _add(self, key: str, stored: Stored) -> None:
        """Makes a version the current one; the caller keeps the order of keys."""
        if self.versioned:
            rows = self.history.setdefault(key, [])
            if stored.version == NULL:
                if key in self._nulls:
                    rows[:] = [row for row in rows if row.version != NULL]
                self._nulls[key] = stored.number
                self.locks.pop((key, NULL), None)
            rows.append(stored)
        if stored.etag:
            self.objects[key] = stored
        else:
            self.objects.pop(key, None)

    def start_versioning(self) -> None:
        """Enables versioning; what is there has the version `null`."""
        if not self.versioned:
            self.versioned = True
            for key, stored in self.objects.items():
                self._add(key, stored._replace(version=NULL, number=next(self._serial), xml=b""))
            self._ever.ordered = sorted(self.history)
        self.suspended = False

    def find(self, key: str, version: str | None) -> Stored | None:
        """A key's current object, or a version of it: perhaps a delete marker."""
        if not version or not self.versioned:
            return self.objects.get(key) if version in {None, "", NULL} else None
        rows = self.history.get(key, [])
        at = self._place(key, rows, version)
        return rows[at] if at < len(rows) and rows[at].version == version else None

    def current(self, key: str) -> Stored | None:
        """A key's latest version, perhaps a delete marker."""
        return (self.history.get(key) or [None])[-1] if self.versioned else self.objects.get(key)

    def _place(self, key: str, rows: list[Stored], version: str) -> int:
        """Where a version stands among a key's, or would; -1 where there never was such a one."""
        if version == NULL:
            number = self._nulls.get(key) if self.versioned else 0
        else:
            number = int(version[1:]) if version[1:].isdigit() else None
        return -1 if number is None else bisect_left(rows, number, key=number_of)

    def delete(
        self, key: str, etag: str | None, version: str | None, moment: str = "", *, bypass: bool = False
    ) -> Deletion:
        """Deletes as S3 does; a delete marker is of `moment` or now.

        An ETag that does not match answers `PreconditionFailed`, an ETag for a key that is gone `NoSuchKey`.
        """
        if etag is not None:
            found = self.find(key, version)
            if found is None or not found.etag:
                return Deletion("NoSuchKey")
            if etag not in {found.etag, "*"}:
                return Deletion("PreconditionFailed")
        if version:
            return self._delete_version(key, version, bypass=bypass)
        if self.versioned:
            marker = self._made(key, "", 0, moment or now())
            self._add(key, marker)
            self._ever.add(key)
            return Deletion("", marker.version, marker=True)
        self.objects.pop(key, None)
        self._keys.compact(self.objects)
        return Deletion()

    def _delete_version(self, key: str, version: str, *, bypass: bool) -> Deletion:
        found = self.find(key, version)
        if found is None:
            return Deletion("", version)
        if self.locks and (lock := self.locks.get((key, version))) and lock.protects(bypass=bypass):
            return Deletion("AccessDenied")
        self.locks.pop((key, version), None)
        if not self.versioned:
            del self.objects[key]
            return Deletion("", version)
        rows = self.history[key]
        del rows[self._place(key, rows, version)]
        if not rows:
            del self.history[key]
            self._ever.compact(self.history)
        self.objects.pop(key, None)
        if rows and rows[-1].etag:
            self._keys.add(key)
            self.objects[key] = rows[-1]
        self._keys.compact(self.objects)
        return Deletion("", version, marker=not found.etag)

    def page(self, prefix: str, after: str, limit: int, delimiter: str) -> Page:
        """Lists current objects after a key, grouping below the delimiter where one is given."""
        keys, objects = self._keys.ordered, self.objects
        entries: list[bytes] = []
        prefixes: list[str] = []
        at = max(bisect_right(keys, after), bisect_left(keys, prefix))
        last = ""
        while at < len(keys) and keys[at].startswith(prefix) and limit:
            key = keys[at]
            stored = objects.get(key)
            at += 1
            if stored is None:
                continue
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            common = key[: cut + len(delimiter)] if cut >= 0 else ""
            if common and common <= after:
                at = bisect_left(keys, common + LAST)
                continue
            if len(entries) + len(prefixes) == limit:
                return Page(entries, prefixes, last)
            if common:
                at = bisect_left(keys, common + LAST)
                prefixes.append(common)
                last = common
            else:
                entries.append(stored.xml or contents_xml(key, stored.etag, stored.size, stored.modified))
                last = key
        return Page(entries, prefixes, "")

    def versions(self, prefix: str, after: tuple[str, str], limit: int, delimiter: str = "") -> VersionPage | None:
        """Lists versions and delete markers after a (key, version), newest first within a key.

        None where the version never was one of the key's.
        """
        if after[1] and self._place(after[0], self._rows(after[0]), after[1]) < 0:
            return None
        shown: list[Shown] = []
        prefixes: list[str] = []
        following = ("", "")
        for found in self._walk(prefix, after, delimiter) if limit else ():
            if len(shown) + len(prefixes) == limit:
                return VersionPage(shown, prefixes, following)
            if isinstance(found, str):
                prefixes.append(found)
                following = (found, "")
            else:
                shown.append(found)
                following = (found.key, found.stored.version or NULL)
        return VersionPage(shown, prefixes, None)

    def _rows(self, key: str) -> list[Stored]:
        if self.versioned:
            return self.history.get(key, [])
        return [self.objects[key]] if key in self.objects else []

    def _walk(self, prefix: str, after: tuple[str, str], delimiter: str) -> Iterator[Shown | str]:
        """Goes through versions and common prefixes; a key's place is found by its number, however many it has."""
        marker, version = after
        order = self._ever if self.versioned else self._keys
        keys, at = order.ordered, order.begin(prefix, marker)
        while at < len(keys) and keys[at].startswith(prefix):
            key, at = keys[at], at + 1
            rows = self._rows(key)
            cut = key.find(delimiter, len(prefix)) if delimiter and rows else -1
            if cut >= 0:
                common = key[: cut + len(delimiter)]
                at = bisect_left(keys, common + LAST)
                if common > marker:
                    yield common
                continue
            end = len(rows)
            if marker and key == marker:
                end = self._place(key, rows, version) if version else 0
            for place in range(end - 1, -1, -1):
                yield Shown(key, rows[place], place == len(rows) - 1)


def contents_xml(key: str, etag: str, size: int, modified: str) -> bytes:
    """An object's entry in a listing."""
    return (
        f"<Contents><Key>{quote(key, safe='/')}</Key><LastModified>{modified}</LastModified>"
        f"<ETag>&quot;{etag[1:-1]}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
        f"<ChecksumType>FULL_OBJECT</ChecksumType><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>"
    ).encode()


def now() -> str:
    """This moment as S3 writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
