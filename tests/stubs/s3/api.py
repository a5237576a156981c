"""The part of S3's API that emptying a bucket needs, over one bucket in memory."""

import xml.etree.ElementTree as ET
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.stubs.s3.behaviour import Behaviour
from tests.stubs.s3.lock_calls import LockCalls
from tests.stubs.s3.messages import NAMESPACE, Answer, Call, error
from tests.stubs.s3.store import Bucket, Deletion, Shown, Stored
from tests.stubs.s3.uploads import list_uploads

MOST_KEYS = 1000


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
            "ListMultipartUploads": lambda call: list_uploads(self.bucket.uploads, call),
            "AbortMultipartUpload": self._abort,
            "DeleteObjects": self._delete_batch,
            "DeleteObject": self._delete_one,
            "PutObject": self._put,
            "GetObject": self._get,
            "HeadObject": self._get,
            "GetBucketTagging": self._tagging,
            "GetBucketVersioning": self._versioning,
            "PutBucketVersioning": self._set_versioning,
            "GetBucketLocation": self._location,
            "HeadBucket": self._head,
            **LockCalls(self.bucket).handlers(),
        }

    def _list(self, call: Call) -> Answer:
        second = call.query.get("list-type") == "2"
        after = call.query.get("start-after" if second else "marker", "")
        if token := call.query.get("continuation-token"):
            after = b64decode(token).decode()
        limit = min(int(call.query.get("max-keys", "1000")), MOST_KEYS)
        page = self.bucket.page(call.query.get("prefix", ""), after, limit, call.query.get("delimiter", ""))
        more = _word(bool(page.following))
        head = f"<ListBucketResult {NAMESPACE}><IsTruncated>{more}</IsTruncated><EncodingType>url</EncodingType>"
        if second:
            head += f"<KeyCount>{len(page.entries) + len(page.prefixes)}</KeyCount>"
        if page.following and second:
            head += f"<NextContinuationToken>{b64encode(page.following.encode()).decode()}</NextContinuationToken>"
        elif page.following and call.query.get("delimiter"):
            head += f"<NextMarker>{quote(page.following)}</NextMarker>"
        tail = "".join(f"<CommonPrefixes><Prefix>{quote(p)}</Prefix></CommonPrefixes>" for p in page.prefixes)
        return Answer(200, b"".join([head.encode(), *page.entries, tail.encode(), b"</ListBucketResult>"]))

    def _versions(self, call: Call) -> Answer:
        query = call.query
        after = (query.get("key-marker", ""), query.get("version-id-marker", ""))
        limit = min(int(query.get("max-keys", "1000")), MOST_KEYS)
        page = self.bucket.versions(query.get("prefix", ""), after, limit, query.get("delimiter", ""))
        if page is None or (after[1] and not after[0]):
            return error(400, "InvalidArgument")
        text = quote if query.get("encoding-type") == "url" else _escaped
        parts = [f"<ListVersionsResult {NAMESPACE}><IsTruncated>{_word(page.following is not None)}</IsTruncated>"]
        parts += ["<EncodingType>url</EncodingType>"] if text is quote else []
        if page.following:
            key, version = page.following
            parts.append(f"<NextKeyMarker>{text(key)}</NextKeyMarker>")
            parts += [f"<NextVersionIdMarker>{version}</NextVersionIdMarker>"] if version else []
        parts += [_version_xml(row, text) for row in page.shown]
        parts += [f"<CommonPrefixes><Prefix>{text(found)}</Prefix></CommonPrefixes>" for found in page.prefixes]
        return Answer(200, "".join([*parts, "</ListVersionsResult>"]).encode())

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
        admitted = self.behaviour.throttle.admit_keys([row["Key"] for row in rows])
        if not admitted and not self.behaviour.throttle.inside:
            return error(503, "SlowDown")
        quiet, bypass = root.findtext("Quiet") == "true", _bypasses(call)
        done = [
            self._delete(row["Key"], row.get("ETag"), row.get("VersionId"), bypass=bypass) for row in rows[:admitted]
        ]
        done += [Deletion("SlowDown")] * (len(rows) - admitted)
        told = [_told(row, deletion) for row, deletion in zip(rows, done, strict=True) if deletion.code or not quiet]
        return Answer(200, f"<DeleteResult {NAMESPACE}>{''.join(told)}</DeleteResult>".encode(), len(rows))

    def _faulty(self, key: str) -> str:
        behaviour, count = self.behaviour, self.counts["DeleteObjects"]
        return next((f.code for f in behaviour.faults if f.key == key and f.strikes("DeleteObjects", count)), "")

    def _delete_one(self, call: Call) -> Answer:
        if not self.behaviour.throttle.admit_keys([call.key]):
            return error(503, "SlowDown")
        done = self._delete(call.key, call.headers.get("if-match"), call.query.get("versionId"), bypass=_bypasses(call))
        statuses = {"NoSuchKey": 404, "PreconditionFailed": 412}
        if done.code:
            return error(statuses.get(done.code, 403), done.code)
        marker = (("x-amz-delete-marker", "true"),) if done.marker else ()
        return Answer(204, b"", headers=(*_version_header(done.version), *marker))

    def _delete(self, key: str, etag: str | None, version: str | None, *, bypass: bool) -> Deletion:
        if self.behaviour.faults and (code := self._faulty(key)):
            return Deletion(code)
        self.counts["keys"] += 1
        self.counts["unconditional"] += etag is None and version is None
        return self.bucket.delete(key, etag, version, bypass=bypass)

    def _put(self, call: Call) -> Answer:
        there = self.bucket.objects.get(call.key)
        wanted, absent = call.headers.get("if-match"), call.headers.get("if-none-match")
        if absent not in {None, "*"}:
            return error(501, "NotImplemented")
        if wanted and there is None:
            return error(404, "NoSuchKey")
        if (absent and there) or (wanted and there and wanted != there.etag):
            return error(412, "PreconditionFailed")
        lock = LockCalls(self.bucket).of_headers(call.headers)
        if isinstance(lock, str):
            return error(400, lock)
        stored = self.bucket.put(call.key, call.body, lock=lock)
        return Answer(200, b"", headers=(("ETag", stored.etag), *_version_header(stored.version)))

    def _get(self, call: Call) -> Answer:
        version = call.query.get("versionId")
        found = self.bucket.find(call.key, version)
        if found is None or not found.etag:
            return _absent(version, found)
        body = bytes(found.size) if found.body is None else found.body
        lock = LockCalls(self.bucket).headers_of(call.key, found.version)
        return Answer(200, body, headers=(("ETag", found.etag), *_version_header(found.version), *lock))

    def _set_versioning(self, call: Call) -> Answer:
        suspended = b"<Status>Suspended</Status>" in call.body
        if not suspended and b"<Status>Enabled</Status>" not in call.body:
            return error(400, "MalformedXML")
        if suspended and self.bucket.locked:
            return error(409, "InvalidBucketState")
        self.bucket.start_versioning()
        self.bucket.suspended = suspended
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


