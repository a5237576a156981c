"""Lifecycle telemetry, with events as S3 documents them.

CloudWatch's matching of patterns is emulated by `tests.components.log_metrics`; S3 and EventBridge send nothing here.
"""

import json
from typing import Any, cast

import pytest

from estate.model import Estate
from estate.names import NAMESPACE
from semantics.alarms.evaluator import Metric
from tests.components.published import EVENTS, caught, counted, declared, lifecycle_events, s3_event
from tests.components.single import NAMES

RECORDINGS = "author-recordings-prod"


@pytest.fixture(scope="module")
def estate() -> Estate:
    return declared("prod")


def made(estate: Estate, event: dict[str, Any]) -> dict[Metric, float]:
    return counted(estate, EVENTS, json.dumps(event)) if caught(estate, event) else {}


@pytest.mark.parametrize(
    ("event", "metric", "dimensions"),
    [
        (
            s3_event("Object Storage Class Changed", RECORDINGS, destination_storage_class="DEEP_ARCHIVE"),
            "Transitions",
            {"Bucket": RECORDINGS, "StorageClass": "DEEP_ARCHIVE"},
        ),
        (
            s3_event(
                "Object Deleted", RECORDINGS, reason="Lifecycle Expiration", deletion_type="Delete Marker Created"
            ),
            "DeleteMarkers",
            {"Bucket": RECORDINGS, "Reason": "Lifecycle Expiration"},
        ),
        (
            s3_event("Object Deleted", RECORDINGS, reason="DeleteObject", deletion_type="Permanently Deleted"),
            "PermanentDeletions",
            {"Bucket": RECORDINGS, "Reason": "DeleteObject"},
        ),
        (
            s3_event("Object Restore Completed", RECORDINGS, source_storage_class="DEEP_ARCHIVE"),
            "CompletedRestores",
            {"Bucket": RECORDINGS, "StorageClass": "DEEP_ARCHIVE"},
        ),
    ],
)
def test_each_event_is_counted_once_by_bucket_and_class_or_reason(
    estate: Estate, event: dict[str, Any], metric: str, dimensions: dict[str, str]
) -> None:
    assert made(estate, event) == {Metric(NAMESPACE, metric, tuple(sorted(dimensions.items()))): 1}


@pytest.mark.parametrize(
    "event",
    [
        s3_event("Object Created", RECORDINGS, reason="PutObject"),
        s3_event("Object Storage Class Changed", "somebody-elses", destination_storage_class="DEEP_ARCHIVE"),
        s3_event(
            "Object Deleted",
            "author-access-logs-prod",
            reason="Lifecycle Expiration",
            deletion_type="Permanently Deleted",
        ),
        s3_event("Object Storage Class Changed", RECORDINGS, destination_storage_class="GLACIER") | {"source": "aws.x"},
    ],
)
def test_other_events_are_not_counted(estate: Estate, event: dict[str, Any]) -> None:
    assert made(estate, event) == {}


def test_everything_that_can_happen_in_a_data_bucket_is_counted(estate: Estate) -> None:
    happening = [event for event in lifecycle_events(estate) if caught(estate, event)]
    assert len(happening) >= 12
    assert [event for event in happening if len(made(estate, event)) != 1] == []


def test_the_data_buckets_send_their_events(estate: Estate) -> None:
    sending = {
        str(r.properties["bucket"])
        for r in estate.of_type("s3/bucketNotification:BucketNotification")
        if r.properties.get("eventbridge")
    }
    (rule,) = estate.of_type("cloudwatch/eventRule:EventRule")
    watched = cast("dict[str, Any]", rule.properties["eventPattern"])["detail"]["bucket"]["name"]
    assert set(watched) <= sending
    assert set(watched) == set(NAMES.data_buckets)


def test_the_rule_writes_to_the_log_group_that_the_filters_read(estate: Estate) -> None:
    (target,) = estate.of_type("cloudwatch/eventTarget:EventTarget")
    groups = {str(r.properties["name"]) for r in estate.of_type("cloudwatch/logGroup:LogGroup")}
    assert target.properties["arn"] == f"arn:aws:logs:{estate.region}:{estate.account}:log-group:{EVENTS}"
    assert EVENTS in groups


def test_only_this_rule_may_write_into_the_log_group(estate: Estate) -> None:
    (policy,) = estate.of_type("cloudwatch/logResourcePolicy:LogResourcePolicy")
    statements = cast("list[dict[str, Any]]", policy.properties["policyDocument"]["Statement"])
    (write,) = [s for s in statements if "logs:PutLogEvents" in s["Action"]]
    rule = f"arn:aws:events:{estate.region}:{estate.account}:rule/author-lifecycle-events"
    assert write["Condition"] == {"ArnEquals": {"aws:SourceArn": rule}}
    assert {s["Effect"] for s in statements} == {"Allow"}
