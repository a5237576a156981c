"""What the deployed roles may do in the account, with policies deciding.

The account judges by `local/account/README.md`: conditions only on the keys listed there, S3 by object and action,
other services by the resources it knows. What it allows here AWS may still deny by another condition.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account import authorization, shift_clock
from local.clock.aws import Clients, running
from tests.e2e.estates import Estate

pytestmark = pytest.mark.e2e

ACCOUNT = "123456789012"
TEN_YEARS = 10 * 366 * 86400
EXPORTS, UPLOADS, RECORDINGS, EVIDENCE = (
    f"author-{name}-local" for name in ("exports", "temporary-uploads", "recordings", "evidence")
)


@pytest.fixture
def clients(local_stack: Estate) -> Iterator[Clients]:
    account = running(local_stack.state / "account")
    authorization(account, on=True)
    yield (clients := Clients(account))
    authorization(account, on=False)
    shift_clock(account, TEN_YEARS)  # what was locked for seven years may be deleted now
    for bucket in (RECORDINGS, EVIDENCE):
        _empty(clients.make("s3"), bucket)
    shift_clock(account, 0)


def _empty(s3: Any, bucket: str) -> None:
    listed = s3.list_object_versions(Bucket=bucket)
    for found in listed.get("Versions", []):
        which = {"Bucket": bucket, "Key": found["Key"], "VersionId": found["VersionId"]}
        s3.put_object_legal_hold(**which, LegalHold={"Status": "OFF"})
        s3.delete_object(**which)
    for marker in listed.get("DeleteMarkers", []):
        s3.delete_object(Bucket=bucket, Key=marker["Key"], VersionId=marker["VersionId"])


def _as_role(clients: Clients, name: str) -> Callable[[str], Any]:
    taken = clients.sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}", RoleSessionName="test")[
        "Credentials"
    ]
    keys = {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }
    return lambda service: clients.make(service, **keys)


def _denied(call: Callable[[], Any]) -> bool:
    try:
        answer = call()
    except ClientError as error:
        return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403
    return {error["Code"] for error in answer.get("Errors", [])} == {"AccessDenied"} and "Deleted" not in answer


def _cleanup_role(clients: Clients) -> str:
    function = clients.make("lambda").get_function_configuration(FunctionName="author-temporary-uploads-cleanup")
    return function["Role"].rsplit("/", 1)[-1]


def test_the_cleanup_role_empties_its_bucket_and_touches_no_other(clients: Clients) -> None:
    root, s3 = clients.make("s3"), _as_role(clients, _cleanup_role(clients))("s3")
    etag = root.put_object(Bucket=UPLOADS, Key="a", Body=b"x")["ETag"]
    version = root.put_object(Bucket=EXPORTS, Key="a", Body=b"x")["VersionId"]
    assert s3.list_objects_v2(Bucket=UPLOADS, ExpectedBucketOwner=ACCOUNT)["KeyCount"] == 1
    answer = s3.delete_objects(Bucket=UPLOADS, Delete={"Objects": [{"Key": "a", "ETag": etag}]})
    assert [found["Key"] for found in answer["Deleted"]] == ["a"]
    for call in (
        lambda: s3.put_object(Bucket=UPLOADS, Key="b", Body=b"x"),
        lambda: s3.list_objects_v2(Bucket=EXPORTS),
        lambda: s3.delete_object(Bucket=EXPORTS, Key="a"),
        lambda: s3.delete_objects(Bucket=EXPORTS, Delete={"Objects": [{"Key": "a"}]}),
        lambda: s3.delete_objects(Bucket=EXPORTS, Delete={"Objects": [{"Key": "a", "VersionId": version}]}),
        lambda: s3.delete_bucket(Bucket=UPLOADS),
        lambda: s3.delete_bucket_lifecycle(Bucket=UPLOADS),
    ):
        assert _denied(call)
    root.delete_object(Bucket=EXPORTS, Key="a", VersionId=version)


def test_the_retention_role_deletes_recordings_and_nothing_else(clients: Clients) -> None:
    root, role = clients.make("s3"), _as_role(clients, "author-retention-role")
    s3 = role("s3")
    version = root.put_object(Bucket=RECORDINGS, Key="a", Body=b"x")["VersionId"]
    held = root.put_object(Bucket=RECORDINGS, Key="held", Body=b"x", ObjectLockLegalHoldStatus="ON")["VersionId"]
    assert s3.delete_object(Bucket=RECORDINGS, Key="a")["DeleteMarker"]
    batch = {"Objects": [{"Key": "a", "VersionId": version}, {"Key": "held", "VersionId": held}]}
    answer = s3.delete_objects(Bucket=RECORDINGS, Delete=batch)
    assert [found["Key"] for found in answer["Deleted"]] == ["a"]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("held", "AccessDenied")]
    assert s3.get_object_legal_hold(Bucket=RECORDINGS, Key="held")["LegalHold"]["Status"] == "ON"
    assert s3.put_object(Bucket=EVIDENCE, Key="retention/run.json", Body=b"{}")["VersionId"]
    for call in (
        lambda: s3.put_object(Bucket=EXPORTS, Key="b", Body=b"x"),
        lambda: s3.put_object_legal_hold(Bucket=RECORDINGS, Key="held", LegalHold={"Status": "OFF"}),
        lambda: s3.get_object(Bucket=RECORDINGS, Key="held"),
        lambda: s3.put_object(Bucket=EVIDENCE, Key="audit/report.json", Body=b"{}"),
        lambda: s3.delete_object(Bucket=EVIDENCE, Key="retention/run.json"),
        lambda: s3.delete_objects(Bucket=EVIDENCE, Delete={"Objects": [{"Key": "retention/run.json"}]}),
        lambda: s3.delete_objects(Bucket=EXPORTS, Delete={"Objects": [{"Key": "a"}]}),
        lambda: s3.delete_objects(Bucket=RECORDINGS, Delete=batch, BypassGovernanceRetention=True),
        lambda: s3.delete_bucket(Bucket=EXPORTS),
        lambda: s3.put_bucket_versioning(Bucket=EXPORTS, VersioningConfiguration={"Status": "Suspended"}),
        lambda: s3.delete_bucket_lifecycle(Bucket=RECORDINGS),
        role("sqs").list_queues,
        role("iam").list_roles,
        lambda: role("lambda").invoke(FunctionName="author-temporary-uploads-cleanup", Payload=json.dumps({})),
    ):
        assert _denied(call)
