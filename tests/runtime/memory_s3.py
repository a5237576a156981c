"""S3 in memory behind botocore: what S3 documents of one bucket, asked through a client's `before-send`.

botocore writes every request and reads every answer by its service model: nothing passes that S3 has no name for.
"""

import io
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from urllib3.response import HTTPResponse

ACCOUNT = "123456789012"
DATE = "Tue, 24 Nov 2026 03:00:00 GMT"
OLD, NEW = "2026-11-20T00:00:00", "2026-11-24T03:00:00"
"""Before, and at, the moment that `DATE` says."""


class Asked(NamedTuple):
    """A request: S3's name of it, the key, its query, headers in lower case, its body."""

    operation: str
    key: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    status: int
    body: str = ""


@dataclass(eq=False)
class Version:
    """A version of a key, or a delete marker where `etag` is empty."""

    key: str
    id: str
    etag: str
    modified: str
    hold: bool = False
    retained: bool = False


Before = Callable[[Asked], "Answer | Callable[[Answer], Answer] | None"]
"""Called before each request; may change the bucket, raise, or return what changes the answer, or an answer with which
the request is not carried out."""


@dataclass
class MemoryS3:
    """One bucket.

    Attributes:
        versioning: empty, `Enabled` or `Suspended`.
        rows: every version by key, newest first.
        uploads: (key, id) to the moment they began.
        page: entries on a page.
        codes: key to the error code of its deletes, for ever or as long as it stands there.
        before: see `Before`.
        asked: every request.
    """

    versioning: str = ""
    rows: dict[str, list[Version]] = field(default_factory=dict[str, list[Version]])
    uploads: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    page: int = 1000
    codes: dict[str, str] = field(default_factory=dict[str, str])
    before: Before = field(default=lambda _asked: None, repr=False)
    asked: list[Asked] = field(default_factory=list[Asked], repr=False)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _serial: int = 0

    def counts(self) -> Counter[str]:
        """Requests by name."""
        return Counter(asked.operation for asked in self.asked)

    def versions(self) -> list[Version]:
        """All there is, in S3's order."""
        return [row for key in sorted(self.rows) for row in self.rows[key]]

    def put(self, key: str, modified: str = OLD) -> Version:
        """Uploads an object, with bytes of its own."""
        self._serial += 1
        return self._write(Version(key, "", f'"e{self._serial}"', modified))

    def mark(self, key: str, modified: str = OLD) -> Version:
        """Deletes by key alone: a delete marker where versions are kept."""
        return self._write(Version(key, "", "", modified))

    def _write(self, version: Version) -> Version:
        self._serial += 1
        below = self.rows.get(version.key, [])
        if self.versioning == "Enabled":
            version.id = f"v{self._serial}"
        elif self.versioning:
            version.id = "null"
            below = [row for row in below if row.id != "null"]
        else:
            below = []
        self.rows[version.key] = [version, *below]
        if not self.versioning and not version.etag:
            del self.rows[version.key]
        return version

    def remove(self, version: Version) -> None:
        """Removes a version for good."""
        self.rows[version.key] = [row for row in self.rows[version.key] if row is not version]
        if not self.rows[version.key]:
            del self.rows[version.key]

    def send(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        """Answers a request: the handler of `before-send.s3`."""
        parts = urlsplit(request.url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else str(value)
            for name, value in cast("Any", request.headers).items()
        }
        key = unquote(parts.path.lstrip("/").partition("/")[2])
        asked = Asked(event_name.rpartition(".")[2], key, query, headers, cast("bytes", request.body or b""))
        with self.lock:
            self.asked.append(asked)
            twist = self.before(asked)
            answer = twist if isinstance(twist, Answer) else self._answer(asked)
            answer = twist(answer) if callable(twist) else answer
        raw = HTTPResponse(body=io.BytesIO(answer.body.encode()), preload_content=False)
        return AWSResponse(request.url, answer.status, cast("Any", {"date": DATE}), cast("Any", raw))

    def _answer(self, asked: Asked) -> Answer:
        if asked.headers.get("x-amz-expected-bucket-owner") != ACCOUNT:
            return error(403, "AccessDenied")
        operations: dict[str, Callable[[Asked], Answer]] = {
            "GetBucketTagging": lambda _asked: _document("Tagging", "<TagSet/>"),
            "GetBucketVersioning": self._versioning,
            "ListObjectsV2": self._objects,
            "ListObjectVersions": self._versions,
            "ListMultipartUploads": self._uploads,
            "DeleteObjects": self._delete_batch,
            "DeleteObject": self._delete_one,
            "AbortMultipartUpload": self._abort,
            "GetObjectLegalHold": self._legal_hold,
            "GetObjectRetention": self._retention,
        }
        return operations[asked.operation](asked)

    def _versioning(self, _asked: Asked) -> Answer:
        return _document("VersioningConfiguration", f"<Status>{self.versioning}</Status>" if self.versioning else "")

    def _objects(self, asked: Asked) -> Answer:
        after = unquote(asked.query.get("continuation-token", "")) or asked.query.get("start-after", "")
        rows = [row for row in self.versions() if row.key > after and row.etag and row is self.rows[row.key][0]]
        shown, cut = self._shown(rows, asked)
        following = _element("NextContinuationToken", quote(_last(shown))) if cut else ""
        return _document("ListBucketResult", following + _listed(shown, cut, "Contents", self))

    def _versions(self, asked: Asked) -> Answer:
        key, version = asked.query.get("key-marker", ""), asked.query.get("version-id-marker", "")
        rows = [row for row in self.versions() if row.key > key]
        if version:
            older = self.rows.get(key, [])
            seen = [n for n, row in enumerate(older) if row.id == version]
            rows = older[seen[0] + 1 if seen else len(older) :] + rows
        shown, cut = self._shown(rows, asked)
        following = _element("NextKeyMarker", quote(_last(shown))) if cut else ""
        if cut and isinstance(shown[-1], Version):
            following += _element("NextVersionIdMarker", shown[-1].id)
        return _document("ListVersionsResult", following + _listed(shown, cut, "Version", self))

    def _shown(self, rows: list[Version], asked: Asked) -> tuple[list[Version | str], bool]:
        prefix, delimiter = asked.query.get("prefix", ""), asked.query.get("delimiter", "")
        found: list[Version | str] = []
        for row in rows:
            if not row.key.startswith(prefix):
                continue
            at = row.key.find(delimiter, len(prefix)) if delimiter else -1
            item = row if at < 0 else row.key[: at + len(delimiter)]
            if isinstance(item, Version) or item not in found[-1:]:
                found.append(item)
        return found[: self.page], len(found) > self.page

    def _uploads(self, asked: Asked) -> Answer:
        after = (asked.query.get("key-marker", ""), asked.query.get("upload-id-marker", ""))
        rows = [row for row in sorted(self.uploads.items()) if row[0] > after]
        encode = quote if asked.query.get("encoding-type") == "url" else escape
        text = "<EncodingType>url</EncodingType>" if encode is quote else ""
        if cut := len(rows) > self.page:
            key, upload = rows[self.page - 1][0]
            text += _element("NextKeyMarker", encode(key)) + _element("NextUploadIdMarker", upload)
        text += _element("IsTruncated", "true" if cut else "false")
        for (key, upload), began in rows[: self.page]:
            row = _element("Key", encode(key)) + _element("UploadId", upload) + _element("Initiated", began)
            text += _element("Upload", row)
        return _document("ListMultipartUploadsResult", text)

    def _abort(self, asked: Asked) -> Answer:
        if code := self.codes.get(asked.key):
            return error(STATUSES.get(code, 400), code)
        gone = self.uploads.pop((asked.key, asked.query["uploadId"]), None) is None
        return error(404, "NoSuchUpload") if gone else Answer(204)

    def _delete_batch(self, asked: Asked) -> Answer:
        try:
            rows = ET.fromstring(asked.body).findall("{*}Object")  # noqa: S314  (written by botocore)
        except ET.ParseError:
            return error(400, "MalformedXML")
        wrong = ""
        for row in rows:
            key, version, etag = (row.findtext(f"{{*}}{name}") for name in ("Key", "VersionId", "ETag"))
            if code := self._delete(key or "", version, etag):
                named = _element("Key", escape(key or "", {"\n": "&#10;", "\r": "&#13;"}))
                named += _element("VersionId", version) if version else ""
                wrong += f"<Error>{named}{_said(code)}</Error>"
        return _document("DeleteResult", wrong)

    def _delete_one(self, asked: Asked) -> Answer:
        code = self._delete(asked.key, asked.query.get("versionId"), asked.headers.get("if-match"))
        return error(STATUSES.get(code, 400), code) if code else Answer(204)

    def _delete(self, key: str, version: str | None, etag: str | None) -> str:
        """Deletes as S3 does; the error code, or nothing where it is done."""
        if code := self.codes.get(key):
            return code
        rows = self.rows.get(key, [])
        current = rows[0] if rows and rows[0].etag else None
        if etag is not None and current is None:
            return "NoSuchKey"
        if etag is not None and current and etag != current.etag:
            return "PreconditionFailed"
        if version is None:
            self.mark(key, NEW)
            return ""
        found = next((row for row in rows if row.id == version), None)
        if found and (found.hold or found.retained):
            return LOCKED
        if found:
            self.remove(found)
        return ""

    def _legal_hold(self, asked: Asked) -> Answer:
        row = self._named(asked)
        if row is None or not row.hold:
            return error(404, "NoSuchObjectLockConfiguration")
        return _document("LegalHold", "<Status>ON</Status>")

    def _retention(self, asked: Asked) -> Answer:
        row = self._named(asked)
        if row is None or not row.retained:
            return error(404, "NoSuchObjectLockConfiguration")
        until = "<Mode>GOVERNANCE</Mode><RetainUntilDate>2030-01-01T00:00:00Z</RetainUntilDate>"
        return _document("Retention", until)

    def _named(self, asked: Asked) -> Version | None:
        rows = self.rows.get(asked.key, [])
        return next((row for row in rows if row.id == asked.query.get("versionId", row.id)), None)


LOCKED = "locked"
"""Stands for `AccessDenied` with the words that S3 has for Object Lock."""

STATUSES = {
    "AccessDenied": 403,
    LOCKED: 403,
    "NoSuchKey": 404,
    "PreconditionFailed": 412,
    "InternalError": 500,
    "SlowDown": 503,
}
"""Of errors; 400 for any other."""


def error(status: int, code: str) -> Answer:
    """An error document of S3's."""
    return Answer(status, f"<Error>{_said(code)}</Error>")


def _said(code: str) -> str:
    if code == LOCKED:
        words = "Access Denied because object protected by object lock."
        return f"<Code>AccessDenied</Code><Message>{words}</Message>"
    return f"<Code>{code}</Code><Message>{code}</Message>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>"


def _document(root: str, content: str) -> Answer:
    return Answer(200, f'<{root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{content}</{root}>')


def _last(shown: list[Version | str]) -> str:
    last = shown[-1]
    return last.key if isinstance(last, Version) else last + "\U0010ffff"


def _listed(shown: list[Version | str], cut: bool, name: str, s3: MemoryS3) -> str:
    text = "<EncodingType>url</EncodingType>" + _element("IsTruncated", "true" if cut else "false")
    for row in shown:
        if isinstance(row, str):
            text += f"<CommonPrefixes><Prefix>{quote(row)}</Prefix></CommonPrefixes>"
            continue
        body = _element("Key", quote(row.key)) + _element("LastModified", f"{row.modified}.000Z")
        if name == "Version":
            body += _element("VersionId", row.id)
            body += _element("IsLatest", "true" if row is s3.rows[row.key][0] else "false")
        if row.etag:
            body += _element("ETag", escape(row.etag)) + _element("Size", "7")
        text += _element(name if row.etag else "DeleteMarker", body)
    return text
