import pytest
from botocore.exceptions import ClientError

from tests.local.account.conftest import Aws, code_of

pytestmark = pytest.mark.account


def test_request_metrics_are_kept_and_leave_the_bucket_alone(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_bucket_metrics_configuration(
        Bucket=bucket, Id="EntireBucket", MetricsConfiguration={"Id": "EntireBucket", "Filter": {"Prefix": "a/"}}
    )
    kept = gap.s3.get_bucket_metrics_configuration(Bucket=bucket, Id="EntireBucket")["MetricsConfiguration"]
    assert kept == {"Id": "EntireBucket", "Filter": {"Prefix": "a/"}}
    listed = gap.s3.list_bucket_metrics_configurations(Bucket=bucket)
    assert [found["Id"] for found in listed["MetricsConfigurationList"]] == ["EntireBucket"]

    gap.s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="EntireBucket")
    gap.s3.head_bucket(Bucket=bucket)
    with pytest.raises(ClientError) as error:
        gap.s3.get_bucket_metrics_configuration(Bucket=bucket, Id="EntireBucket")
    assert code_of(error) == (404, "NoSuchConfiguration")


def test_deleting_an_inventory_configuration_does_not_delete_the_bucket(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_bucket_inventory_configuration(
        Bucket=bucket,
        Id="weekly",
        InventoryConfiguration={
            "Id": "weekly",
            "IsEnabled": True,
            "IncludedObjectVersions": "Current",
            "Schedule": {"Frequency": "Weekly"},
            "OptionalFields": ["Size", "StorageClass"],
            "Destination": {"S3BucketDestination": {"Bucket": f"arn:aws:s3:::{bucket}", "Format": "Parquet"}},
        },
    )
    kept = gap.s3.get_bucket_inventory_configuration(Bucket=bucket, Id="weekly")["InventoryConfiguration"]
    assert kept["IncludedObjectVersions"] == "Current"
    assert kept.get("OptionalFields") == ["Size", "StorageClass"]
    gap.s3.delete_bucket_inventory_configuration(Bucket=bucket, Id="weekly")
    gap.s3.head_bucket(Bucket=bucket)
    assert "InventoryConfigurationList" not in gap.s3.list_bucket_inventory_configurations(Bucket=bucket)


def test_analytics_and_intelligent_tiering_are_kept(gap: Aws) -> None:
    bucket = gap.bucket()
    gap.s3.put_bucket_analytics_configuration(
        Bucket=bucket, Id="a", AnalyticsConfiguration={"Id": "a", "StorageClassAnalysis": {}}
    )
    gap.s3.put_bucket_intelligent_tiering_configuration(
        Bucket=bucket,
        Id="t",
        IntelligentTieringConfiguration={
            "Id": "t",
            "Status": "Enabled",
            "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}],
        },
    )
    tiering = gap.s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="t")
    assert tiering["IntelligentTieringConfiguration"]["Tierings"] == [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]
    analytics = gap.s3.list_bucket_analytics_configurations(Bucket=bucket)
    assert [found["Id"] for found in analytics["AnalyticsConfigurationList"]] == ["a"]


def test_documents_go_with_their_bucket(ours: Aws) -> None:
    bucket = ours.bucket()
    ours.s3.put_bucket_metrics_configuration(Bucket=bucket, Id="m", MetricsConfiguration={"Id": "m"})
    ours.s3.delete_bucket(Bucket=bucket)
    ours.s3.create_bucket(Bucket=bucket)
    assert "MetricsConfigurationList" not in ours.s3.list_bucket_metrics_configurations(Bucket=bucket)


def test_a_document_under_another_id_is_refused(ours: Aws) -> None:
    bucket = ours.bucket()
    with pytest.raises(ClientError) as error:
        ours.s3.put_bucket_metrics_configuration(Bucket=bucket, Id="one", MetricsConfiguration={"Id": "two"})
    assert code_of(error) == (400, "InvalidArgument")
