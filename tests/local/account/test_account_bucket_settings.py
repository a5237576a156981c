import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.account.conftest import Aws, code_of

pytestmark = pytest.mark.account


def _tls_only(bucket: str) -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _policy(aws: Aws, bucket: str, *statements: dict[str, Any]) -> None:
    aws.s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))


def test_a_bucket_that_denies_plain_http_can_be_used(gap: Aws) -> None:
    bucket = gap.bucket()
    _policy(gap, bucket, _tls_only(bucket))
    gap.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert gap.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}]})["Deleted"] == [{"Key": "a"}]


def test_an_unconditional_denial_still_denies(ours: Aws) -> None:
    bucket = ours.bucket()
    statement = _tls_only(bucket)
    del statement["Condition"]
    _policy(ours, bucket, statement)
    with pytest.raises(ClientError) as error:
        ours.s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    assert code_of(error)[0] == 403


def test_the_event_bridge_element_comes_back(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_bucket_notification_configuration(
        Bucket=bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    assert gap.s3.get_bucket_notification_configuration(Bucket=bucket).get("EventBridgeConfiguration") == {}


def test_a_bucket_without_notifications_answers_none(ours: Aws) -> None:
    bucket = ours.bucket()
    answer = ours.s3.get_bucket_notification_configuration(Bucket=bucket)
    assert answer.keys() == {"ResponseMetadata"}


def test_access_logs_may_go_to_a_bucket_that_also_denies_plain_http(gap: Aws) -> None:
    source, target = gap.bucket(), gap.bucket()
    delivery = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": ["s3:PutObject"],
        "Resource": f"arn:aws:s3:::{target}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }
    _policy(gap, target, _tls_only(target), delivery)
    try:
        gap.s3.put_bucket_logging(
            Bucket=source, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "s3/"}}
        )
    finally:
        gap.s3.delete_bucket_policy(Bucket=target)
    assert gap.s3.get_bucket_logging(Bucket=source).get("LoggingEnabled", {}).get("TargetBucket") == target


@pytest.mark.parametrize(
    "spoil",
    [{"Action": "s3:GetObject"}, {"Principal": {"Service": "ec2.amazonaws.com"}}, {"Resource": "$target/other/*"}],
)
def test_access_logs_without_permission_are_refused(ours: Aws, spoil: dict[str, Any]) -> None:
    source, target = ours.bucket(), ours.bucket()
    delivery: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "$target/s3/*",
        **spoil,
    }
    delivery["Resource"] = str(delivery["Resource"]).replace("$target", f"arn:aws:s3:::{target}")
    _policy(ours, target, delivery)
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "s3/"}}
    with pytest.raises(ClientError) as error:
        ours.s3.put_bucket_logging(Bucket=source, BucketLoggingStatus=status)  # pyright: ignore[reportArgumentType]
    assert code_of(error) == (400, "InvalidTargetBucketForLogging")
