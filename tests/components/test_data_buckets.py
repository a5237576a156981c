from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.access_logs import AccessLogs, AccessLogsArgs
from components.base import Section
from components.evidence import Evidence, EvidenceArgs
from components.exports import Exports, ExportsArgs
from components.inventory import Inventory, InventoryArgs
from components.lifecycle import leftovers
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from components.recordings import Recordings, RecordingsArgs
from components.temporary_uploads import TemporaryUploads, TemporaryUploadsArgs
from estate.model import Estate
from estate.names import DATA_BUCKETS, RECORDINGS
from functions.imports import ROOT, imports
from tests.components.single import NAMES, SITE, alone, declared, logs, one, statement

LIFECYCLE = "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
ENCRYPTION = "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"


def recordings(**days: int) -> RecordingsArgs:
    """Production's numbers, or others."""
    usual = {"standard_ia_after_days": 7, "deep_archive_after_days": 30, "window_days": 45, "noncurrent_days": 1}
    return RecordingsArgs(**{**usual, **days}, access_logs=logs())


def rules(estate: Estate, name: str) -> dict[str, dict[str, Any]]:
    """Lifecycle rules of a bucket by id."""
    return {rule["id"]: rule for rule in one(estate, LIFECYCLE, f"{name}-lifecycle").properties["rules"]}


def test_recordings_move_by_two_rules_and_expire_at_the_window() -> None:
    estate = alone(lambda: Recordings("kept", SITE, recordings(window_days=60)))
    declared = rules(estate, "kept")
    assert declared["recordings-standard-ia"]["transitions"] == [{"days": 7, "storageClass": "STANDARD_IA"}]
    archive = declared["recordings-deep-archive-and-expire"]
    assert archive["transitions"] == [{"days": 30, "storageClass": "DEEP_ARCHIVE"}]
    assert archive["expiration"] == {"days": 60}
    assert archive["noncurrentVersionExpiration"] == {"noncurrentDays": 1}
    assert declared["recordings-leftovers"]["expiration"] == {"expiredObjectDeleteMarker": True}
    assert {str(rule["filter"]) for rule in declared.values()} == {"{'prefix': ''}"}


@pytest.mark.parametrize(
    "days",
    [{"window_days": 30}, {"deep_archive_after_days": 7}, {"standard_ia_after_days": 0}, {"window_days": 8}],
)
def test_days_that_do_not_rise_are_refused(days: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="they must rise"):
        alone(lambda: recordings(**days))


def test_recordings_can_be_held_and_are_not_held_by_default() -> None:
    estate = alone(lambda: Recordings("kept", SITE, recordings()))
    assert one(estate, "s3/bucket:Bucket", "kept").properties["objectLockEnabled"] is True
    assert list(estate.of_type("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")) == []


def test_exports_expire() -> None:
    estate = alone(
        lambda: Exports("sent", SITE, ExportsArgs(expire_after_days=9, noncurrent_days=3, access_logs=logs()))
    )
    expire = rules(estate, "sent")["exports-expire"]
    assert expire["expiration"] == {"days": 9}
    assert expire["noncurrentVersionExpiration"] == {"noncurrentDays": 3}


def test_temporary_uploads_keep_no_versions_and_carry_the_tag_that_the_cleanup_looks_for() -> None:
    arguments = TemporaryUploadsArgs
    estate = alone(lambda: TemporaryUploads("gone", SITE, arguments(expire_after_days=2, access_logs=logs())))
    assert list(estate.of_type("s3/bucketVersioning:BucketVersioning")) == []
    assert one(estate, "s3/bucket:Bucket", "gone").properties["tags"]["temporary"] == "true"
    backstop = rules(estate, "gone")["temporary-uploads-backstop"]
    assert (backstop["expiration"], backstop["abortIncompleteMultipartUpload"]) == (
        {"days": 2},
        {"daysAfterInitiation": 2},
    )


@pytest.mark.parametrize("name", [f"author-{of.short}" for of in DATA_BUCKETS])
def test_a_data_bucket_is_encrypted_under_its_own_rotated_key(name: str) -> None:
    estate = declared("prod").estate
    key = one(estate, "kms/key:Key", f"{name}-key").properties
    assert key["enableKeyRotation"] is True
    (rule,) = one(estate, ENCRYPTION, f"{name}-encryption").properties["rules"]
    assert rule["bucketKeyEnabled"] is True
    assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] == "aws:kms"
    keys = [r.properties["rules"][0]["applyServerSideEncryptionByDefault"] for r in estate.of_type(ENCRYPTION)]
    assert keys.count(rule["applyServerSideEncryptionByDefault"]) == 1