def _told(row: dict[str, str], done: Deletion) -> str:
    """What a batch's answer says of one key."""
    fields = {"Key": _escaped(row["Key"])} | ({"VersionId": row["VersionId"]} if row.get("VersionId") else {})
    if done.code:
        fields |= {"Code": done.code, "Message": done.code}
    elif done.marker:
        fields |= {"DeleteMarker": "true", "DeleteMarkerVersionId": done.version}
    element = "Error" if done.code else "Deleted"
    return f"<{element}>{''.join(f'<{name}>{text}</{name}>' for name, text in fields.items())}</{element}>"


def _absent(version: str | None, found: Stored | None) -> Answer:
    if version and found is not None:
        return error(405, "MethodNotAllowed")
    return error(404, "NoSuchVersion" if version else "NoSuchKey")


def _version_xml(row: Shown, text: Callable[[str], str]) -> str:
    stored = row.stored
    tag = "Version" if stored.etag else "DeleteMarker"
    body = f"<ETag>{escape(stored.etag)}</ETag><Size>{stored.size}</Size>" if stored.etag else ""
    return (
        f"<{tag}><Key>{text(row.key)}</Key><VersionId>{stored.version or 'null'}</VersionId>"
        f"<IsLatest>{_word(row.latest)}</IsLatest><LastModified>{stored.modified}</LastModified>{body}</{tag}>"
    )


def _version_header(version: str) -> tuple[tuple[str, str], ...]:
    return (("x-amz-version-id", version),) if version else ()


def _bypasses(call: Call) -> bool:
    return call.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"


def _escaped(key: str) -> str:
    return escape(key, {"\r": "&#13;", "\n": "&#10;"})


def _word(truth: bool) -> str:
    return "true" if truth else "false"
