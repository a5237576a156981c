"""Which metrics get published, found by running what publishes them and by reading what switches AWS's own ones on."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from moto.server import ThreadedMotoServer

from components.retention_metrics import RetentionMetrics
from estate.model import Estate
from functions.temporary_uploads_cleanup.handler import handler
from local.account.gaps import versioning_answer
from semantics.alarms.evaluator import Metric
from tests.components.log_metrics import MetricFilter, embedded
from tests.components.single import declared as declaration
from tests.functions.drift_audit_account import deployed, values

REQUEST_METRICS = ("AllRequests", "4xxErrors", "5xxErrors")
"""Of S3's request metrics those that we use; a BucketMetric switches them on. Source: S3 user guide, "Metrics and
dimensions" (https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html), read 2026-11-24."""

STORAGE_TYPES = {
    "STANDARD": "StandardStorage",
    "STANDARD_IA": "StandardIAStorage",
    "DEEP_ARCHIVE": "DeepArchiveStorage",
}
"""Storage class → `StorageType` of the daily storage metrics, from the same page."""

QUEUE_METRICS = ("ApproximateNumberOfMessagesVisible",)
"""Source: SQS developer guide, "Available CloudWatch metrics for Amazon SQS"
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html),
read 2026-11-24."""

EVENTS = "/aws/events/author-storage"
RETENTION = "/author/retention"
CLEANUP = "author-temporary-uploads-cleanup"
MOCK_ACCOUNT = "123456789012"


def declared(stack: str) -> Estate:
    """The resources that a stack declares."""
    return declaration(stack).estate


def filters(estate: Estate, group: str) -> list[MetricFilter]:
    found = [
        MetricFilter.from_properties(r.properties) for r in estate.of_type("cloudwatch/logMetricFilter:LogMetricFilter")
    ]
    return [f for f in found if f.log_group == group]


def counted(estate: Estate, group: str, line: str) -> dict[Metric, float]:
    """What one line in a log group adds to which metrics."""
    return dict(point for f in filters(estate, group) if (point := f.publish(line)))


def s3_event(detail_type: str, bucket: str, **detail: str) -> dict[str, Any]:
    """An event as S3 sends it to EventBridge.

    Source: S3 user guide, "EventBridge event message structure"
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html), read 2026-11-24.
    """
    return {
        "version": "0",
        "id": "17793124-05d4-b198-2fde-7ededc63b103",
        "detail-type": detail_type,
        "source": "aws.s3",
        "account": "111122223333",
        "time": "2021-11-12T00:00:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:s3:::{bucket}"],
        "detail": {
            "version": "0",
            "bucket": {"name": bucket},
            "object": {"key": "example-key", "size": 5, "etag": "b1946ac92492d2347c6235b4d2611184"},
            "request-id": "N4N7GDK58NMKJ12R",
            "requester": "s3.amazonaws.com",
            **{name.replace("_", "-"): value for name, value in detail.items()},
        },
    }


def caught(estate: Estate, event: Mapping[str, Any]) -> bool:
    """Whether a declared event rule takes the event; of patterns it knows nested objects of lists of exact values."""
    rules = estate.of_type("cloudwatch/eventRule:EventRule")
    return any(_takes(rule.properties["eventPattern"], event) for rule in rules)


