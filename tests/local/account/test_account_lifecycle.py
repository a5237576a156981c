from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account.lifecycle_rules import LifecycleRefusal, check
from tests.local.account.conftest import Aws, code_of

MB = 1024 * 1024


def _rule(**changes: Any) -> dict[str, Any]:
    """A rule S3 accepts, with some of its elements changed."""
    rule: dict[str, Any] = {
        "ID": "tiering",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "Transition": [{"Days": "7", "StorageClass": "STANDARD_IA"}, {"Days": "37", "StorageClass": "DEEP_ARCHIVE"}],
        "Expiration": {"Days": "45"},
    }
    return {name: value for name, value in (rule | changes).items() if value is not None}


@pytest.mark.parametrize(
    "rule",
    [
        _rule(),
        _rule(Transition=[{"Days": "0", "StorageClass": "STANDARD_IA"}]),
        _rule(Transition=None, Expiration={"ExpiredObjectDeleteMarker": "true"}),
        _rule(Filter=None, Prefix=""),
        _rule(AbortIncompleteMultipartUpload={"DaysAfterInitiation": "7"}),
        _rule(NoncurrentVersionExpiration={"NoncurrentDays": "30", "NewerNoncurrentVersions": "1"}),
        _rule(Filter={"And": {"Prefix": "a", "ObjectSizeGreaterThan": "131072"}}),
        _rule(Filter={"And": {"Tag": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": None}]}}),
        _rule(Filter={"Prefix": None}),
        _rule(ID=None),
        _rule(Transition=None, Expiration={"ExpiredObjectDeleteMarker": "false"}),
    ],
)
def test_what_s3_accepts(rule: dict[str, Any]) -> None:
    check({"Rule": rule})


@pytest.mark.parametrize(
    ("rule", "code", "says"),
    [
        (_rule(Expiration={"Days": "37"}), "InvalidArgument", "expiration-last: rules[tiering].expiration.days is 37"),
        (_rule(Expiration={"Days": "0"}), "InvalidArgument", "positive-days: "),
        (_rule(Expiration={"Days": "many"}), "MalformedXML", "'many', expected a whole number"),
        (_rule(Expiration={"Days": "45", "ExpiredObjectDeleteMarker": "true"}), "MalformedXML", ""),
        (_rule(Transition=[{"Days": "-1", "StorageClass": "STANDARD_IA"}]), "InvalidArgument", "positive-days: "),
        (_rule(Transition=[{"Days": "7", "StorageClass": "COLD"}]), "MalformedXML", ""),
        (
            _rule(Transition=[{"Days": "7", "StorageClass": "STANDARD_IA"}, {"Days": "36", "StorageClass": "GLACIER"}]),
            "InvalidArgument",
            "spacing: rules[tiering].transitions is day 36, 29 days after STANDARD_IA",
        ),
        (
            _rule(Transition=[{"Days": "9", "StorageClass": "GLACIER"}, {"Days": "9", "StorageClass": "DEEP_ARCHIVE"}]),
            "InvalidArgument",
            "expected DEEP_ARCHIVE on day 99 or later",
        ),
        (_rule(Status="On"), "MalformedXML", ""),
        (_rule(Prefix="a"), "MalformedXML", "one-scope: "),
        (_rule(Filter=None), "MalformedXML", "one-scope: "),
        (_rule(Filter={"And": {"Prefix": "a"}}), "MalformedXML", "one-predicate: "),
        (_rule(Filter={"And": {"Tag": {"Key": "a", "Value": "b"}}}), "MalformedXML", "one-predicate: "),
        (_rule(Filter="a"), "MalformedXML", "'a', expected elements"),
        (_rule(Filter={"Suffix": "a"}), "MalformedXML", "suffix is not part of a lifecycle rule"),
        (_rule(Expiration={"Days": "٤٥"}), "MalformedXML", "expected a whole number"),
        (_rule(Expiration={"Days": "45", "ExpiredObjectDeleteMarker": "false"}), "MalformedXML", "marker-alone: "),
        (
            _rule(
                Transition=[{"Days": "4", "StorageClass": "GLACIER_IR"}, {"Days": "93", "StorageClass": "GLACIER"}],
                Expiration=None,
            ),
            "InvalidArgument",
            "expected GLACIER on day 94 or later",
        ),
        (_rule(Transition={"Date": "2027-01-01T00:00:00Z", "StorageClass": "GLACIER"}), "InvalidRequest", "one-clock"),
        (
            _rule(Transition={"Date": "2027-01-01T06:00:00Z", "StorageClass": "GLACIER"}, Expiration=None),
            "InvalidArgument",
            "midnight-dates: ",
        ),
        (_rule(Filter={"Prefix": "a", "ObjectSizeLessThan": "1"}), "MalformedXML", "one-predicate: "),
        (_rule(Transition=None, Expiration=None), "InvalidRequest", "has-action: "),
        (_rule(ID="x" * 256), "InvalidArgument", "id-length: "),
        (
            _rule(
                Filter={"Tag": {"Key": "a", "Value": "b"}}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": "1"}
            ),
            "InvalidRequest",
            "abort-unfiltered: ",
        ),
        (
            _rule(
                Filter={"ObjectSizeLessThan": "1"}, Transition=None, Expiration={"ExpiredObjectDeleteMarker": "true"}
            ),
            "InvalidRequest",
            "marker-unfiltered: ",
        ),
        (_rule(NoncurrentVersionExpiration={"NoncurrentDays": "0"}), "InvalidArgument", "positive-days: "),
        (_rule(AbortIncompleteMultipartUpload={}), "MalformedXML", ""),
    ],
)
def test_what_s3_refuses(rule: dict[str, Any], code: str, says: str) -> None:
    with pytest.raises(LifecycleRefusal) as refusal:
        check({"Rule": rule})
    assert refusal.value.code == code
    assert says in str(refusal.value)


@pytest.mark.parametrize("number", [0, 1001])
def test_the_number_of_rules_has_limits(number: int) -> None:
    with pytest.raises(LifecycleRefusal) as refusal:
        check({"Rule": [_rule(ID=str(index)) for index in range(number)]})
    assert refusal.value.code == "MalformedXML"


def test_two_rules_can_not_share_an_id() -> None:
    with pytest.raises(LifecycleRefusal, match="unique-ids: "):
        check({"Rule": [_rule(), _rule()]})


@pytest.mark.account
def test_size_filters_and_the_minimum_size_come_back(gap: Aws) -> None:
    bucket = gap.bucket()
    put = gap.s3.put_bucket_lifecycle_configuration(
        Bucket=bucket,
        TransitionDefaultMinimumObjectSize="varies_by_storage_class",
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": "large",
                    "Status": "Enabled",
                    "Filter": {"ObjectSizeGreaterThan": MB},
                    "Expiration": {"Days": 5},
                }
            ]
        },
    )
    kept = gap.s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert kept["Rules"][0].get("Filter") == {"ObjectSizeGreaterThan": MB}
    assert kept.get("TransitionDefaultMinimumObjectSize") == "varies_by_storage_class"
    assert put.get("TransitionDefaultMinimumObjectSize") == "varies_by_storage_class"


@pytest.mark.account
def test_an_impossible_rule_is_refused_and_the_old_one_stays(gap: Aws) -> None:
    bucket = gap.bucket()
    good: Any = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 5}}
    gap.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [good]})
    with pytest.raises(ClientError) as error:
        gap.s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": [good | {"Expiration": {"Days": -1}}]}
        )
    assert code_of(error) == (400, "InvalidArgument")
    assert gap.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [good]


@pytest.mark.account
def test_a_lifecycle_can_be_deleted(ours: Aws) -> None:
    bucket = ours.bucket()
    good: Any = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 5}}
    ours.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [good]})
    ours.s3.delete_bucket_lifecycle(Bucket=bucket)
    with pytest.raises(ClientError) as error:
        ours.s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert code_of(error) == (404, "NoSuchLifecycleConfiguration")
