"""What a request on a key does beside its main action needs a right of its own.

Plain moto asks for none: not to bypass governance with a single deletion or a shorter retention, not to put an object
with a hold, a retention, tags or an access list, not to read what is copied or compared. Source: "Required permissions
for Amazon S3 API operations" in the user guide.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response

from local.account.gaps.copies import source_of
from local.account.patching import around
from local.account.s3call import authorize, header, query_of

# A header of a request that makes an object, to what it does.
MADE_WITH = {
    "x-amz-object-lock-legal-hold": "PutObjectLegalHold",
    "x-amz-object-lock-mode": "PutObjectRetention",
    "x-amz-object-lock-retain-until-date": "PutObjectRetention",
    "x-amz-tagging": "PutObjectTagging",
    "x-amz-acl": "PutObjectAcl",
    "x-amz-grant-read": "PutObjectAcl",
    "x-amz-grant-read-acp": "PutObjectAcl",
    "x-amz-grant-write-acp": "PutObjectAcl",
    "x-amz-grant-full-control": "PutObjectAcl",
}
OTHER_PUTS = {"acl", "tagging", "retention", "legal-hold", "uploadId"}


class Right(NamedTuple):
    """An action on a key, or on one of its versions."""

    action: str
    bucket: str
    key: str
    version: str = ""


def install() -> None:
    """Ask for each further right before anything is done."""

    @around(S3Response, "_key_response")
    def _asked(original: Any, call: S3Response, *args: Any) -> Any:
        for right in rights(call):
            authorize(call, *right)
        return original(call, *args)


def rights(call: S3Response) -> Iterator[Right]:
    """Return what a request on a key does beside its main action."""
    query, own = query_of(call), (call.bucket_name, call.parse_key_name())
    bypass = (header(call, "x-amz-bypass-governance-retention") or "").lower() == "true"
    if bypass and (call.method == "DELETE" or "retention" in query):
        yield Right("BypassGovernanceRetention", *own)
    if header(call, "If-Match") and call.method in {"PUT", "POST", "DELETE"}:
        yield Right("GetObjectVersion" if "versionId" in query else "GetObject", *own, query.get("versionId", ""))
    makes = (call.method == "PUT" and not OTHER_PUTS & query.keys()) or (call.method == "POST" and "uploads" in query)
    if makes:
        for action in {action: None for name, action in MADE_WITH.items() if header(call, name)}:
            yield Right(action, *own)
    if call.method == "PUT" and header(call, "x-amz-copy-source"):
        yield from _reading(call, whole=makes)


def _reading(call: S3Response, *, whole: bool) -> Iterator[Right]:
    """What reading a copy's source needs; its tags are read only where they come along."""
    bucket, key, version = source_of(call)
    of = "Version" if version else ""
    yield Right(f"GetObject{of}", bucket, key, version or "")
    if whole and header(call, "x-amz-tagging-directive") != "REPLACE" and _is_tagged(call, bucket, key, version):
        yield Right(f"GetObject{of}Tagging", bucket, key, version or "")


def _is_tagged(call: S3Response, bucket: str, key: str, version: str | None) -> bool:
    try:
        found = call.backend.get_object(bucket, key, version)
    except S3ClientError:
        return False
    return found is not None and bool(call.backend.tagger.get_tag_dict_for_resource(found.arn))