def _takes(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    for key, wanted in pattern.items():
        found = event.get(key)
        if isinstance(wanted, Mapping):
            if not _takes(cast("Mapping[str, Any]", wanted), cast("Mapping[str, Any]", found or {})):
                return False
        elif found not in wanted:
            return False
    return True


def lifecycle_events(estate: Estate) -> Iterator[dict[str, Any]]:
    """The events that the declared lifecycle rules, deleters and restores can cause in the data buckets."""
    for bucket, classes in destinations(estate).items():
        for storage_class in classes:
            yield s3_event("Object Storage Class Changed", bucket, destination_storage_class=storage_class)
            yield s3_event("Object Restore Completed", bucket, source_storage_class=storage_class)
        for reason in ("Lifecycle Expiration", "DeleteObject"):
            for deletion in ("Delete Marker Created", "Permanently Deleted"):
                yield s3_event("Object Deleted", bucket, reason=reason, deletion_type=deletion)


def destinations(estate: Estate) -> dict[str, set[str]]:
    """Bucket → storage classes that its rules move objects to."""
    found: dict[str, set[str]] = {}
    for resource in estate.of_type("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"):
        rules = cast("list[Mapping[str, Any]]", resource.properties["rules"])
        classes = {t["storageClass"] for rule in rules for t in rule.get("transitions", [])}
        found[str(resource.properties["bucket"])] = classes
    return found


def run_line() -> str:
    """The line that the retention job's contract shows; until the job is here, its only witness."""
    example = re.search(r"\{.*?\}", RetentionMetrics.__doc__ or "", re.DOTALL)
    assert example
    return json.dumps(json.loads(example[0]))


def amazons(estate: Estate) -> Iterator[Metric]:
    """What AWS publishes by itself for what the estate declares."""
    for resource in estate.of_type("s3/bucketMetric:BucketMetric"):
        dimensions = {"BucketName": str(resource.properties["bucket"]), "FilterId": str(resource.properties["name"])}
        yield from (Metric("AWS/S3", name, tuple(sorted(dimensions.items()))) for name in REQUEST_METRICS)
    for bucket, classes in destinations(estate).items():
        for storage_class in {"STANDARD", *classes}:
            dimensions = {"BucketName": bucket, "StorageType": STORAGE_TYPES[storage_class]}
            yield Metric("AWS/S3", "BucketSizeBytes", tuple(sorted(dimensions.items())))
    for resource in estate.of_type("sqs/queue:Queue"):
        yield from (Metric("AWS/SQS", n, (("QueueName", str(resource.properties["name"])),)) for n in QUEUE_METRICS)


def audit_metrics(estate: Estate) -> dict[Metric, float]:
    """What the drift audit's function publishes in its daily run, under its declared environment."""
    with deployed(estate) as account:
        _, log = account.run("metrics")
        return values(log)


@cache
def _as_s3_answers() -> None:
    """Closes, once a process, the one gap of moto that the function would fall into."""
    versioning_answer.install()


def cleanup_metrics(estate: Estate) -> dict[Metric, float]:
    """What the cleanup function publishes in both modes, under its declared environment.

    It runs against a mock account, whose one account id replaces the declared one.
    """
    (function,) = (r for r in estate.of_type("lambda/function:Function") if r.properties["name"] == CLEANUP)
    environment = cast("dict[str, str]", function.properties["environment"]["variables"])
    _as_s3_answers()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    surroundings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": CLEANUP,
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (environment | surroundings | {"ACCOUNT": MOCK_ACCOUNT}).items():
            patch.setenv(name, value)
        try:
            lines = _run_both_modes(environment["BUCKET"], environment["STOP_PARAMETER"])
        finally:
            server.stop()
    return dict(point for line in lines for point in embedded(line))


def _run_both_modes(bucket: str, stop_parameter: str) -> list[str]:
    s3 = boto3.client("s3")  # pyright: ignore[reportUnknownMemberType]
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "temporary", "Value": "true"}]})
    s3.put_object(Bucket=bucket, Key="left-behind", Body=b"12345")
    ssm = boto3.client("ssm")  # pyright: ignore[reportUnknownMemberType]
    ssm.put_parameter(Name=stop_parameter, Value="run", Type="String")
    context = cast("Any", SimpleNamespace(get_remaining_time_in_millis=lambda: 900_000))
    written = io.StringIO()
    with redirect_stdout(written):
        handler({"mode": "measure"}, context)
        handler({"mode": "clean"}, context)
    return written.getvalue().splitlines()
