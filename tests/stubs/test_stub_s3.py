"""The stub keeps to what S3 documents where the cleanup depends on it: asked by boto3, not by the code under test."""

import time
from collections.abc import Generator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stubs.s3.behaviour import MODELLED, Behaviour, Latency, Throttle
from tests.stubs.s3.control import ACCOUNT, BUCKET, Stub, running_stub
from tests.stubs.s3.store import Bucket

pytestmark = pytest.mark.process

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=8)


@pytest.fixture(scope="module")
def running() -> Generator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture
def stub(running: Stub) -> Stub:
    running.reset()
    running.behave()
    return running


@pytest.fixture
def s3(stub: Stub) -> "S3Client":
    return boto3.client(  # pyright: ignore[reportUnknownMemberType]
        "s3",
        config=Config(retries={"total_max_attempts": 1}),
        endpoint_url=stub.endpoint,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
    )


def listed(s3: "S3Client", **asked: Any) -> list[str]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, **asked)
    return [entry.get("Key", "") for page in pages for entry in page.get("Contents", [])]


def refused(s3: "S3Client", *objects: dict[str, str]) -> dict[str, str]:
    answer = s3.delete_objects(Bucket=BUCKET, Delete=cast("Any", {"Objects": objects, "Quiet": True}))
    return {error.get("Key", ""): error.get("Code", "") for error in answer.get("Errors", [])}


@given(keys=st.sets(KEYS, min_size=1, max_size=20), size=st.integers(1, 5))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_listings_are_in_the_order_of_utf8_whatever_the_page(
    stub: Stub, s3: "S3Client", keys: set[str], size: int
) -> None:
    stub.reset()
    stub.fill(sorted(keys))
    assert listed(s3, PaginationConfig={"PageSize": size}) == sorted(keys, key=lambda key: key.encode())


@given(keys=st.sets(st.text("ab/", min_size=1, max_size=6), max_size=20), prefix=st.text("ab/", max_size=2))
def test_a_delimiter_divides_the_keys(keys: set[str], prefix: str) -> None:
    bucket = Bucket()
    bucket.fill(sorted(keys), 1, "2020-01-01T00:00:00.000Z")
    page = bucket.page(prefix, "", 1000, "/")
    below = [key for key in keys if key.startswith(prefix)]
    cut = {prefix + key[len(prefix) :].split("/")[0] + "/" for key in below if "/" in key[len(prefix) :]}
    assert page.prefixes == sorted(cut)
    assert len(page.entries) == sum("/" not in key[len(prefix) :] for key in below)


def test_an_etag_is_enforced_key_by_key(stub: Stub, s3: "S3Client") -> None:
    for key in ("same", "other", "kept"):
        stub.put(key, key)
    etag = stub.state()["keys"]["same"]
    asked = [{"Key": "same", "ETag": etag}, {"Key": "other", "ETag": etag}, {"Key": "gone", "ETag": etag}]
    assert refused(s3, *asked) == {"other": "PreconditionFailed", "gone": "NoSuchKey"}
    assert listed(s3) == ["kept", "other"]


def test_a_single_delete_heeds_if_match(stub: Stub, s3: "S3Client") -> None:
    stub.put("k", "x")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.delete_object(Bucket=BUCKET, Key="k", IfMatch='"wrong"')
    assert listed(s3) == ["k"]


def test_more_than_a_thousand_keys_are_refused(stub: Stub, s3: "S3Client") -> None:
    stub.put("0", "x")
    with pytest.raises(ClientError, match="MalformedXML"):
        refused(s3, *({"Key": str(n)} for n in range(1001)))
    assert listed(s3) == ["0"]


def test_what_xml_cannot_carry_is_malformed(stub: Stub, s3: "S3Client") -> None:
    stub.fill(["bell\x07", "a"])
    with pytest.raises(ClientError, match="MalformedXML"):
        refused(s3, {"Key": "bell\x07"}, {"Key": "a"})
    assert listed(s3) == ["a", "bell\x07"]


