"""DeleteObjects, judged key by key.

Plain moto asks for s3:DeleteObject on the bucket itself, never for s3:DeleteObjectVersion, ignores ETags, takes more
than 1,000 keys, and answers an unreadable document with an internal error.
"""

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from moto.s3.exceptions import AccessDeniedByLock, MissingBucket, S3ClientError
from moto.s3.responses import S3Response

from local.account.documents import answer, as_list, malformed, parse
from local.account.gaps.preconditions import has_etag
from local.account.gaps.versions import provided
from local.account.patching import Response, around
from local.account.s3call import S3_NAMESPACE, Refusal, authorize, bucket_of, query_of

MOST_KEYS = 1000


@dataclass(frozen=True)
class Wanted:
    """One key of the request; `version` and `etag` are empty where not given."""

    key: str
    version: str
    etag: str


def install() -> None:
    """Answer `POST ?delete` before moto does."""

    @around(S3Response, "_bucket_response_post")
    def _post(original: Any, call: S3Response, *args: Any) -> Any:
        return respond(call) if "delete" in query_of(call) else original(call, *args)


def respond(call: S3Response) -> Response:
    """Delete what may be deleted, and answer with what was and what was not."""
    bucket_of(call)
    document = parse(call.body, "Delete", strip_whitespace=False)
    wanted = as_list(document.get("Object")) if document else []
    if document is None or not 1 <= len(wanted) <= MOST_KEYS or any("Key" not in entry for entry in wanted):
        return malformed()
    quiet = document.get("Quiet") == "true"
    bypass = call.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
    parts: list[str] = []
    for entry in wanted:
        one = Wanted(entry["Key"] or "", entry.get("VersionId") or "", entry.get("ETag") or "")
        try:
            done = _delete(call, one, bypass=bypass)
        except Refusal as refusal:
            parts.append(_error(one, refusal))
        else:
            parts += [] if quiet else [done]
    return answer(f'<DeleteResult xmlns="{S3_NAMESPACE}">{"".join(parts)}</DeleteResult>')


def _delete(call: S3Response, one: Wanted, *, bypass: bool) -> str:
    _check_rights(call, one, bypass=bypass)
    try:
        with provided(has_etag(one.etag) if one.etag else None):
            _, headers = call.backend.delete_object(call.bucket_name, one.key, one.version or None, bypass)
    except AccessDeniedByLock as error:
        raise Refusal(403, "AccessDenied", "Access Denied because object protected by object lock.") from error
    except S3ClientError as error:
        raise Refusal(412, str(error.code), str(error.message)) from error
    fields = {"Key": one.key}
    if one.version:
        fields["VersionId"] = one.version
    if headers.get("delete-marker"):
        fields |= {"DeleteMarker": "true", "DeleteMarkerVersionId": str(headers["version-id"])}
    return f"<Deleted>{_elements(fields)}</Deleted>"


def _check_rights(call: S3Response, one: Wanted, *, bypass: bool) -> None:
    """Ask for each right the user guide names; a precondition reads the object, so it needs s3:GetObject too."""
    actions = ["DeleteObjectVersion" if one.version else "DeleteObject"]
    actions += ["GetObject"] if one.etag else []
    actions += ["BypassGovernanceRetention"] if bypass else []
    try:
        for action in actions:
            authorize(call, action, call.bucket_name, one.key, one.version)
    except MissingBucket:
        raise
    except S3ClientError as error:
        raise Refusal(403, "AccessDenied", "Access Denied") from error


def _error(one: Wanted, refusal: Refusal) -> str:
    fields = {"Key": one.key, "Code": refusal.code, "Message": str(refusal)}
    return f"<Error>{_elements(fields | ({'VersionId': one.version} if one.version else {}))}</Error>"


def _elements(fields: dict[str, str]) -> str:
    carried = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    return "".join(f"<{name}>{escape(value, carried)}</{name}>" for name, value in fields.items())
