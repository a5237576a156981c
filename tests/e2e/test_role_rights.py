"""What the deleting roles may do in the account as deployed, with policies deciding: what they need, and nothing else.

The account judges by `local/account/README.md`: conditions only on the keys listed there, trust hardly, S3 by object
and action, other services by the resources it knows. What it allows here AWS may still deny by another condition; those
are proved by the permission equation (tests/policies/test_permission_equation.py) alone.
"""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from local.account.daemon import authorization
from local.clock.aws import Clients, running
from tests.e2e.estates import Estate
from tests.policies.declared import window as days_kept

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.e2e

ACCOUNT = "123456789012"
EXPORTS, UPLOADS, RECORDINGS, EVIDENCE = (
    f"author-{name}-local" for name in ("exports", "temporary-uploads", "recordings", "evidence")
)
Versions = dict[str, tuple[str, str]]
Call = Callable[[], Any]


@pytest.fixture
def clients(local_stack: Estate) -> Iterator[Clients]:
    account = running(local_stack.state / "account")
    authorization(account, on=True)
    yield Clients(account)
    authorization(account, on=False)


@pytest.fixture
def root(clients: Clients) -> "S3Client":
    return clients.make("s3")


@pytest.fixture
def versions(root: "S3Client") -> Iterator[Versions]:
    """Put two objects, `one` and `two`, into each bucket: bucket → version of each (or empty)."""
    found: Versions = {}
    for bucket in (RECORDINGS, EXPORTS, UPLOADS, EVIDENCE):
        one, two = (root.put_object(Bucket=bucket, Key=key, Body=b"bytes") for key in ("one", "two"))
        found[bucket] = one.get("VersionId", ""), two.get("VersionId", "")
    yield found
    root.delete_objects(Bucket=UPLOADS, Delete={"Objects": [{"Key": "one"}, {"Key": "two"}]})


def _as_role(clients: Clients, name: str) -> Callable[[str], Any]:
    role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    taken = clients.sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    keys = {
        "aws_access_key_id": taken["AccessKeyId"],
        "aws_secret_access_key": taken["SecretAccessKey"],
        "aws_session_token": taken["SessionToken"],
    }
    return lambda service: clients.make(service, **keys)


@pytest.fixture
def retention(clients: Clients) -> Callable[[str], Any]:
    return _as_role(clients, "author-retention-role")


@pytest.fixture
def cleanup(clients: Clients) -> Callable[[str], Any]:
    """Take on the role that the function has been deployed with."""
    function = clients.make("lambda").get_function_configuration(FunctionName="author-temporary-uploads-cleanup")
    return _as_role(clients, function["Role"].rsplit("/", 1)[-1])


def _denied(call: Call) -> bool:
    """Tell whether a call is refused for want of permission; any other failure is the test's."""
    try:
        answer = call()
    except ClientError as error:
        # The account spells the code of a refusal differently for each service; the status is the same.
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 403:
            raise
        return True
    return {error["Code"] for error in answer.get("Errors", [])} == {"AccessDenied"} and "Deleted" not in answer


def _reaches_for(s3: "S3Client", versions: Versions, *buckets: str) -> Iterator[Call]:
    """List and delete in buckets, each way there is; batches with a version are all of versions."""
    for bucket in buckets:
        one, two = versions[bucket]
        yield lambda b=bucket: s3.list_objects_v2(Bucket=b)
        yield lambda b=bucket: s3.delete_object(Bucket=b, Key="one")
        yield lambda b=bucket: s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "two"}]})
        yield lambda b=bucket: s3.delete_bucket(Bucket=b)
        if one:
            batch: Any = [{"Key": "two", "VersionId": two}, {"Key": "two"}]
            yield lambda b=bucket, v=one: s3.delete_object(Bucket=b, Key="one", VersionId=v)
            yield lambda b=bucket, o=batch: s3.delete_objects(Bucket=b, Delete={"Objects": o})


def test_the_retention_role_deletes_recordings_and_their_versions(
    retention: Callable[[str], Any], versions: Versions, root: "S3Client"
) -> None:
    s3: S3Client = retention("s3")
    one, two = versions[RECORDINGS]
    found = s3.list_object_versions(Bucket=RECORDINGS, Prefix="one").get("Versions", [])
    assert one in [version.get("VersionId") for version in found]
    assert s3.delete_object(Bucket=RECORDINGS, Key="one").get("DeleteMarker")
    s3.delete_object(Bucket=RECORDINGS, Key="one", VersionId=one)
    held = root.put_object(Bucket=RECORDINGS, Key="held", Body=b"x", ObjectLockLegalHoldStatus="ON")["VersionId"]
    objects: Any = [{"Key": "two", "VersionId": two}, {"Key": "two"}, {"Key": "held", "VersionId": held}]
    answer = s3.delete_objects(Bucket=RECORDINGS, Delete={"Objects": objects})
    assert [entry.get("Key") for entry in answer.get("Deleted", [])] == ["two", "two"]
    assert [(e.get("Key"), e.get("Code")) for e in answer.get("Errors", [])] == [("held", "AccessDenied")]
    left = root.list_object_versions(Bucket=RECORDINGS).get("Versions", [])
    assert {one, two}.isdisjoint({version.get("VersionId", "") for version in left})


