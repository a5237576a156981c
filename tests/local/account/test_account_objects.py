import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account.daemon import Account, shift_clock
from tests.local.account.conftest import Aws, code_of

pytestmark = pytest.mark.account

ODD_KEYS = [
    "two\nlines",
    "x//y",
    "//x",
    "../up",
    "a%20b",
    "a+b",
    " lead",
    "trail ",
    "é😀",
    "tab\tkey",
    "cr\rkey",
    "k?q=1",
    "<x>&amp;",
]


def test_the_answer_about_versioning_names_the_element_that_s3_names(gap: Aws) -> None:
    bodies: list[bytes] = []

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        bodies.append(response_dict["body"])

    gap.s3.meta.events.register("before-parse.s3.GetBucketVersioning", keep)
    try:
        bucket = gap.bucket(versioned=True)
        assert gap.s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    finally:
        gap.s3.meta.events.unregister("before-parse.s3.GetBucketVersioning", keep)
    assert b"<VersioningConfiguration" in bodies[-1]
    assert b"GetBucketVersioningResponse" not in bodies[-1]


def test_another_owner_than_expected_is_refused(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x", ExpectedBucketOwner="123456789012")
    for call in (
        lambda: gap.s3.delete_object(Bucket=bucket, Key="a", ExpectedBucketOwner="111111111111"),
        lambda: gap.s3.list_objects_v2(Bucket=bucket, ExpectedBucketOwner="111111111111"),
        lambda: gap.s3.delete_objects(
            Bucket=bucket, Delete={"Objects": [{"Key": "a"}]}, ExpectedBucketOwner="111111111111"
        ),
        lambda: gap.s3.get_bucket_lifecycle_configuration(Bucket=bucket, ExpectedBucketOwner="111111111111"),
    ):
        with pytest.raises(ClientError) as error:
            call()
        assert code_of(error) == (403, "AccessDenied")
    assert gap.s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"


def test_keys_of_any_kind_are_stored_listed_and_deleted(gap: Aws) -> None:
    bucket = gap.bucket()
    for key in ODD_KEYS:
        gap.s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
        assert gap.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert {found.get("Key") for found in gap.s3.list_objects_v2(Bucket=bucket).get("Contents", [])} == set(ODD_KEYS)
    answer = gap.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in ODD_KEYS]})
    assert "Errors" not in answer
    assert "Contents" not in gap.s3.list_objects_v2(Bucket=bucket)


def test_a_key_that_xml_can_not_carry_is_malformed_in_a_batch_and_deleted_alone(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_object(Bucket=bucket, Key="bell\x07", Body=b"x")
    with pytest.raises(ClientError) as error:
        gap.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "bell\x07"}]})
    assert code_of(error) == (400, "MalformedXML")
    gap.s3.delete_object(Bucket=bucket, Key="bell\x07")
    assert "Contents" not in gap.s3.list_objects_v2(Bucket=bucket)


def test_versions_of_odd_keys_are_listed(gap: Aws) -> None:
    bucket = gap.bucket(versioned=True)
    keys = [*ODD_KEYS, "bell\x07"]
    for key in keys:
        gap.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    gap.s3.delete_object(Bucket=bucket, Key="bell\x07")
    listed = gap.s3.list_object_versions(Bucket=bucket, MaxKeys=1000)
    assert {found.get("Key") for found in listed.get("Versions", [])} == set(keys)
    assert [found.get("Key") for found in listed.get("DeleteMarkers", [])] == ["bell\x07"]


def test_an_etag_that_changed_keeps_the_object(gap: Aws) -> None:
    bucket = gap.bucket()
    listed = gap.s3.put_object(Bucket=bucket, Key="changed", Body=b"old")["ETag"]
    gap.s3.put_object(Bucket=bucket, Key="changed", Body=b"new")
    same = gap.s3.put_object(Bucket=bucket, Key="same", Body=b"same")["ETag"]
    batch: Any = {
        "Objects": [{"Key": "changed", "ETag": listed}, {"Key": "same", "ETag": same}, {"Key": "gone", "ETag": same}]
    }
    answer = gap.s3.delete_objects(Bucket=bucket, Delete=batch)
    assert [found.get("Key") for found in answer.get("Deleted", [])] == ["same"]
    assert {found.get("Key"): found.get("Code") for found in answer.get("Errors", [])} == {
        "changed": "PreconditionFailed",
        "gone": "NoSuchKey",
    }
    assert gap.s3.get_object(Bucket=bucket, Key="changed")["Body"].read() == b"new"