def test_access_logs_arrive_only_from_each_data_bucket_and_only_below_its_own_name() -> None:
    estate = alone(lambda: AccessLogs("logs", SITE, AccessLogsArgs(keep_days=400)))
    policy = one(estate, "s3/bucketPolicy:BucketPolicy", "logs-policy")
    for of in DATA_BUCKETS:
        bucket = NAMES.bucket(of)
        delivery = statement(policy, f"DeliverFrom{of.sid}")
        assert delivery["Principal"] == {"Service": "logging.s3.amazonaws.com"}
        assert delivery["Resource"] == [f"arn:aws:s3:::author-access-logs-prod/{bucket}/*"]
        assert delivery["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111111111111"},
            "ArnEquals": {"aws:SourceArn": f"arn:aws:s3:::{bucket}"},
        }
    assert rules(estate, "logs")["access-logs-expire"]["expiration"] == {"days": 400}


def test_inventories_are_weekly_and_list_holds_and_all_versions() -> None:
    def program() -> None:
        kept = Recordings("kept", SITE, recordings())
        Inventory("lists", SITE, InventoryArgs(keep_days=90, of={RECORDINGS: kept.bucket}))

    estate = alone(program)
    inventory = one(estate, "s3/inventory:Inventory").properties
    assert (inventory["bucket"], inventory["schedule"]) == ("author-recordings-prod", {"frequency": "Weekly"})
    assert inventory["includedObjectVersions"] == "All"
    assert "ObjectLockLegalHoldStatus" in inventory["optionalFields"]
    assert inventory["destination"]["bucket"]["format"] == "Parquet"
    delivery = statement(one(estate, "s3/bucketPolicy:BucketPolicy", "lists-policy"), "DeliverFromRecordings")
    assert delivery["Resource"] == ["arn:aws:s3:::author-inventory-prod/author-recordings-prod/*"]


def test_evidence_is_locked_as_long_as_it_is_kept() -> None:
    estate = alone(lambda: Evidence("proof", SITE, EvidenceArgs(locked_years=7, expire_after_days=2557)))
    lock = one(estate, "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").properties
    assert lock["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "years": 7}}
    with pytest.raises(ValueError, match="is locked for 7 years"):
        EvidenceArgs(locked_years=7, expire_after_days=2000)


def test_a_bucket_refuses_plain_http_and_old_tls_and_all_public_access() -> None:
    estate = alone(bucket)
    policy = one(estate, "s3/bucketPolicy:BucketPolicy")
    for sid, condition in {
        "PlainHttp": {"Bool": {"aws:SecureTransport": "false"}},
        "OldTls": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
    }.items():
        denied = statement(policy, sid)
        assert (denied["Effect"], denied["Principal"], denied["Condition"]) == ("Deny", {"AWS": "*"}, condition)
        assert denied["Resource"] == ["arn:aws:s3:::author-x", "arn:aws:s3:::author-x/*"]
    blocks = one(estate, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock").properties
    assert [blocks[k] for k in blocks if k != "bucket"] == [True, True, True, True]
    ownership = one(estate, "s3/bucketOwnershipControls:BucketOwnershipControls").properties
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


def test_only_an_observed_bucket_measures_requests_and_sends_events() -> None:
    kinds = ("s3/bucketMetric:BucketMetric", "s3/bucketNotification:BucketNotification")
    assert list(alone(bucket).of_type(*kinds)) == []
    observed = alone(lambda: bucket(observed=True))
    assert one(observed, kinds[0]).properties["name"] == "EntireBucket"
    assert one(observed, kinds[1]).properties["eventbridge"] is True


def bucket(*, observed: bool = False) -> PrivateBucket:
    """The plainest bucket."""
    arguments = PrivateBucketArgs("author-x", Section.LIFECYCLE, [leftovers("x")])
    return PrivateBucket("x", SITE, replace(arguments, observed=observed))


def test_every_component_that_makes_a_bucket_is_tested_here() -> None:
    here = Path(__file__).relative_to(ROOT).as_posix()
    components = (p.relative_to(ROOT).as_posix() for p in (ROOT / "components").glob("*.py"))
    making = {p for p in components if "PrivateBucketArgs(" in (ROOT / p).read_text(encoding="utf-8")}
    assert len(making) >= 6
    assert making - {i.target for i in imports(here)} == set(), f"each wants a test in {here}"
