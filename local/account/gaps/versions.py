"""Versions are kept, made and deleted one by one, in each of the three states of versioning.

Plain moto takes a suspended bucket for an unversioned one (older versions, held ones too, go with the next put or
delete), makes no delete marker for an absent key, takes `x-amz-bypass-governance-retention: false` for a yes, and loses
a version when two are put at once.
"""

import itertools
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from moto.s3.exceptions import AccessDeniedByLock
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend, s3_backends
from moto.s3.notifications import S3NotificationEvent, send_event
from moto.s3.responses import S3Response
from moto.s3.utils import _VersionedKeyStore as MotosStore  # pyright: ignore[reportPrivateUsage]

from local.account.patching import around
from local.account.s3call import Refusal, bucket_of, malformed, query_of

NULL = "null"
Version = FakeKey | FakeDeleteMarker

Condition = Callable[[FakeKey | None], None]
"""Gets the object that is there, and raises what a conditional request is refused with."""

_lock = threading.RLock()
_condition: ContextVar[Condition | None] = ContextVar("condition", default=None)
_numbers = itertools.count(1)


class Store(MotosStore):
    """A bucket's versions by key, oldest first, each with a number: a later version has a higher one.

    Attributes:
        numbers: the number of each (key, version id) that ever was, so that a listing goes on after one that is gone.
    """

    def __init__(self, bucket: FakeBucket) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self._bucket = bucket
        self.numbers: dict[tuple[str, str], int] = {}

    def setlist(self, key: str, list_: list[Version]) -> None:
        """Take a put from moto, which gives the whole new list of a key: its last is the new version."""
        self.add(key, list_[-1])

    def add(self, key: str, version: Version) -> None:
        """Make a version the latest of its key; where versioning is not on, it takes the place of the null version."""
        with _lock:
            _judge(self.get(key))
            if self._bucket.versioning_status != "Enabled":
                vars(version)["_version_id"] = NULL
            replaced = [old for old in self.getlist(key, []) if old.version_id == version.version_id]
            kept = [old for old in self.getlist(key, []) if old not in replaced]
            vars(version)["number"] = self.numbers[key, version.version_id] = next(_numbers)
            dict.__setitem__(self, key, [*kept, version])  # pyright: ignore[reportUnknownMemberType]
            for old in replaced:
                if isinstance(old, FakeKey):
                    old.dispose()

    def ordered(self, prefix: str, start: str) -> list[str]:
        """Return the keys with a prefix, in order, from one on."""
        keys: list[str] = list(self)  # at once, under the GIL
        return sorted(key for key in keys if key >= start and key.startswith(prefix))

    def remove(self, key: str, version_id: str, *, bypass: bool) -> Version | None:
        """Take one version out and return it; None if there is none.

        Raises:
            AccessDeniedByLock: it is held, or its retention lasts.
        """
        with _lock:
            versions: list[Version] = self.getlist(key, [])
            found = next((version for version in versions if version.version_id == version_id), None)
            _judge(found)
            if found is None:
                return None
            if isinstance(found, FakeKey) and found.is_locked(governance_bypass=bypass):
                raise AccessDeniedByLock
            if kept := [version for version in versions if version is not found]:
                dict.__setitem__(self, key, kept)  # pyright: ignore[reportUnknownMemberType]
            else:
                dict.__delitem__(self, key)  # pyright: ignore[reportUnknownMemberType]
            if isinstance(found, FakeKey):
                backend = s3_backends[found.account_id][found.partition]
                backend.tagger.delete_all_tags_for_resource(found.arn)
                found.dispose()
            return found