def test_the_retention_role_reads_its_settings_and_holds_and_writes_its_evidence(
    retention: Callable[[str], Any], root: "S3Client"
) -> None:
    s3: S3Client = retention("s3")
    root.put_object(Bucket=RECORDINGS, Key="held", Body=b"x", ObjectLockLegalHoldStatus="ON")
    assert s3.get_object_legal_hold(Bucket=RECORDINGS, Key="held").get("LegalHold", {}).get("Status") == "ON"
    window = retention("ssm").get_parameter(Name="/author/retention/RETENTION_WINDOW_DAYS")
    assert window["Parameter"]["Value"] == str(days_kept("local"))
    assert s3.put_object(Bucket=EVIDENCE, Key="retention/2026-11-24.json", Body=b"{}")["VersionId"]


def test_the_retention_role_can_do_nothing_else(retention: Callable[[str], Any], versions: Versions) -> None:
    s3: S3Client = retention("s3")
    one, two = versions[RECORDINGS]
    batch: Any = {"Objects": [{"Key": "one", "VersionId": one}, {"Key": "two", "VersionId": two}]}
    calls: list[Call] = [
        *_reaches_for(s3, versions, EXPORTS, UPLOADS, EVIDENCE),
        lambda: s3.get_object(Bucket=RECORDINGS, Key="one"),
        lambda: s3.put_object(Bucket=RECORDINGS, Key="new", Body=b""),
        lambda: s3.put_object(Bucket=EXPORTS, Key="new", Body=b""),
        lambda: s3.put_object(Bucket=EVIDENCE, Key="audit/forged.json", Body=b"{}"),
        lambda: s3.put_object_legal_hold(Bucket=RECORDINGS, Key="one", LegalHold={"Status": "OFF"}),
        lambda: s3.delete_objects(Bucket=RECORDINGS, Delete=batch, BypassGovernanceRetention=True),
        lambda: s3.put_bucket_lifecycle_configuration(Bucket=RECORDINGS, LifecycleConfiguration={"Rules": []}),
        lambda: s3.delete_bucket_lifecycle(Bucket=RECORDINGS),
        lambda: s3.delete_bucket_policy(Bucket=RECORDINGS),
        lambda: s3.put_bucket_versioning(Bucket=EXPORTS, VersioningConfiguration={"Status": "Suspended"}),
        lambda: retention("ssm").put_parameter(Name="/author/storage/DELETERS", Value="run", Overwrite=True),
        lambda: retention("lambda").invoke(FunctionName="author-temporary-uploads-cleanup", Payload=json.dumps({})),
        retention("sqs").list_queues,
        retention("iam").list_roles,
    ]
    assert [number for number, call in enumerate(calls) if not _denied(call)] == []


def test_the_cleanup_role_empties_the_temporary_uploads(
    cleanup: Callable[[str], Any], versions: Versions, root: "S3Client"
) -> None:
    s3: S3Client = cleanup("s3")
    etag = root.put_object(Bucket=UPLOADS, Key="three", Body=b"x")["ETag"]
    listed = s3.list_objects_v2(Bucket=UPLOADS, ExpectedBucketOwner=ACCOUNT).get("Contents", [])
    assert {entry.get("Key") for entry in listed} >= {"one", "two", "three"}
    assert s3.get_bucket_tagging(Bucket=UPLOADS)["TagSet"]
    assert "Status" not in s3.get_bucket_versioning(Bucket=UPLOADS)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=UPLOADS)
    s3.delete_object(Bucket=UPLOADS, Key="one")
    objects: Any = [{"Key": "two"}, {"Key": "three", "ETag": etag}]
    answer = s3.delete_objects(Bucket=UPLOADS, Delete={"Objects": objects})
    assert [entry.get("Key") for entry in answer.get("Deleted", [])] == ["two", "three"]
    assert cleanup("ssm").get_parameter(Name="/author/storage/DELETERS")["Parameter"]["Value"] == "run"


def test_the_cleanup_role_can_do_nothing_else(cleanup: Callable[[str], Any], versions: Versions) -> None:
    s3: S3Client = cleanup("s3")
    temporary: Any = {"TagSet": [{"Key": "temporary", "Value": "true"}]}
    calls: list[Call] = [
        *_reaches_for(s3, versions, RECORDINGS, EXPORTS, EVIDENCE),
        lambda: s3.put_object(Bucket=UPLOADS, Key="new", Body=b""),
        lambda: s3.put_bucket_tagging(Bucket=RECORDINGS, Tagging=temporary),
        lambda: s3.delete_bucket(Bucket=UPLOADS),
        lambda: s3.delete_bucket_lifecycle(Bucket=UPLOADS),
        lambda: cleanup("ssm").put_parameter(Name="/author/storage/DELETERS", Value="run", Overwrite=True),
        cleanup("sqs").list_queues,
    ]
    assert [number for number, call in enumerate(calls) if not _denied(call)] == []