def test_an_etag_that_changed_fails_a_single_delete(ours: Aws) -> None:
    bucket = ours.bucket()
    listed = ours.s3.put_object(Bucket=bucket, Key="a", Body=b"old")["ETag"]
    ours.s3.put_object(Bucket=bucket, Key="a", Body=b"new")
    with pytest.raises(ClientError) as error:
        ours.s3.delete_object(Bucket=bucket, Key="a", IfMatch=listed)
    assert code_of(error) == (412, "PreconditionFailed")


def test_more_than_a_thousand_keys_are_malformed(gap: Aws) -> None:
    bucket = gap.bucket()
    with pytest.raises(ClientError) as error:
        gap.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": str(number)} for number in range(1001)]})
    assert code_of(error) == (400, "MalformedXML")


def test_a_quiet_batch_answers_errors_only(gap: Aws) -> None:
    bucket = gap.bucket()
    etag = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")["ETag"]
    gap.s3.put_object(Bucket=bucket, Key="b", Body=b"y")
    batch: Any = {"Objects": [{"Key": "a"}, {"Key": "b", "ETag": etag}], "Quiet": True}
    answer = gap.s3.delete_objects(Bucket=bucket, Delete=batch)
    assert answer.get("Deleted") is None
    assert [found.get("Key") for found in answer.get("Errors", [])] == ["b"]


def test_a_held_version_stays_and_is_named(gap: Aws) -> None:
    bucket = gap.bucket(locked=True)
    held = gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x", ObjectLockLegalHoldStatus="ON")["VersionId"]
    kept = gap.s3.put_object(
        Bucket=bucket,
        Key="b",
        Body=b"x",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=datetime.now(UTC) + timedelta(days=1),
    )["VersionId"]
    batch: Any = {"Objects": [{"Key": "a", "VersionId": held}, {"Key": "b", "VersionId": kept}]}
    answer = gap.s3.delete_objects(Bucket=bucket, Delete=batch)
    errors = {(found.get("Key"), found.get("VersionId"), found.get("Code")) for found in answer.get("Errors", [])}
    assert errors == {("a", held, "AccessDenied"), ("b", kept, "AccessDenied")}
    assert len(gap.s3.list_object_versions(Bucket=bucket).get("Versions", [])) == 2


def test_a_batch_in_a_versioned_bucket_makes_delete_markers(ours: Aws) -> None:
    bucket = ours.bucket(versioned=True)
    ours.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    done = ours.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]}).get("Deleted", [])
    markers = ours.s3.list_object_versions(Bucket=bucket).get("DeleteMarkers", [])
    assert [found.get("DeleteMarkerVersionId") for found in done] == [found.get("VersionId") for found in markers]