def install() -> None:
    """Give each bucket our store, and delete from it ourselves."""

    @around(FakeBucket, "__init__")
    def _bucket(original: Any, bucket: FakeBucket, *args: Any, **kwargs: Any) -> None:
        original(bucket, *args, **kwargs)
        bucket.keys = Store(bucket)

    # What moto asks this for is whether a request may name a version.
    FakeBucket.is_versioned = property(lambda bucket: bucket.versioning_status is not None)  # pyright: ignore[reportAttributeAccessIssue]

    @around(S3Backend, "delete_object")
    def _delete(
        _original: Any,
        s3: S3Backend,
        bucket_name: str,
        key_name: str,
        version_id: str | None = None,
        bypass: Any = None,
    ) -> tuple[bool, dict[str, str]]:
        bypassing = bypass if isinstance(bypass, bool) else str(bypass).lower() == "true"
        return delete(s3.get_bucket(bucket_name), key_name, version_id, bypass=bypassing)

    @around(S3Backend, "put_bucket_versioning")
    def _state(original: Any, s3: S3Backend, bucket_name: str, status: str) -> None:
        if status not in {"Enabled", "Suspended"}:
            raise malformed()
        if s3.get_bucket(bucket_name).object_lock_enabled and status != "Enabled":
            reason = (
                "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
            )
            raise Refusal(409, "InvalidBucketState", reason)
        original(s3, bucket_name, status)

    @around(S3Response, "head_object")
    def _head(original: Any, call: S3Response, bucket_name: str, query: dict[str, Any], *rest: Any, **more: Any) -> Any:
        if query.get("versionId") == [NULL] and bucket_of(call).versioning_status is None:
            query = {name: value for name, value in query.items() if name != "versionId"}
        return original(call, bucket_name, query, *rest, **more)

    @around(S3Response, "_get_key")
    def _get(original: Any, call: S3Response, *args: Any, **kwargs: Any) -> Any:
        refuse_marker(call)
        if call.data.get("Action") not in {"GetObject", "GetObjectVersion"}:
            kwargs = {"validate_storage_class": False}  # an archived object's tags and access list can be read
            args = ()
        return original(call, *args, **kwargs)


@contextmanager
def provided(condition: Condition | None) -> Generator[None]:
    """Let this thread's writes happen only under a condition, judged at the very write."""
    token = _condition.set(condition)
    try:
        yield
    finally:
        _condition.reset(token)


def _judge(found: Version | None) -> None:
    if condition := _condition.get():
        condition(found if isinstance(found, FakeKey) else None)


def refuse_marker(call: S3Response) -> None:
    """Refuse to read a delete marker that is named by its version.

    Raises:
        Refusal: the request names one.
    """
    version = query_of(call).get("versionId")
    found = version and call.backend.get_object(
        call.bucket_name, call.parse_key_name(), version, return_delete_marker=True
    )
    if isinstance(found, FakeDeleteMarker):
        raise Refusal(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")


def delete(bucket: FakeBucket, key: str, version_id: str | None, *, bypass: bool) -> tuple[bool, dict[str, str]]:
    """Delete a version, or by key: what is there where nothing is versioned, else with a marker.

    Returns:
        True, and moto's names of what the answer's headers say.

    Raises:
        AccessDeniedByLock: the version is held, or its retention lasts.
    """
    store: Store = bucket.keys  # pyright: ignore[reportAssignmentType]
    if not version_id and bucket.versioning_status is not None:
        named: Any = _Named(key)
        marker: FakeDeleteMarker = FakeDeleteMarker(named)  # pyright: ignore[reportAssignmentType]
        store.add(key, marker)
        return True, {"version-id": marker.version_id, "delete-marker": "true"}
    gone = store.remove(key, version_id or NULL, bypass=bypass)
    if isinstance(gone, FakeKey):
        send_event(bucket.account_id, S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT, bucket, gone)
    told = {"version-id": version_id} if version_id else {}
    return True, told | ({"delete-marker": "true"} if isinstance(gone, FakeDeleteMarker) else {})


class _Named:
    """What a delete marker takes its name from; the key itself may be absent."""

    def __init__(self, name: str) -> None:
        self.name = name
