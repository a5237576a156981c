"""The calls on holds and retention, and the headers that put them."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC

from tests.stubs.s3.locks import MODES, NONE, Lock, retention
from tests.stubs.s3.messages import NAMESPACE, Answer, Call, error
from tests.stubs.s3.store import Bucket, Stored

HOLD, MODE, UNTIL = (f"x-amz-object-lock-{name}" for name in ("legal-hold", "mode", "retain-until-date"))
HOLDS = {"ON", "OFF"}


@dataclass(frozen=True)
class LockCalls:
    """What one bucket answers to them."""

    bucket: Bucket

    def handlers(self) -> dict[str, Callable[[Call], Answer]]:
        """The operations by name."""
        return {
            "GetObjectLegalHold": lambda call: self._on(call, self._get_hold),
            "PutObjectLegalHold": lambda call: self._on(call, self._put_hold),
            "GetObjectRetention": lambda call: self._on(call, self._get_retention),
            "PutObjectRetention": lambda call: self._on(call, self._put_retention),
        }

    def of_headers(self, headers: Mapping[str, str]) -> Lock | str | None:
        """The lock that a put asks for, None where it asks for none, or the code of its refusal."""
        hold, mode, until = headers.get(HOLD), headers.get(MODE), headers.get(UNTIL)
        if (hold, mode, until) == (None, None, None):
            return None
        if not self.bucket.locked:
            return "InvalidRequest"
        asked = retention(mode, until)
        if isinstance(asked, str) or hold not in {None, *HOLDS} or mode not in {None, *MODES}:
            return "InvalidArgument"
        return Lock(hold or "", *asked)

    def headers_of(self, key: str, version: str) -> tuple[tuple[str, str], ...]:
        """What a read of a version says of its lock."""
        lock = self.bucket.locks.get((key, version), Lock())
        found = {HOLD: lock.hold, MODE: lock.mode, UNTIL: _text(lock)}
        return tuple((name, value) for name, value in found.items() if value)

    def _on(self, call: Call, do: Callable[[Call, tuple[str, str], Lock], Answer]) -> Answer:
        """Finds the version that a call is about."""
        version = call.query.get("versionId")
        found: Stored | None = self.bucket.find(call.key, version)
        if found is not None and not found.etag:
            return error(405, "MethodNotAllowed")
        if not self.bucket.locked:
            return error(400, "InvalidRequest")
        if found is None:
            return error(404, "NoSuchVersion" if version else "NoSuchKey")
        place = (call.key, found.version)
        return do(call, place, self.bucket.locks.get(place, Lock()))

    def _get_hold(self, _call: Call, _place: tuple[str, str], lock: Lock) -> Answer:
        if not lock.hold:
            return error(404, NONE)
        return Answer(200, f"<LegalHold {NAMESPACE}><Status>{lock.hold}</Status></LegalHold>".encode())

    def _put_hold(self, call: Call, place: tuple[str, str], lock: Lock) -> Answer:
        status = _elements(call.body).get("Status")
        if status not in HOLDS:
            return error(400, "MalformedXML")
        self.bucket.locks[place] = replace(lock, hold=status)
        return Answer(200, b"")

    def _get_retention(self, _call: Call, _place: tuple[str, str], lock: Lock) -> Answer:
        if not lock.mode:
            return error(404, NONE)
        inside = f"<Mode>{lock.mode}</Mode><RetainUntilDate>{_text(lock)}</RetainUntilDate>"
        return Answer(200, f"<Retention {NAMESPACE}>{inside}</Retention>".encode())

    def _put_retention(self, call: Call, place: tuple[str, str], lock: Lock) -> Answer:
        given = _elements(call.body)
        asked = retention(given.get("Mode"), given.get("RetainUntilDate"))
        if isinstance(asked, str):
            return error(400, asked)
        bypass = call.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
        changed = lock.retained(*asked, bypass=bypass)
        if changed is None:
            return error(403, "AccessDenied")
        self.bucket.locks[place] = changed
        return Answer(200, b"")


def _text(lock: Lock) -> str:
    return lock.until.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if lock.until else ""


def _elements(body: bytes) -> dict[str, str]:
    root = ET.fromstring(body)  # noqa: S314  (from our own clients)
    return {part.tag.rpartition("}")[2]: part.text or "" for part in root}
