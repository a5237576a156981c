"""A bucket policy is checked as S3 checks it, and a public one is kept out where the bucket blocks it.

Plain moto takes any text. Sources: "Bucket policies" and "The meaning of public" in the S3 user guide.
"""

import json
from typing import Any, cast

from moto.s3.models import FakeAcl, S3Backend
from moto.s3.responses import S3Response

from local.account.conditions import is_operator
from local.account.documents import as_list, inside
from local.account.patching import around
from local.account.s3call import Refusal
from semantics.iam.globs import matches

VERSIONS = ("2012-10-17", "2008-10-17")
# A statement for everybody is not public if one of these has a fixed value.
FIXING = {
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
}


def install() -> None:
    """Check a policy before it is kept, and an access list where the bucket blocks public ones."""

    @around(S3Backend, "put_bucket_policy")
    def _put(original: Any, s3: S3Backend, bucket_name: str, policy: bytes) -> None:
        statements = checked(policy, bucket_name)
        block = s3.get_bucket(bucket_name).public_access_block
        if block is not None and _is_true(block.block_public_policy) and any(map(is_public, statements)):
            raise Refusal(403, "AccessDenied", "Access Denied because the policy is public and BlockPublicPolicy is on")
        original(s3, bucket_name, policy)

    @around(S3Response, "_acl_from_headers")
    def _acl(original: Any, call: S3Response, *args: Any) -> FakeAcl | None:
        found = original(call, *args)
        return refuse_public(call, found)

    @around(S3Response, "_acl_from_body")
    def _acl_of_body(original: Any, call: S3Response) -> FakeAcl | None:
        return refuse_public(call, original(call))


def refuse_public(call: S3Response, found: FakeAcl | None) -> FakeAcl | None:
    """Return an access list, unless it is public and the bucket blocks such.

    Raises:
        Refusal: it does.
    """
    bucket = call.backend.buckets.get(call.bucket_name)
    block = bucket and bucket.public_access_block
    if found is not None and found.public_read and block and _is_true(block.block_public_acls):
        raise Refusal(403, "AccessDenied", "Access Denied because the access list is public and BlockPublicAcls is on")
    return found


def checked(policy: bytes, bucket: str) -> list[dict[str, Any]]:
    """Return the statements of a policy for a bucket.

    Raises:
        Refusal: S3 would refuse it.
    """
    try:
        document: Any = json.loads(policy)
    except ValueError:
        document = None
    if not isinstance(document, dict) or not policy.startswith(b"{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    found = cast("dict[str, Any]", document)
    if found.get("Version") not in VERSIONS:
        raise _malformed("The policy must contain a valid version string")
    statements = as_list(found.get("Statement"))
    if not statements:
        raise _malformed("Missing required field Statement")
    for statement in statements:
        _check(statement, bucket)
    return statements


def _check(statement: Any, bucket: str) -> None:
    if not isinstance(statement, dict):
        raise _malformed("Statement is not an object")
    given = cast("dict[str, Any]", statement)
    if given.get("Effect") not in {"Allow", "Deny"}:
        raise _malformed(f"Invalid effect: {given.get('Effect')}")
    for name in ("Principal", "Action", "Resource"):
        if (name in given) == (f"Not{name}" in given):
            raise _malformed(f"Missing required field {name}")
    _check_words(given, bucket)


def _check_words(given: dict[str, Any], bucket: str) -> None:
    if not all(_names_a_principal(principal) for principal in _principals(given)):
        raise _malformed("Invalid principal in policy")
    for action in as_list(given.get("Action", given.get("NotAction"))):
        if action != "*" and not str(action).lower().startswith("s3:"):
            raise _malformed("Policy has invalid action")
    for resource in as_list(given.get("Resource", given.get("NotResource"))):
        head, _, _ = str(resource).partition("/")
        if not matches(head, f"arn:aws:s3:::{bucket}") or not head.startswith("arn:aws:s3:::"):
            raise _malformed("Policy has invalid resource")
    for operator in inside(given, "Condition"):
        if not is_operator(operator):
            raise _malformed(f"Invalid Condition type : {operator}")


def is_public(statement: dict[str, Any]) -> bool:
    """Whether a statement that was checked lets everybody in."""
    if statement["Effect"] != "Allow":
        return False
    if "NotPrincipal" not in statement and "*" not in _principals(statement):
        return False
    keys = {
        key.lower(): as_list(wanted)
        for operator, block in inside(statement, "Condition").items()
        if "Not" not in operator and not operator.endswith("IfExists")
        for key, wanted in block.items()
    }
    return not any(key in FIXING and all(_is_fixed(key, str(value)) for value in keys[key]) for key in keys)


def _is_fixed(key: str, value: str) -> bool:
    if key == "aws:sourceip":
        return not value.endswith("/0")
    return "*" not in value and "?" not in value if key != "aws:sourcearn" else value.count("*") < len(value)


def _principals(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if isinstance(principal, dict):
        found = cast("dict[str, Any]", principal)
        return [str(one) for kind in found for one in as_list(found[kind])] or [""]
    return [str(principal)]


def _names_a_principal(principal: str) -> bool:
    if principal == "*" or (principal.isdigit() and len(principal) == 12):
        return True
    return principal.startswith(("arn:aws:iam::", "arn:aws:sts::")) or principal.endswith(".amazonaws.com")


def _is_true(setting: Any) -> bool:
    return str(setting).lower() == "true"


def _malformed(message: str) -> Refusal:
    return Refusal(400, "MalformedPolicy", message)
