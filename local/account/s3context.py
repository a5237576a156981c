"""What a request to S3 tells policies: the condition keys of "Actions, resources, and condition keys for Amazon S3"."""

from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl

from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response

from local.account.callers import Caller
from local.account.documents import parse
from local.account.gaps.time_shift import now
from local.account.locks import moment
from local.account.record import ACCOUNT_ID
from local.account.s3call import header, query_of

HEADERS = {
    f"s3:{name}": name
    for name in (
        "x-amz-acl",
        "x-amz-content-sha256",
        "x-amz-copy-source",
        "x-amz-grant-full-control",
        "x-amz-grant-read",
        "x-amz-grant-read-acp",
        "x-amz-grant-write",
        "x-amz-grant-write-acp",
        "x-amz-metadata-directive",
        "x-amz-object-ownership",
        "x-amz-server-side-encryption",
        "x-amz-server-side-encryption-aws-kms-key-id",
        "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-storage-class",
        "x-amz-website-redirect-location",
        "if-match",
        "if-none-match",
    )
} | {"aws:useragent": "User-Agent", "aws:referer": "Referer"}
QUERIES = {"s3:prefix": "prefix", "s3:delimiter": "delimiter", "s3:max-keys": "max-keys"}
LOCKS = {"mode": "mode", "legal-hold": "legal-hold", "retain-until-date": "retain-until-date"}
# A request of a principal of its own, not one that a service or a session with a second factor makes for it.
NEVER = (
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:principalservicename",
    "aws:calledvia",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
)
TAGS = ("s3:existingobjecttag/", "s3:requestobjecttag/")


class Known(dict[str, str | list[str] | None]):
    """A request's context; a tag that it does not name has no value."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or str(key).startswith(TAGS)

    def __missing__(self, key: str) -> None:
        return None


def context_of(call: S3Response, caller: Caller, bucket: str | None, key: str | None) -> Known:
    """Return what is known of a request on a bucket, or on one of its keys."""
    query, data = query_of(call), call.data
    found = Known({name: header(call, source) for name, source in HEADERS.items()})
    found |= {name: query.get(source) for name, source in QUERIES.items()}
    found |= dict.fromkeys(NEVER) | _locks(call) | _tags(call, bucket, key)
    found |= {
        "s3:versionid": data.get("VersionId") or query.get("versionId"),
        "s3:authtype": "REST-HEADER" if "Authorization" in call.headers else "REST-QUERY-STRING",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        "s3:resourceaccount": ACCOUNT_ID,
        "aws:principalarn": caller.arn or None,
        "aws:principaltype": caller.kind,
        "aws:username": caller.arn.rpartition("/")[2] if caller.kind == "User" else None,
        "aws:currenttime": now().replace(tzinfo=UTC).isoformat(),
        "aws:epochtime": str(now().replace(tzinfo=UTC).timestamp()),
        "aws:viaawsservice": "false",
        "aws:principalisawsservice": "false",
    }
    return found


def _locks(call: S3Response) -> dict[str, str | list[str] | None]:
    """The lock that a request puts, by its headers or by the document on retention or hold that it carries."""
    given: dict[str, Any] = {name: header(call, f"x-amz-object-lock-{name}") for name in LOCKS}
    if "retention" in query_of(call):
        document = parse(call.body, "Retention") or {}
        given |= {"mode": document.get("Mode"), "retain-until-date": document.get("RetainUntilDate")}
    if "legal-hold" in query_of(call):
        given["legal-hold"] = (parse(call.body, "LegalHold") or {}).get("Status")
    ends = moment(given["retain-until-date"] or "")
    days = None if ends is None else str((ends - now().replace(tzinfo=UTC)).total_seconds() / 86_400)
    found = {f"s3:object-lock-{name}": value for name, value in given.items()}
    return found | {"s3:object-lock-remaining-retention-days": days}


def _tags(call: S3Response, bucket: str | None, key: str | None) -> dict[str, str | list[str] | None]:
    asked = dict(parse_qsl(header(call, "x-amz-tagging") or "", keep_blank_values=True))
    found: dict[str, str | list[str] | None] = {f"{TAGS[1]}{name.lower()}": value for name, value in asked.items()}
    found["s3:requestobjecttagkeys"] = list(asked) or None
    try:
        there = call.backend.get_object(bucket, key, query_of(call).get("versionId")) if bucket and key else None
    except S3ClientError:
        there = None
    kept = call.backend.tagger.get_tag_dict_for_resource(there.arn) if there else {}
    return found | {f"{TAGS[0]}{name.lower()}": value for name, value in kept.items()}
