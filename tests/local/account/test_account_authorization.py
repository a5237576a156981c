"""What a role may do with authorization on.

A gap that stays: conditions on keys the account does not know (local/account/gaps/policy_statements.py) count as met
where they allow. A test here proves nothing about such a condition.
"""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account.record import ROOT_ACCESS_KEY
from tests.local.account.conftest import Aws, code_of
from tests.local.account.roles import allow, as_role, authorized

pytestmark = pytest.mark.account


def _denied(call: Any) -> bool:
    with pytest.raises(ClientError) as error:
        call()
    return code_of(error)[0] == 403


def test_a_batch_is_authorized_key_by_key(gap: Aws) -> None:
    bucket = gap.bucket()
    for key in ("mine/a", "yours/a"):
        gap.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    role = as_role(gap, allow("s3:DeleteObject", f"arn:aws:s3:::{bucket}/mine/*"))
    with authorized(gap.endpoint):
        answer = role.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "mine/a"}, {"Key": "yours/a"}]})
    assert [found.get("Key") for found in answer.get("Deleted", [])] == ["mine/a"]
    assert [(found.get("Key"), found.get("Code")) for found in answer.get("Errors", [])] == [
        ("yours/a", "AccessDenied")
    ]
    assert [found.get("Key") for found in gap.s3.list_objects_v2(Bucket=bucket).get("Contents", [])] == ["yours/a"]


def test_deleting_a_version_needs_its_own_right(gap: Aws) -> None:
    bucket = gap.bucket(versioned=True)
    version = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    batch: Any = {"Objects": [{"Key": "a", "VersionId": version}]}
    objects = f"arn:aws:s3:::{bucket}/*"
    without = as_role(gap, allow("s3:DeleteObject", [objects, f"arn:aws:s3:::{bucket}"]))
    having = as_role(gap, allow("s3:DeleteObjectVersion", objects))
    with authorized(gap.endpoint):
        refused = without.s3.delete_objects(Bucket=bucket, Delete=batch)
        assert [found.get("Code") for found in refused.get("Errors", [])] == ["AccessDenied"]
        done = having.s3.delete_objects(Bucket=bucket, Delete=batch)
    assert [found.get("VersionId") for found in done.get("Deleted", [])] == [version]


def test_a_precondition_needs_the_right_to_read(gap: Aws) -> None:
    bucket = gap.bucket()
    etag = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")["ETag"]
    objects = f"arn:aws:s3:::{bucket}/*"
    batch: Any = {"Objects": [{"Key": "a", "ETag": etag}]}
    without = as_role(gap, allow("s3:DeleteObject", [objects, f"arn:aws:s3:::{bucket}"]))
    having = as_role(gap, allow(["s3:DeleteObject", "s3:GetObject"], objects))
    with authorized(gap.endpoint):
        assert "Errors" in without.s3.delete_objects(Bucket=bucket, Delete=batch)
        assert "Errors" not in having.s3.delete_objects(Bucket=bucket, Delete=batch)


def test_bypassing_governance_needs_its_own_right(ours: Aws) -> None:
    bucket = ours.bucket(locked=True)
    objects = f"arn:aws:s3:::{bucket}/*"
    role = as_role(ours, allow(["s3:DeleteObject", "s3:DeleteObjectVersion"], objects))
    with authorized(ours.endpoint):
        answer = role.s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": "a"}]}, BypassGovernanceRetention=True
        )
    assert [found.get("Code") for found in answer.get("Errors", [])] == ["AccessDenied"]


def test_a_role_does_what_it_may_and_nothing_else(ours: Aws) -> None:
    mine, other = ours.bucket(), ours.bucket()
    ours.s3.put_object(Bucket=mine, Key="a", Body=b"x")
    role = as_role(
        ours, allow("s3:ListBucket", f"arn:aws:s3:::{mine}"), allow("s3:GetObject", f"arn:aws:s3:::{mine}/*")
    )
    with authorized(ours.endpoint):
        role.s3.head_bucket(Bucket=mine)
        assert role.s3.list_objects_v2(Bucket=mine)["KeyCount"] == 1
        assert role.s3.get_object(Bucket=mine, Key="a")["Body"].read() == b"x"
        for call in (
            lambda: role.s3.list_objects_v2(Bucket=other),
            lambda: role.s3.put_object(Bucket=mine, Key="b", Body=b"x"),
            lambda: role.s3.delete_object(Bucket=mine, Key="a"),
            lambda: role.s3.get_bucket_encryption(Bucket=mine),
            lambda: role.s3.get_public_access_block(Bucket=mine),
            lambda: role.s3.put_object_legal_hold(Bucket=mine, Key="a", LegalHold={"Status": "OFF"}),
            lambda: role.s3.delete_bucket_inventory_configuration(Bucket=mine, Id="i"),
            lambda: role.s3.delete_bucket(Bucket=mine),
            role.sqs.list_queues,
        ):
            assert _denied(call)


def test_a_caller_without_the_right_does_not_see_a_legal_hold(gap: Aws) -> None:
    bucket = gap.bucket(locked=True)
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x", ObjectLockLegalHoldStatus="ON")
    objects = f"arn:aws:s3:::{bucket}/*"
    blind = as_role(gap, allow("s3:GetObject", objects))
    seeing = as_role(gap, allow(["s3:GetObject", "s3:GetObjectLegalHold"], objects))
    with authorized(gap.endpoint):
        assert seeing.s3.head_object(Bucket=bucket, Key="a").get("ObjectLockLegalHoldStatus") == "ON"
        assert "ObjectLockLegalHoldStatus" not in blind.s3.head_object(Bucket=bucket, Key="a")