def test_an_unconditional_bucket_policy_denies_a_key_of_a_batch(ours: Aws) -> None:
    bucket = ours.bucket()
    for key in ("evidence/a", "b"):
        ours.s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{bucket}/evidence/*",
    }
    ours.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    answer = ours.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "evidence/a"}, {"Key": "b"}]})
    assert [found.get("Key") for found in answer.get("Deleted", [])] == ["b"]
    assert [found.get("Code") for found in answer.get("Errors", [])] == ["AccessDenied"]


def test_an_upload_is_listed_with_the_time_it_began(gap: Aws) -> None:
    bucket = gap.bucket()
    for key in ("b", "a", "c"):
        gap.s3.create_multipart_upload(Bucket=bucket, Key=key)
    page = gap.s3.list_multipart_uploads(Bucket=bucket, MaxUploads=2)
    begun = [found.get("Initiated") for found in page.get("Uploads", [])]
    assert all(moment and abs(datetime.now(UTC) - moment) < timedelta(minutes=1) for moment in begun)
    rest = gap.s3.list_multipart_uploads(
        Bucket=bucket, KeyMarker=page.get("NextKeyMarker", ""), UploadIdMarker=page.get("NextUploadIdMarker", "")
    )
    assert [found.get("Key") for found in page.get("Uploads", []) + rest.get("Uploads", [])] == ["a", "b", "c"]


def test_a_shifted_clock_makes_old_objects_and_uploads(ours: Aws, running: Account) -> None:
    bucket = ours.bucket()
    shift_clock(running, -25 * 3600)
    try:
        ours.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
        ours.s3.create_multipart_upload(Bucket=bucket, Key="u")
    finally:
        shift_clock(running, 0)
    moments = [
        ours.s3.head_object(Bucket=bucket, Key="a")["LastModified"],
        *(found.get("Initiated") for found in ours.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])),
    ]
    assert len(moments) == 2
    assert all(moment and timedelta(hours=24) < datetime.now(UTC) - moment < timedelta(hours=26) for moment in moments)


def _restore(aws: Aws, bucket: str, tier: str) -> None:
    request: Any = {"Days": 1, "GlacierJobParameters": {"Tier": tier}}
    aws.s3.restore_object(Bucket=bucket, Key="a", RestoreRequest=request)


def test_a_tier_that_the_class_does_not_have_is_refused(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x", StorageClass="DEEP_ARCHIVE")
    with pytest.raises(ClientError) as error:
        _restore(gap, bucket, "Expedited")
    assert code_of(error) == (400, "InvalidArgument")


def test_a_restore_takes_time(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x", StorageClass="DEEP_ARCHIVE")
    _restore(gap, bucket, "Bulk")
    assert gap.s3.head_object(Bucket=bucket, Key="a").get("Restore") == 'ongoing-request="true"'
    with pytest.raises(ClientError) as error:
        gap.s3.get_object(Bucket=bucket, Key="a")
    assert code_of(error) == (403, "InvalidObjectState")
    with pytest.raises(ClientError) as error:
        _restore(gap, bucket, "Bulk")
    assert code_of(error) == (409, "RestoreAlreadyInProgress")


def test_a_restore_ends(ours: Aws, running: Account) -> None:
    bucket = ours.bucket()
    ours.s3.put_object(Bucket=bucket, Key="a", Body=b"x", StorageClass="DEEP_ARCHIVE")
    _restore(ours, bucket, "Standard")
    shift_clock(running, 60)
    try:
        assert 'ongoing-request="false"' in ours.s3.head_object(Bucket=bucket, Key="a").get("Restore", "")
        assert ours.s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"x"
    finally:
        shift_clock(running, 0)


def test_a_suspended_bucket_deletes_one_version_at_a_time(gap: Aws) -> None:
    bucket = gap.bucket(versioned=True)
    kept, gone = (gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x").get("VersionId", "") for _ in range(2))
    marker = gap.s3.delete_object(Bucket=bucket, Key="a").get("VersionId", "")
    gap.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    for version in (gone, marker):
        gap.s3.delete_object(Bucket=bucket, Key="a", VersionId=version)
    left = gap.s3.list_object_versions(Bucket=bucket)
    assert [v.get("VersionId") for v in left.get("Versions", [])] == [kept]
    assert left.get("DeleteMarkers", []) == []


def test_a_default_retention_changes_while_objects_are_there(gap: Aws) -> None:
    bucket = gap.bucket(locked=True)
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    gap.s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 7}},
        },
    )
    kept = gap.s3.get_object_lock_configuration(Bucket=bucket).get("ObjectLockConfiguration", {})
    assert kept.get("Rule", {}).get("DefaultRetention") == {"Mode": "COMPLIANCE", "Years": 7}
    gap.s3.put_object(Bucket=bucket, Key="b", Body=b"x")
    locked = [gap.s3.head_object(Bucket=bucket, Key=key).get("ObjectLockMode") for key in ("a", "b")]
    assert locked == [None, "COMPLIANCE"]


def test_a_clock_that_is_shifted_back_makes_no_version_the_latest_that_is_not(ours: Aws, running: Account) -> None:
    bucket = ours.bucket(versioned=True)
    older = ours.s3.put_object(Bucket=bucket, Key="a", Body=b"older")["VersionId"]
    shift_clock(running, -25 * 3600)
    try:
        newer = ours.s3.put_object(Bucket=bucket, Key="a", Body=b"newer")["VersionId"]
    finally:
        shift_clock(running, 0)
    listed = ours.s3.list_object_versions(Bucket=bucket).get("Versions", [])
    assert [(found.get("VersionId"), found.get("IsLatest")) for found in listed] == [(newer, True), (older, False)]
    assert ours.s3.get_object(Bucket=bucket, Key="a")["VersionId"] == newer


def test_a_completed_upload_is_as_old_as_its_beginning(gap: Aws, running: Account) -> None:
    bucket = gap.bucket()
    shift_clock(running, -25 * 3600)
    try:
        upload = gap.s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"]
    finally:
        shift_clock(running, 0)
    part = gap.s3.upload_part(Bucket=bucket, Key="a", UploadId=upload, PartNumber=1, Body=b"x")["ETag"]
    parts: Any = {"Parts": [{"PartNumber": 1, "ETag": part}]}
    gap.s3.complete_multipart_upload(Bucket=bucket, Key="a", UploadId=upload, MultipartUpload=parts)
    assert datetime.now(UTC) - gap.s3.head_object(Bucket=bucket, Key="a")["LastModified"] > timedelta(hours=24)


def _at_once(work: Callable[[int], bool]) -> int:
    """Do something 24 times at once; return how often it succeeded."""
    gate = threading.Barrier(24)

    def one(number: int) -> bool:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(24) as pool:
        return sum(pool.map(one, range(24)))


def test_of_many_who_would_be_first_one_is(ours: Aws) -> None:
    bucket, s3 = ours.bucket(), ours.s3

    def put(number: int) -> bool:
        try:
            s3.put_object(Bucket=bucket, Key="a", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "PreconditionFailed":
                raise
            return False
        return True

    assert _at_once(put) == 1


def test_of_many_versions_that_are_put_at_once_none_is_lost(ours: Aws) -> None:
    bucket, s3 = ours.bucket(versioned=True), ours.s3
    assert _at_once(lambda number: bool(s3.put_object(Bucket=bucket, Key="a", Body=str(number).encode()))) == 24
    assert len(s3.list_object_versions(Bucket=bucket).get("Versions", [])) == 24


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("list-type=2&max-keys=many", "InvalidArgument"),
        ("list-type=2&max-keys=-1", "InvalidArgument"),
        ("list-type=2&continuation-token=nonsense", "InvalidArgument"),
        ("list-type=2&encoding-type=base64", "InvalidArgument"),
        ("versions&max-keys=-1", "InvalidArgument"),
        ("versions&encoding-type=base64", "InvalidArgument"),
        ("versions&key-marker=a&version-id-marker=never", "InvalidArgument"),
        ("uploads&max-uploads=many", "InvalidArgument"),
    ],
)
def test_a_request_that_no_client_library_sends_is_refused(gap: Aws, query: str, code: str) -> None:
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=h"}
    connection = HTTPConnection(gap.endpoint.removeprefix("http://"), timeout=30)
    try:
        connection.request("GET", f"/{gap.bucket()}?{query}", headers=headers)
        answer = connection.getresponse()
        assert (answer.status, f"<Code>{code}</Code>" in answer.read().decode()) == (400, True)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"x-amz-content-sha256": "0" * 64}, b"x", "XAmzContentSHA256Mismatch"),
        (
            {
                "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                "x-amz-trailer": "x-amz-checksum-crc32",
                "x-amz-decoded-content-length": "1",
            },
            b"1\r\nx\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
            "BadDigest",
        ),
    ],
)
def test_a_body_other_than_signed_or_than_its_trailer_says_is_refused(
    gap: Aws, headers: dict[str, str], body: bytes, code: str
) -> None:
    signed = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=h"
    connection = HTTPConnection(gap.endpoint.removeprefix("http://"), timeout=30)
    try:
        connection.request("PUT", f"/{gap.bucket()}/a", body, {"Authorization": signed, **headers})
        answer = connection.getresponse()
        assert (answer.status, f"<Code>{code}</Code>" in answer.read().decode()) == (400, True)
    finally:
        connection.close()


def test_a_retention_that_is_over_protects_no_more_and_is_still_told(ours: Aws, running: Account) -> None:
    bucket = ours.bucket(locked=True)
    until = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    version = ours.s3.put_object(
        Bucket=bucket, Key="a", Body=b"x", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )["VersionId"]
    shift_clock(running, 2 * 3600)
    try:
        told = ours.s3.get_object_retention(Bucket=bucket, Key="a").get("Retention", {})
        ours.s3.put_object_retention(
            Bucket=bucket,
            Key="a",
            Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until + timedelta(hours=2)},
        )
        ours.s3.delete_object(Bucket=bucket, Key="a", VersionId=version, BypassGovernanceRetention=True)
    finally:
        shift_clock(running, 0)
    assert told == {"Mode": "COMPLIANCE", "RetainUntilDate": until}
    assert "Versions" not in ours.s3.list_object_versions(Bucket=bucket)
