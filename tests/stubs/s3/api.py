"""The part of S3's API that emptying a bucket needs, over one bucket in memory."""

import xml.etree.ElementTree as ET
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.stubs.s3.behaviour import Behaviour
from tests.stubs.s3.store import Bucket, version_xml

NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
MOST_KEYS = 1000


class Call(NamedTuple):
    """A request, decoded: method, key (empty for the bucket), query, headers in lower case, body."""

    method: str
    key: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """Status and body of an answer, and how many keys the request concerned."""

    status: int
    body: bytes
    keys: int = 1


def error(status: int, code: str) -> Answer:
    """An S3 error document."""
    return Answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())


@dataclass
class Api:
    """Answers calls.

    Attributes:
        account: who owns the bucket; another expected owner is denied.
        tags: the bucket's tags.
        counts: requests by operation; also `keys`, `unconditional` deletes, and calls `ownerless`.
    """

    bucket: Bucket = field(default_factory=Bucket)
    behaviour: Behaviour = field(default_factory=Behaviour)
    account: str = "123456789012"
    tags: dict[str, str] = field(default_factory=lambda: {"temporary": "true"})
    counts: Counter[str] = field(default_factory=Counter[str])

    def answer(self, operation: str, call: Call) -> Answer:
        """Does one call."""
        owner = call.headers.get("x-amz-expected-bucket-owner")
        if owner is None:
            self.counts["ownerless"] += 1
        elif owner != self.account:
            return error(403, "AccessDenied")
        fault = self.behaviour.fault(operation, self.counts[operation])
        if fault and fault.kind == "error" and not fault.key:
            return error(fault.status, fault.code)
        handler = self._handlers().get(operation)
        return handler(call) if handler else error(501, "NotImplemented")

    def _handlers(self) -> dict[str, Callable[[Call], Answer]]:
        return {
            "ListObjects": self._list,
            "ListObjectsV2": self._list,
            "ListObjectVersions": self._versions,
            "ListMultipartUploads": self._uploads,
            "AbortMultipartUpload": self._abort,
            "DeleteObjects": self._delete_batch,
            "DeleteObject": self._delete_one,
            "PutObject": self._put,
            "GetBucketTagging": self._tagging,
            "GetBucketVersioning": self._versioning,
            "GetBucketLocation": self._location,
            "HeadBucket": self._head,
        }

    def _list(self, call: Call) -> Answer:
        second = call.query.get("list-type") == "2"
        after = call.query.get("start-after" if second else "marker", "")
        if token := call.query.get("continuation-token"):
            after = b64decode(token).decode()
        limit = min(int(call.query.get("max-keys", "1000")), MOST_KEYS)
        page = self.bucket.page(call.query.get("prefix", ""), after, limit, call.query.get("delimiter", ""))
        more = "true" if page.following else "false"
        head = f"<ListBucketResult {NAMESPACE}><IsTruncated>{more}</IsTruncated><EncodingType>url</EncodingType>"
        if page.following and second:
            head += f"<NextContinuationToken>{b64encode(page.following.encode()).decode()}</NextContinuationToken>"
        elif page.following and call.query.get("delimiter"):
            head += f"<NextMarker>{quote(page.following)}</NextMarker>"
        tail = "".join(f"<CommonPrefixes><Prefix>{quote(p)}</Prefix></CommonPrefixes>" for p in page.prefixes)
        return Answer(200, b"".join([head.encode(), *page.entries, tail.encode(), b"</ListBucketResult>"]))

    def _versions(self, call: Call) -> Answer:
        after = (call.query.get("key-marker", ""), call.query.get("version-id-marker", ""))
        found = self.bucket.versions(call.query.get("prefix", ""), after)
        limit = int(call.query.get("max-keys", "1000"))
        shown = found[:limit]
        parts = [
            f"<ListVersionsResult {NAMESPACE}><IsTruncated>{'true' if len(found) > limit else 'false'}</IsTruncated>"
        ]
        if len(found) > limit:
            key, row, _ = shown[-1]
            parts.append(
                f"<NextKeyMarker>{escape(key)}</NextKeyMarker><NextVersionIdMarker>{row.version}</NextVersionIdMarker>"
            )
        entries = [version_xml(key, row, latest=latest) for key, row, latest in shown]
        return Answer(200, "".join(parts).encode() + b"".join(entries) + b"</ListVersionsResult>")

    def _uploads(self, _call: Call) -> Answer:
        rows = "".join(
            f"<Upload><Key>{quote(key)}</Key><UploadId>{upload}</UploadId><Initiated>{began}</Initiated></Upload>"
            for (key, upload), began in sorted(self.bucket.uploads.items())
        )
        return Answer(200, f"<ListMultipartUploadsResult {NAMESPACE}>{rows}</ListMultipartUploadsResult>".encode())

    def _abort(self, call: Call) -> Answer:
        gone = self.bucket.uploads.pop((call.key, call.query["uploadId"]), None) is None
        return error(404, "NoSuchUpload") if gone else Answer(204, b"")

    def _delete_batch(self, call: Call) -> Answer:
        try:
            root = ET.fromstring(call.body.replace(NAMESPACE.encode(), b"", 1))  # noqa: S314  (from our own clients)
        except ET.ParseError:
            return error(400, "MalformedXML")
        rows = [{part.tag: part.text or "" for part in row} for row in root.iter("Object")]
        odd = self.behaviour.unreadable
        if not 0 < len(rows) <= MOST_KEYS or (odd and any(row["Key"] in odd for row in rows)):
            return error(400, "MalformedXML")
        admitted = self.behaviour.throttle.admit(len(rows))
        if not admitted and not self.behaviour.throttle.inside:
            return error(503, "SlowDown")
        codes = [self._delete(row["Key"], row.get("ETag"), row.get("VersionId")) for row in rows[:admitted]]
        codes += ["SlowDown"] * (len(rows) - admitted)
        wrong = [_refused(row, code) for row, code in zip(rows, codes, strict=True) if code]
        return Answer(200, f"<DeleteResult {NAMESPACE}>{''.join(wrong)}</DeleteResult>".encode(), len(rows))

    def _faulty(self, key: str) -> str:
        behaviour, count = self.behaviour, self.counts["DeleteObjects"]
        return next((f.code for f in behaviour.faults if f.key == key and f.strikes("DeleteObjects", count)), "")

    def _delete_one(self, call: Call) -> Answer:
        if not self.behaviour.throttle.admit(1):
            return error(503, "SlowDown")
        code = self._delete(call.key, call.headers.get("if-match"), call.query.get("versionId"))
        statuses = {"": 204, "NoSuchKey": 404, "PreconditionFailed": 412}
        return error(statuses.get(code, 403), code) if code else Answer(204, b"")

    def _delete(self, key: str, etag: str | None, version: str | None) -> str:
        if self.behaviour.faults and (code := self._faulty(key)):
            return code
        self.counts["keys"] += 1
        self.counts["unconditional"] += etag is None and version is None
        return self.bucket.delete(key, etag, version)

    def _put(self, call: Call) -> Answer:
        self.bucket.put(call.key, call.body)
        return Answer(200, b"")

    def _tagging(self, _call: Call) -> Answer:
        tags = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in self.tags.items())
        return Answer(200, f"<Tagging {NAMESPACE}><TagSet>{tags}</TagSet></Tagging>".encode())

    def _versioning(self, _call: Call) -> Answer:
        word = "Suspended" if self.bucket.suspended else "Enabled"
        status = f"<Status>{word}</Status>" if self.bucket.versioned else ""
        return Answer(200, f"<VersioningConfiguration {NAMESPACE}>{status}</VersioningConfiguration>".encode())

    def _location(self, _call: Call) -> Answer:
        return Answer(200, f"<LocationConstraint {NAMESPACE}/>".encode())

    def _head(self, _call: Call) -> Answer:
        return Answer(200, b"")


def _refused(row: dict[str, str], code: str) -> str:
    version = f"<VersionId>{row['VersionId']}</VersionId>" if "VersionId" in row else ""
    key = escape(row["Key"], {"\r": "&#13;", "\n": "&#10;"})
    return f"<Error><Key>{key}</Key>{version}<Code>{code}</Code><Message>{code}</Message></Error>"