def test_a_caller_without_the_right_does_not_see_how_many_tags_an_object_has(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x", Tagging="a=1&b=2")
    objects = f"arn:aws:s3:::{bucket}/*"
    blind = as_role(gap, allow("s3:GetObject", objects))
    seeing = as_role(gap, allow(["s3:GetObject", "s3:GetObjectTagging"], objects))
    with authorized(gap.endpoint):
        assert seeing.s3.get_object(Bucket=bucket, Key="a").get("TagCount") == 2
        assert "TagCount" not in blind.s3.get_object(Bucket=bucket, Key="a")


@pytest.mark.parametrize("operation", ["head_object", "get_object"])
def test_a_caller_who_may_not_list_does_not_hear_that_a_key_is_absent(gap: Aws, operation: str) -> None:
    bucket = gap.bucket()
    read = allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")
    listing = as_role(gap, read, allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"))
    blind = as_role(gap, read)
    with authorized(gap.endpoint):
        with pytest.raises(ClientError) as absent:
            getattr(listing.s3, operation)(Bucket=bucket, Key="absent")
        assert code_of(absent)[0] == 404
        assert _denied(lambda: getattr(blind.s3, operation)(Bucket=bucket, Key="absent"))


def test_a_caller_who_may_not_list_tags_does_not_see_a_functions(gap: Aws) -> None:
    name = gap.function()
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    gap.functions.tag_resource(Resource=arn, Tags={"project": "author-storage"})
    blind = as_role(gap, allow("lambda:GetFunction", arn))
    seeing = as_role(gap, allow(["lambda:GetFunction", "lambda:ListTags"], arn))
    with authorized(gap.endpoint):
        assert seeing.functions.get_function(FunctionName=name)["Tags"] == {"project": "author-storage"}
        assert seeing.functions.list_tags(Resource=arn)["Tags"] == {"project": "author-storage"}
        found = blind.functions.get_function(FunctionName=name)
        assert found["Configuration"].get("FunctionName") == name
        assert "Tags" not in found
        assert _denied(lambda: blind.functions.list_tags(Resource=arn))


def test_a_bucket_policy_denies_what_a_role_was_given(gap: Aws) -> None:
    bucket = gap.bucket()
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutLifecycleConfiguration",
        "Resource": f"arn:aws:s3:::{bucket}",
    }
    gap.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    role = as_role(gap, allow("s3:*", "*"))
    with authorized(gap.endpoint):
        assert role.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
        assert _denied(lambda: role.s3.delete_bucket_lifecycle(Bucket=bucket))


def test_a_right_on_one_queue_or_log_group_is_no_right_on_another(gap: Aws) -> None:
    gap.logs.create_log_group(logGroupName=(mine := f"/author/{uuid.uuid4().hex}"))
    gap.logs.create_log_group(logGroupName=(other := f"/author/{uuid.uuid4().hex}"))
    role = as_role(gap, allow("logs:CreateLogStream", f"arn:aws:logs:us-east-1:123456789012:log-group:{mine}:*"))
    with authorized(gap.endpoint):
        role.logs.create_log_stream(logGroupName=mine, logStreamName="s")
        with pytest.raises(ClientError):
            role.logs.create_log_stream(logGroupName=other, logStreamName="s")


def test_a_condition_the_account_knows_is_judged(gap: Aws) -> None:
    bucket = gap.bucket()
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    ours = as_role(gap, allow("s3:*", resources, Condition={"StringEquals": {"aws:ResourceAccount": "123456789012"}}))
    theirs = as_role(gap, allow("s3:*", resources, Condition={"StringEquals": {"aws:ResourceAccount": "1" * 12}}))
    with authorized(gap.endpoint):
        assert ours.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
        assert _denied(lambda: theirs.s3.list_objects_v2(Bucket=bucket))


def test_root_may_do_everything_and_an_unknown_key_nothing(gap: Aws) -> None:
    bucket = gap.bucket()
    root = Aws(gap.endpoint, ROOT_ACCESS_KEY)
    with authorized(gap.endpoint):
        assert root.s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
        assert root.sts.get_caller_identity()["Account"] == "123456789012"
        assert _denied(lambda: gap.s3.list_objects_v2(Bucket=bucket))


@pytest.mark.parametrize(
    "key", ["two\nlines", "x//y", "a%20b", "a+b c", "é😀", "k?q=1&r", "bell\x07", "~*'()!", "../up"]
)
def test_the_signature_of_a_request_on_any_key_is_good(ours: Aws, key: str) -> None:
    bucket = ours.bucket(versioned=True)
    role = as_role(ours, allow("s3:*", [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]))
    with authorized(ours.endpoint):
        version = role.s3.put_object(Bucket=bucket, Key=key, Body=b"x")["VersionId"]
        assert role.s3.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read() == b"x"
        role.s3.delete_object(Bucket=bucket, Key=key)
        assert role.s3.list_object_versions(Bucket=bucket, Prefix=key[:2])["DeleteMarkers"]
