"""What a role may do to objects: by rights of its own, and by what the bucket's policy says."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.account.conftest import Aws, code_of
from tests.local.account.roles import allow, as_role, authorized

pytestmark = pytest.mark.account

LATER = datetime.now(UTC) + timedelta(days=1)
LOCK: dict[str, Any] = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": LATER}


@dataclass(frozen=True)
class Case:
    """A call on the key `a` that needs `extra` beside `base`; the text of an argument may be `$bucket`, `$version`…"""

    call: str
    asked: dict[str, Any]
    base: tuple[str, ...]
    extra: str


SOURCE = {"Bucket": "$bucket", "Key": "a"}
CASES = (
    Case(
        "delete_object",
        {"VersionId": "$governed", "BypassGovernanceRetention": True},
        ("DeleteObjectVersion",),
        "BypassGovernanceRetention",
    ),
    Case(
        "put_object_retention",
        {"VersionId": "$governed", "Retention": {}, "BypassGovernanceRetention": True},
        ("PutObjectRetention",),
        "BypassGovernanceRetention",
    ),
    Case("put_object", {"Body": b"x", "ObjectLockLegalHoldStatus": "ON"}, ("PutObject",), "PutObjectLegalHold"),
    Case("put_object", {"Body": b"x", **LOCK}, ("PutObject",), "PutObjectRetention"),
    Case("put_object", {"Body": b"x", "Tagging": "a=1"}, ("PutObject",), "PutObjectTagging"),
    Case("put_object", {"Body": b"x", "ACL": "bucket-owner-full-control"}, ("PutObject",), "PutObjectAcl"),
    Case("put_object", {"Body": b"x", "IfMatch": "$etag"}, ("PutObject",), "GetObject"),
    Case("create_multipart_upload", {"ObjectLockLegalHoldStatus": "ON"}, ("PutObject",), "PutObjectLegalHold"),
    Case("create_multipart_upload", LOCK, ("PutObject",), "PutObjectRetention"),
    Case("create_multipart_upload", {"Tagging": "a=1"}, ("PutObject",), "PutObjectTagging"),
    Case("copy_object", {"Key": "b", "CopySource": SOURCE}, ("PutObject",), "GetObject"),
    Case(
        "copy_object",
        {"Key": "b", "CopySource": SOURCE, "ObjectLockLegalHoldStatus": "ON"},
        ("PutObject", "GetObject"),
        "PutObjectLegalHold",
    ),
    Case(
        "copy_object",
        {"Key": "b", "CopySource": {**SOURCE, "VersionId": "$governed"}},
        ("PutObject", "GetObject"),
        "GetObjectVersion",
    ),
    Case(
        "copy_object",
        {"Key": "b", "CopySource": {**SOURCE, "Key": "tagged"}},
        ("PutObject", "GetObject"),
        "GetObjectTagging",
    ),
    Case(
        "upload_part_copy", {"UploadId": "$upload", "PartNumber": 1, "CopySource": SOURCE}, ("PutObject",), "GetObject"
    ),
    Case("delete_object", {"IfMatch": "$etag"}, ("DeleteObject",), "GetObject"),
    Case("get_object_retention", {"VersionId": "$governed"}, ("GetObject", "GetObjectVersion"), "GetObjectRetention"),
    Case("get_object_legal_hold", {"VersionId": "$held"}, ("GetObject", "GetObjectVersion"), "GetObjectLegalHold"),
)


def _filled(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, known) for name, inner in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return known.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.call}: {case.extra}")
def test_what_a_request_does_beside_needs_its_own_right(gap: Aws, case: Case) -> None:
    bucket = gap.bucket(locked=True)
    made = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"a", **LOCK)
    held = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"a", ObjectLockLegalHoldStatus="ON")
    gap.s3.put_object(Bucket=bucket, Key="tagged", Body=b"a", Tagging="a=1")
    upload = gap.s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    known = {"$bucket": bucket, "$etag": made["ETag"], "$governed": made["VersionId"], "$upload": upload}
    known["$held"] = held["VersionId"]
    asked = {"Bucket": bucket, "Key": "a", **_filled(case.asked, known)}
    objects = f"arn:aws:s3:::{bucket}/*"
    without = as_role(gap, allow([f"s3:{action}" for action in case.base], objects))
    having = as_role(gap, allow([f"s3:{action}" for action in (*case.base, case.extra)], objects))
    with authorized(gap.endpoint):
        with pytest.raises(ClientError) as error:
            getattr(without.s3, case.call)(**asked)
        assert code_of(error) == (403, "AccessDenied")
        getattr(having.s3, case.call)(**asked)


def _with_policy(aws: Aws, bucket: str, *statements: dict[str, Any]) -> None:
    found = [
        {"Principal": "*", "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"], **statement}
        for statement in statements
    ]
    aws.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": found}))


def _code(call: Any, **asked: Any) -> str:
    try:
        call(**asked)
    except ClientError as error:
        return error.response.get("Error", {}).get("Code", "")
    return ""


@pytest.mark.parametrize("on", [False, True], ids=["authorization off", "authorization on"])
@pytest.mark.parametrize(
    ("denied", "codes"),
    [("s3:DeleteObject", ("AccessDenied", "")), ("s3:DeleteObjectVersion", ("", "AccessDenied"))],
)
def test_deleting_by_key_and_by_version_are_denied_apart(
    gap: Aws, denied: str, codes: tuple[str, str], *, on: bool
) -> None:
    bucket = gap.bucket(versioned=True)
    version = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    _with_policy(gap, bucket, {"Effect": "Deny", "Action": denied})
    role = as_role(gap, allow("s3:*", "*")) if on else gap
    with authorized(gap.endpoint, on=on):
        by_key = _code(role.s3.delete_object, Bucket=bucket, Key="a")
        by_version = _code(role.s3.delete_object, Bucket=bucket, Key="a", VersionId=version)
    assert (by_key, by_version) == codes


PRINCIPALS = (
    ("the role", {"AWS": "$role"}, True),
    ("its session", {"AWS": "$session"}, True),
    ("another role", {"AWS": "$other"}, False),
    ("two, of which one is the role", {"AWS": ["$other", "$role"]}, True),
    ("the account", {"AWS": "arn:aws:iam::123456789012:root"}, True),
    ("another account", {"AWS": "111111111111"}, False),
    ("a service", {"Service": "logging.s3.amazonaws.com"}, False),
)


@pytest.mark.parametrize(("principal", "hit"), [case[1:] for case in PRINCIPALS], ids=[case[0] for case in PRINCIPALS])
def test_a_denial_hits_whom_it_names(ours: Aws, principal: dict[str, Any], *, hit: bool) -> None:
    bucket = ours.bucket()
    ours.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    role, other = as_role(ours, allow("s3:*", "*")), as_role(ours)
    known = {"$role": role.role, "$session": role.sts.get_caller_identity()["Arn"], "$other": other.role}
    named = {
        kind: [known.get(one, one) for one in ([names] if isinstance(names, str) else names)]
        for kind, names in principal.items()
    }
    for statement, denied in (({"Principal": named}, hit), ({"Principal": None, "NotPrincipal": named}, not hit)):
        if statement.get("NotPrincipal") and "root" in str(named):
            continue
        found = {"Effect": "Deny", "Action": "s3:GetObject", **statement}
        ours.s3.put_bucket_policy(
            Bucket=bucket,
            Policy=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {k: v for k, v in (found | {"Resource": f"arn:aws:s3:::{bucket}/*"}).items() if v},
                }
            ),
        )
        with authorized(ours.endpoint):
            assert _code(role.s3.get_object, Bucket=bucket, Key="a") == ("AccessDenied" if denied else "")


CONDITIONS: tuple[tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]], ...] = (
    # What is denied where, then a call that it hits, and one that it does not.
    (
        "list_objects_v2",
        "ListBucket",
        {"StringNotLike": {"s3:prefix": "mine/*"}},
        {"Prefix": "yours/"},
        {"Prefix": "mine/a"},
    ),
    ("list_objects_v2", "ListBucket", {"StringNotEquals": {"s3:prefix": "mine/"}}, {}, {"Prefix": "mine/"}),
    ("list_objects_v2", "ListBucket", {"NumericGreaterThan": {"s3:max-keys": "10"}}, {"MaxKeys": 11}, {"MaxKeys": 10}),
    ("list_objects_v2", "ListBucket", {"Null": {"s3:delimiter": "true"}}, {}, {"Delimiter": "/"}),
    (
        "list_object_versions",
        "ListBucketVersions",
        {"StringEquals": {"s3:prefix": "x"}},
        {"Prefix": "x"},
        {"Prefix": "y"},
    ),
    (
        "put_object",
        "PutObject",
        {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
        {},
        {"ServerSideEncryption": "aws:kms"},
    ),
    ("put_object", "PutObject", {"Null": {"s3:x-amz-storage-class": "false"}}, {"StorageClass": "GLACIER"}, {}),
    (
        "put_object",
        "PutObject",
        {"Null": {"s3:if-none-match": "true"}},
        {"Key": "new"},
        {"Key": "new", "IfNoneMatch": "*"},
    ),
    (
        "put_object",
        "PutObject",
        {"StringEquals": {"s3:RequestObjectTag/class": "secret"}},
        {"Tagging": "class=secret"},
        {"Tagging": "class=open"},
    ),
    (
        "put_object",
        "PutObject",
        {"ForAnyValue:StringNotEquals": {"s3:RequestObjectTagKeys": ["class"]}},
        {"Tagging": "class=1&more=1"},
        {"Tagging": "class=1"},
    ),
    ("get_object", "GetObject", {"StringNotEquals": {"s3:ExistingObjectTag/class": "open"}}, {}, {"Key": "tagged"}),
    (
        "put_object_retention",
        "PutObjectRetention",
        {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}},
        {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": LATER + timedelta(days=30)}},
        {"Retention": {"Mode": "GOVERNANCE", "RetainUntilDate": LATER}},
    ),
    (
        "put_object_legal_hold",
        "PutObjectLegalHold",
        {"StringEquals": {"s3:object-lock-legal-hold": "OFF"}},
        {"LegalHold": {"Status": "OFF"}},
        {"LegalHold": {"Status": "ON"}},
    ),
    (
        "get_object",
        "GetObject",
        {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
        {},
        {"Key": "tagged", "VersionId": "$tagged"},
    ),
    (
        "get_object",
        "GetObjectVersion",
        {"StringEquals": {"s3:VersionId": "$a"}},
        {"VersionId": "$a"},
        {"Key": "tagged", "VersionId": "$tagged"},
    ),
)


@pytest.mark.parametrize("case", CONDITIONS, ids=lambda case: f"{case[0]}: {case[2]}")
def test_a_denial_hits_where_its_condition_is_met(
    gap: Aws, case: tuple[str, str, dict[str, Any], dict[str, Any], dict[str, Any]]
) -> None:
    operation, action, condition, hit, missed = case
    bucket = gap.bucket(locked=True)
    known = {
        "$a": gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"],
        "$tagged": gap.s3.put_object(Bucket=bucket, Key="tagged", Body=b"x", Tagging="class=open")["VersionId"],
    }
    _with_policy(gap, bucket, {"Effect": "Deny", "Action": f"s3:{action}", "Condition": _filled(condition, known)})
    role = as_role(gap, allow("s3:*", "*"))
    key = {} if operation.startswith("list") else {"Key": "a"}
    with authorized(gap.endpoint):
        codes = [
            _code(getattr(role.s3, operation), Bucket=bucket, **{**key, **_filled(asked, known)})
            for asked in (hit, missed)
        ]
    assert codes == ["AccessDenied", ""]


def test_a_denial_names_a_users_own_keys_by_a_variable(gap: Aws) -> None:
    bucket, name = gap.bucket(), f"user-{uuid.uuid4().hex[:8]}"
    gap.iam.create_user(UserName=name)
    gap.iam.put_user_policy(
        UserName=name,
        PolicyName="all",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:*", "*")]}),
    )
    key = gap.iam.create_access_key(UserName=name)["AccessKey"]
    statement = {
        "Effect": "Deny",
        "Action": "s3:PutObject",
        "NotResource": f"arn:aws:s3:::{bucket}/${{aws:username}}/*",
    }
    gap.s3.put_bucket_policy(
        Bucket=bucket,
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Principal": "*"}]}),
    )
    user = Aws(gap.endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    with authorized(gap.endpoint):
        assert _code(user.s3.put_object, Bucket=bucket, Key=f"{name}/a", Body=b"x") == ""
        assert _code(user.s3.put_object, Bucket=bucket, Key="other/a", Body=b"x") == "AccessDenied"


def test_a_batch_is_denied_version_by_version(ours: Aws) -> None:
    bucket = ours.bucket(versioned=True)
    first, second = (ours.s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"] for _ in range(2))
    _with_policy(
        ours,
        bucket,
        {"Effect": "Deny", "Action": "s3:DeleteObjectVersion", "Condition": {"StringEquals": {"s3:VersionId": first}}},
    )
    batch: Any = {"Objects": [{"Key": "a", "VersionId": version} for version in (first, second)]}
    answer = ours.s3.delete_objects(Bucket=bucket, Delete=batch)
    assert [found.get("VersionId") for found in answer.get("Errors", [])] == [first]
    assert [found.get("VersionId") for found in answer.get("Deleted", [])] == [second]


def test_a_bucket_policy_allows_a_role_that_it_names_and_leaves_others_to_their_account(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    named, other = as_role(gap), as_role(gap)
    _with_policy(
        gap,
        bucket,
        {"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"AWS": named.role}},
        {"Effect": "Allow", "Action": "s3:PutObject", "Principal": {"AWS": "arn:aws:iam::123456789012:root"}},
    )
    with authorized(gap.endpoint):
        assert _code(named.s3.get_object, Bucket=bucket, Key="a") == ""
        assert _code(other.s3.get_object, Bucket=bucket, Key="a") == "AccessDenied"
        assert _code(named.s3.put_object, Bucket=bucket, Key="a", Body=b"x") == "AccessDenied"


def test_a_role_that_is_denied_is_not_let_in_by_the_bucket(ours: Aws) -> None:
    bucket = ours.bucket()
    role = as_role(ours, {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"})
    _with_policy(ours, bucket, {"Effect": "Allow", "Action": "s3:PutObject", "Principal": {"AWS": role.role}})
    with authorized(ours.endpoint):
        assert _code(role.s3.put_object, Bucket=bucket, Key=uuid.uuid4().hex, Body=b"x") == "AccessDenied"
