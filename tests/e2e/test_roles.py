"""What the deleting roles can do in the account, with authorization on: what they need, and nothing else.

The emulator ignores conditions (`aws:ResourceAccount`, the alias of a key) and who may take a role on; those are proved
by the permission equation (tests/policies/test_permissions.py) alone.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.e2e.estates import Estate

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.e2e

ACCOUNT = "123456789012"
RECORDINGS, EXPORTS, UPLOADS, EVIDENCE = (
    f"author-{name}-local" for name in ("recordings", "exports", "temporary-uploads", "evidence")
)
Client = Callable[..., Any]


@pytest.fixture(scope="module")
def objects(local_stack: Estate) -> dict[str, tuple[str, str]]:
    """Two objects in each bucket, by a caller whom nothing is denied: bucket → version of each (or empty)."""
    s3: S3Client = local_stack.client("s3")
    found: dict[str, tuple[str, str]] = {}
    for bucket in (RECORDINGS, EXPORTS, UPLOADS, EVIDENCE):
        first, second = (s3.put_object(Bucket=bucket, Key=key, Body=b"bytes") for key in ("one", "two"))
        found[bucket] = first.get("VersionId", ""), second.get("VersionId", "")
    return found


@pytest.fixture
def as_role(local_stack: Estate, objects: dict[str, Any]) -> Iterator[Callable[[str], Client]]:
    """Clients under a role's credentials while the account authorizes."""

    def take_on(role: str) -> Client:
        taken = local_stack.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{role}", RoleSessionName="test"
        )["Credentials"]
        session = boto3.Session(
            taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"], region_name="us-east-1"
        )
        authorize(local_stack, b"0")
        make = cast("Client", cast("Any", session).client)
        return partial(make, endpoint_url=local_stack.endpoint)

    yield take_on
    authorize(local_stack, b"inf")


def authorize(estate: Estate, requests_until_then: bytes) -> None:
    """Switches authorization on (0) or off (inf), as the emulator takes it."""
    address = f"{estate.endpoint}/moto-api/reset-auth"
    urlopen(Request(address, data=requests_until_then, headers={"Content-Type": "text/plain"})).close()  # noqa: S310


def denied(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether a call is refused for want of permission; any other failure is the test's."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        # The emulator spells the code of a refusal differently for each service; the status is the same.
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") != 403:
            raise
        return True
    errors = answer.get("Errors", [])
    assert {e["Code"] for e in errors} <= {"AccessDenied"}
    return bool(errors)


def test_the_retention_role_deletes_recordings_and_their_versions(
    as_role: Callable[[str], Client], objects: dict[str, tuple[str, str]]
) -> None:
    client = as_role("author-retention-role")
    s3: S3Client = client("s3")
    first, second = objects[RECORDINGS]
    versions = s3.list_object_versions(Bucket=RECORDINGS, Prefix="one").get("Versions", [])
    assert [v.get("VersionId") for v in versions] == [first]
    assert not denied(s3.delete_object, Bucket=RECORDINGS, Key="one", VersionId=first)
    assert not denied(
        s3.delete_objects, Bucket=RECORDINGS, Delete={"Objects": [{"Key": "two", "VersionId": second}, {"Key": "two"}]}
    )
    assert s3.list_object_versions(Bucket=RECORDINGS).get("Versions", []) == []
    window = client("ssm").get_parameter(Name="/author/retention/RETENTION_WINDOW_DAYS")
    assert window["Parameter"]["Value"] == "45"
    assert not denied(s3.put_object, Bucket=EVIDENCE, Key="retention/2026-11-24.json", Body=b"{}")


def test_the_retention_role_can_do_nothing_else(
    as_role: Callable[[str], Client], objects: dict[str, tuple[str, str]]
) -> None:
    client = as_role("author-retention-role")
    s3: S3Client = client("s3")
    for bucket in (EXPORTS, UPLOADS, EVIDENCE):
        first, second = objects[bucket]
        assert denied(s3.delete_object, Bucket=bucket, Key="one")
        assert denied(s3.delete_objects, Bucket=bucket, Delete={"Objects": [{"Key": "two"}]})
        if first:
            assert denied(s3.delete_object, Bucket=bucket, Key="one", VersionId=first)
            batch = {"Objects": [{"Key": "two", "VersionId": second}]}
            assert denied(s3.delete_objects, Bucket=bucket, Delete=batch)
        assert denied(s3.list_objects_v2, Bucket=bucket)
    assert denied(s3.put_object, Bucket=RECORDINGS, Key="new", Body=b"")
    assert denied(s3.put_object, Bucket=EVIDENCE, Key="audit/forged.json", Body=b"{}")
    assert denied(s3.put_object_legal_hold, Bucket=RECORDINGS, Key="one", LegalHold={"Status": "OFF"})
    assert denied(s3.put_bucket_lifecycle_configuration, Bucket=RECORDINGS, LifecycleConfiguration={"Rules": []})
    assert denied(s3.delete_bucket_policy, Bucket=RECORDINGS)
    assert denied(client("ssm").put_parameter, Name="/author/storage/DELETERS", Value="run", Overwrite=True)
    assert denied(client("iam").list_roles)


def test_the_cleanup_role_empties_the_temporary_uploads(
    as_role: Callable[[str], Client], objects: dict[str, tuple[str, str]]
) -> None:
    client = as_role("author-temporary-uploads-cleanup-role")
    s3: S3Client = client("s3")
    assert {e.get("Key") for e in s3.list_objects_v2(Bucket=UPLOADS).get("Contents", [])} >= {"one", "two"}
    assert s3.get_bucket_tagging(Bucket=UPLOADS)["TagSet"]
    assert not denied(s3.get_bucket_versioning, Bucket=UPLOADS)
    assert not denied(s3.list_multipart_uploads, Bucket=UPLOADS)
    assert not denied(s3.delete_object, Bucket=UPLOADS, Key="one")
    assert not denied(s3.delete_objects, Bucket=UPLOADS, Delete={"Objects": [{"Key": "two"}]})
    assert client("ssm").get_parameter(Name="/author/storage/DELETERS")["Parameter"]["Value"] == "run"


def test_the_cleanup_role_can_do_nothing_else(
    as_role: Callable[[str], Client], objects: dict[str, tuple[str, str]]
) -> None:
    client = as_role("author-temporary-uploads-cleanup-role")
    s3: S3Client = client("s3")
    for bucket in (RECORDINGS, EXPORTS, EVIDENCE):
        first, second = objects[bucket]
        assert denied(s3.delete_object, Bucket=bucket, Key="one")
        assert denied(s3.delete_object, Bucket=bucket, Key="one", VersionId=first)
        batch = {"Objects": [{"Key": "two", "VersionId": second}, {"Key": "two"}]}
        assert denied(s3.delete_objects, Bucket=bucket, Delete=batch)
        assert denied(s3.list_objects_v2, Bucket=bucket)
    assert denied(s3.put_object, Bucket=UPLOADS, Key="new", Body=b"")
    assert denied(s3.put_bucket_tagging, Bucket=RECORDINGS, Tagging={"TagSet": [{"Key": "temporary", "Value": "true"}]})
    assert denied(client("ssm").put_parameter, Name="/author/storage/DELETERS", Value="run", Overwrite=True)
    assert denied(client("sqs").list_queues)
