"""The bucket family, through the whole life of a resource."""

from collections.abc import Callable
from typing import Any

import pytest

from local.bridge.values import UNKNOWN
from tests.local.bridge.conftest import Engine

pytestmark = pytest.mark.account

BUCKET = "aws:s3/bucket:Bucket"
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


def rules(days: int) -> list[dict[str, Any]]:
    return [
        {
            "id": "tier",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "transitions": [{"days": 7, "storageClass": "STANDARD_IA"}],
        },
        {
            "id": "archive",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "transitions": [{"days": 30, "storageClass": "DEEP_ARCHIVE"}],
            "expiration": {"days": days},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 1},
        },
    ]


def test_a_bucket_is_made_found_unchanged_and_deleted(
    engine: Engine, unique: str, client: Callable[[str], Any]
) -> None:
    declared = {"bucket": unique, "forceDestroy": True, "tags": {"owner": "us"}}
    made = engine.create(BUCKET, declared)
    assert made.id == unique
    assert made.properties["arn"] == f"arn:aws:s3:::{unique}"
    assert not engine.diff(made, declared).detailedDiff
    client("s3").put_object(Bucket=unique, Key="a", Body=b"b")
    engine.delete(made)
    assert unique not in [bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]]
    engine.delete(made)


def test_one_number_of_a_lifecycle_is_shown_alone(engine: Engine, unique: str, client: Callable[[str], Any]) -> None:
    engine.create(BUCKET, {"bucket": unique})
    made = engine.create(LIFECYCLE, {"bucket": unique, "rules": rules(45)})
    assert not engine.diff(made, {"bucket": unique, "rules": rules(45)}).detailedDiff
    answer = engine.diff(made, {"bucket": unique, "rules": rules(60)})
    assert list(answer.detailedDiff) == ["rules[1].expiration.days"]
    assert not answer.replaces
    updated = engine.update(made, {"bucket": unique, "rules": rules(60)})
    found = client("s3").get_bucket_lifecycle_configuration(Bucket=unique)["Rules"]
    assert [rule.get("Expiration") for rule in found] == [None, {"Days": 60}]
    found[1]["Transitions"][0]["Days"] = 40
    client("s3").put_bucket_lifecycle_configuration(Bucket=unique, LifecycleConfiguration={"Rules": found})
    assert engine.drift(updated) == ["rules[1].transitions[0].days"]


def test_what_only_creation_tells_is_unknown_in_a_preview(engine: Engine, unique: str) -> None:
    planned = engine.preview(BUCKET, {"bucket": unique})
    assert planned["bucket"] == unique
    assert planned["arn"] == UNKNOWN
