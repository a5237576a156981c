"""Holds and retention of a version: put, changed and read as S3 does.

Plain moto lets retention be weakened, takes any mode, date and hold, answers GetObjectRetention with the object's
bytes, and refuses both for copies.
"""

from datetime import UTC, datetime
from typing import Any

from moto.s3.exceptions import MissingKey, MissingVersion
from moto.s3.models import FakeKey
from moto.s3.responses import S3Response

from local.account.documents import answer, parse
from local.account.gaps.time_shift import now as shifted_now
from local.account.gaps.versions import refuse_marker
from local.account.locks import MODES, Retention, may_change, moment, wanted
from local.account.patching import Response, around
from local.account.s3call import S3_NAMESPACE, Refusal, bucket_of, header, malformed, named_action, query_of

MODE, UNTIL, HOLD = "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold"
HOLDS = ("ON", "OFF")
CHECKED = ("content-md5", "x-amz-sdk-checksum-algorithm", "x-amz-trailer")


def install() -> None:
    """Answer the two sub-resources, check the headers, and keep them through a multipart upload."""
    handlers = {"retention": (get_retention, put_retention), "legal-hold": (get_hold, put_hold)}

    @around(S3Response, "_key_response_get")
    def _get(original: Any, call: S3Response, *args: Any) -> Any:
        name = next((name for name in handlers if name in query_of(call)), None)
        if name is None:
            return original(call, *args)
        named_action(call, "KEY", "GET")
        return handlers[name][0](_version(call))

    @around(S3Response, "_key_response_put")
    def _put(_original: Any, call: S3Response, *_: Any) -> Any:
        named_action(call, "KEY", "PUT")
        name = next((name for name in handlers if name in query_of(call)), None)
        return handlers[name][1](call, _version(call)) if name else put(call)

    @around(S3Response, "_get_lock_details")
    def _details(_original: Any, call: S3Response, *_: Any) -> tuple[str | None, str | None, str | None]:
        lock = lock_of(call)
        return lock["lock_legal_status"], lock["lock_mode"], lock["lock_until"]


def put(call: S3Response) -> Any:
    """Do a PUT on a key that is about neither hold nor retention."""
    query, copied = query_of(call), "x-amz-copy-source" in call.headers
    if "uploadId" in query:
        return call.upload_part_copy() if copied else call.upload_part()
    for name, handler in (("acl", call.put_object_acl), ("tagging", call.put_object_tagging)):
        if name in query:
            return handler()
    lock = lock_of(call)
    if copied:
        return call.copy_object()
    locked = any(lock.values()) or bucket_of(call).has_default_lock
    if locked and not any(name in CHECKED or name.startswith("x-amz-checksum-") for name in _headers(call)):
        reason = (
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )
        raise Refusal(400, "InvalidRequest", reason)
    return call.put_object()


def get_retention(version: FakeKey) -> Response:
    """Answer with a version's retention, also one that is over."""
    kept = retention_of(version)
    if kept is None:
        raise _without()
    inside = f"<Mode>{kept.mode}</Mode><RetainUntilDate>{kept.text}</RetainUntilDate>"
    return answer(f'<Retention xmlns="{S3_NAMESPACE}">{inside}</Retention>')


def get_hold(version: FakeKey) -> Response:
    """Answer with a version's legal hold, also one that was taken off."""
    if version.lock_legal_status not in HOLDS:
        raise _without()
    return answer(f'<LegalHold xmlns="{S3_NAMESPACE}"><Status>{version.lock_legal_status}</Status></LegalHold>')


def put_retention(call: S3Response, version: FakeKey) -> Response:
    """Give a version another retention, or none, where S3 allows it."""
    to = wanted(parse(call.body, "Retention"), now())
    bypass = (header(call, "x-amz-bypass-governance-retention") or "").lower() == "true"
    if not may_change(retention_of(version), to, now(), bypass=bypass):
        raise Refusal(403, "AccessDenied", "Access Denied because object protected by object lock.")
    version.lock_mode, version.lock_until = (to.mode, to.text) if to else (None, None)
    return 200, {}, ""


def put_hold(call: S3Response, version: FakeKey) -> Response:
    """Put a legal hold on a version, or take it off."""
    status = (parse(call.body, "LegalHold") or {}).get("Status")
    if status not in HOLDS:
        raise malformed()
    version.lock_legal_status = status
    return 200, {}, ""


def lock_of(call: S3Response) -> dict[str, str | None]:
    """Return how a request locks what it makes, as moto names it; nothing where it does not say.

    Raises:
        Refusal: S3 would refuse its headers.
    """
    mode, until, hold = header(call, MODE), header(call, UNTIL), header(call, HOLD)
    if (mode, until, hold) == (None, None, None):
        return dict.fromkeys(("lock_mode", "lock_until", "lock_legal_status"))
    if not bucket_of(call).object_lock_enabled:
        raise _unlocked()
    if hold not in {None, *HOLDS}:
        raise _invalid("Legal Hold must be either of 'ON' or 'OFF'")
    lock = _retention_of_headers(mode, until)
    return {
        "lock_mode": lock and lock.mode,
        "lock_until": lock and lock.text,
        "lock_legal_status": hold,
    }


def _retention_of_headers(mode: str | None, until: str | None) -> Retention | None:
    if (mode is None) != (until is None):
        raise _invalid(f"{UNTIL} and {MODE} must both be supplied")
    if mode is None or until is None:
        return None
    if mode not in MODES:
        raise _invalid("Unknown wormMode directive.")
    ends = moment(until)
    if ends is None:
        raise _invalid("The retain until date must be provided in ISO 8601 format")
    if ends <= now():
        raise _invalid("The retain until date must be in the future!")
    return Retention(mode, ends)


def retention_of(version: FakeKey) -> Retention | None:
    """Return a version's retention, or None."""
    until = moment(version.lock_until or "")
    return Retention(version.lock_mode, until) if version.lock_mode and until else None


def now() -> datetime:
    """This moment of the account's clock."""
    return shifted_now().replace(tzinfo=UTC)


def _version(call: S3Response) -> FakeKey:
    """Return the version that a request on its hold or retention names."""
    refuse_marker(call)
    key, version = call.parse_key_name(), query_of(call).get("versionId")
    if not bucket_of(call).object_lock_enabled:
        raise _unlocked()
    found = call.backend.get_object(call.bucket_name, key, version)
    if found is None:
        raise MissingVersion(key, version) if version else MissingKey(key)
    return found


def _headers(call: S3Response) -> set[str]:
    return {str(name).lower() for name in dict(call.headers)}


def _unlocked() -> Refusal:
    return Refusal(400, "InvalidRequest", "Bucket is missing Object Lock Configuration")


def _without() -> Refusal:
    reason = "The specified object does not have a ObjectLock configuration"
    return Refusal(404, "NoSuchObjectLockConfiguration", reason)


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidArgument", message)