def test_another_expected_owner_is_denied(stub: Stub, s3: "S3Client") -> None:
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET, ExpectedBucketOwner=ACCOUNT)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket=BUCKET, ExpectedBucketOwner="999999999999")


def test_latency_grows_with_the_keys_of_a_batch(stub: Stub, s3: "S3Client") -> None:
    stub.behave(Behaviour(latency=Latency(batch=0.05, batch_key=0.001)))
    began = time.monotonic()
    refused(s3, *({"Key": str(n)} for n in range(200)))
    assert time.monotonic() - began >= 0.25
    assert MODELLED.of("DeleteObjects", 1000) == pytest.approx(0.35)


def test_throttling_refuses_the_whole_or_the_rest() -> None:
    now = [0.0]
    whole = Throttle(rate=1000, clock=lambda: now[0])
    rest = Throttle(rate=1000, inside=True, clock=lambda: now[0])
    assert (whole.admit(500), rest.admit(500)) == (0, 0)
    now[0] = 0.4
    assert (whole.admit(500), rest.admit(500)) == (0, 400)
    now[0] = 10.0
    assert (whole.admit(1000), rest.admit(1500)) == (1000, 1000), "a second's worth at most is saved up"


def test_each_prefix_may_have_a_rate_of_its_own() -> None:
    now = [0.0]
    throttle = Throttle(rate=1000, each_prefix=True, clock=lambda: now[0])
    assert throttle.admit_keys(["a/1", "b/1"]) == 0
    now[0] = 1.0
    assert throttle.admit_keys([f"a/{n}" for n in range(1000)]) == 1000
    assert throttle.admit_keys(["a/1", "b/1"]) == 0
    assert throttle.admit_keys([f"b/{n}" for n in range(1000)]) == 1000


def test_versions_are_listed_newest_first_and_deleted_one_by_one(stub: Stub, s3: "S3Client") -> None:
    stub.reset(versioned=True)
    stub.put("k", "first")
    stub.put("k", "second")
    stub.delete("k")
    answer = s3.list_object_versions(Bucket=BUCKET)
    versions = [version.get("VersionId", "") for version in answer["Versions"]]
    assert versions == sorted(versions, reverse=True)
    (marker,) = answer["DeleteMarkers"]
    assert marker.get("IsLatest")
    assert listed(s3) == []
    refused(s3, {"Key": "k", "VersionId": marker.get("VersionId", "")})
    assert listed(s3) == ["k"]


def test_a_fill_makes_whole_histories(stub: Stub, s3: "S3Client") -> None:
    stub.reset(locked=True)
    stub.fill(["a", "b"], history=["null", "version", "version", "marker"], hold="ON")
    answer = s3.list_object_versions(Bucket=BUCKET)
    assert [version.get("VersionId", "")[0] for version in answer["Versions"]] == ["v", "v", "n"] * 2
    assert [marker.get("IsLatest") for marker in answer["DeleteMarkers"]] == [True, True]
    assert listed(s3) == []
    held = {"Key": "a", "VersionId": "null"}
    assert refused(s3, held) == {"a": "AccessDenied"}
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key="a", VersionId="null")
    s3.put_object_legal_hold(Bucket=BUCKET, Key="a", VersionId="null", LegalHold={"Status": "OFF"})
    assert refused(s3, held) == {}
    assert stub.state()["versions"] == 7


def test_uploads_come_in_pages_and_encoded(stub: Stub, s3: "S3Client") -> None:
    for key in ("a\x07", "aa\x07a", "b"):
        stub.upload(key, "2020-01-01T00:00:00.000Z")
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=BUCKET, EncodingType="url", PaginationConfig={"PageSize": 1}
    )
    found = [unquote(upload.get("Key", "")) for page in pages for upload in page.get("Uploads", [])]
    assert found == ["a\x07", "aa\x07a", "b"]
