"""The audit's function: what it writes, publishes and says, and that it never says yes when it could not look."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.evidence import EvidenceError, verify
from functions.drift_audit.declared import EstateError
from functions.drift_audit.handler import EventError
from runtime.environment import EnvironmentVariableError
from semantics.alarms.evaluator import Metric
from tests.components.published import declared
from tests.functions.drift_audit_account import INVENTORY_HOURS, Deployed, deployed, values

NAMESPACE = "Author/Storage"
FAILED = {Metric(NAMESPACE, "AuditRuns"): 1, Metric(NAMESPACE, "AuditFailed"): 1}


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def in_prod() -> Iterator[Deployed]:
    with deployed(declared("prod")) as account:
        yield account


@pytest.fixture
def account(in_prod: Deployed) -> Iterator[Deployed]:
    with pytest.MonkeyPatch.context() as patch:
        yield Deployed(in_prod.declared, in_prod.evidence, patch)


def test_the_daily_run_publishes_metrics_and_writes_nothing(account: Deployed) -> None:
    before = account.keys("")
    answer, log = account.run("metrics")
    published = values(log)
    assert answer["outcome"] == "drift"  # none of the declared inventories is there
    assert published[Metric(NAMESPACE, "DriftFindings")] == answer["findings"] > 3
    assert published[Metric(NAMESPACE, "AuditFailed")] == 0
    assert published[Metric(NAMESPACE, "AuditRuns")] == 1
    assert 0 < published[Metric(NAMESPACE, "AuditCoverage")] <= 100
    assert published[Metric(NAMESPACE, "OverdueObjects")] == 0
    for bucket in ("author-recordings-prod", "author-exports-prod", "author-temporary-uploads"):
        age = published[Metric(NAMESPACE, "InventoryAgeHours", (("Bucket", bucket),))]
        assert age == pytest.approx(INVENTORY_HOURS, abs=0.1)
    assert account.keys("") == before


def test_a_report_is_kept_with_evidence_that_verifies_and_is_announced(account: Deployed, tmp_path: Path) -> None:
    queue = account.aws("sqs").create_queue(QueueName="listening")["QueueUrl"]
    topic = "arn:aws:sns:us-east-1:123456789012:author-retention"
    arn = "arn:aws:sqs:us-east-1:123456789012:listening"
    account.aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)

    answer, log = account.run("report")

    folder = answer["folder"]
    assert set(account.keys(f"{folder}/")) == {f"{folder}/{n}" for n in ("evidence.json", "report.html", "report.json")}
    assert hashlib.sha256(account.read(f"{folder}/report.json").encode()).hexdigest() == answer["sha256"]
    assert account.read(f"{folder}/report.html").startswith("<!doctype html>")
    evidence = tmp_path / "evidence.json"
    evidence.write_text(account.read(f"{folder}/evidence.json"))
    assert answer["sha256"] in verify(evidence)
    evidence.write_text(evidence.read_text().replace("missing", "in_sync", 1))
    with pytest.raises(EvidenceError, match="was changed"):
        verify(evidence)

    (told,) = account.aws("sqs").receive_message(QueueUrl=queue)["Messages"]
    message = json.loads(json.loads(told["Body"])["Message"])
    assert (message["sha256"], message["outcome"]) == (answer["sha256"], "drift")
    assert message["report"] == f"s3://{account.evidence}/{folder}/report.html"
    assert values(log)[Metric(NAMESPACE, "AuditEvidenceAgeDays")] < 0.01


def test_a_changed_estate_is_not_audited_by(account: Deployed) -> None:
    (key,) = account.keys("estates/")
    kept = account.read(key)
    account.aws("s3").put_object(Bucket=account.evidence, Key=key, Body=kept.replace("Weekly", "Daily").encode())
    try:
        error, log = account.failing({"mode": "metrics"})
    finally:
        account.aws("s3").put_object(Bucket=account.evidence, Key=key, Body=kept.encode())
    assert isinstance(error, EstateError)
    assert "it was changed" in str(error)
    assert values(log) == FAILED


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("ACCOUNT", "12", "the 12-digit id"),
        ("ESTATE_SHA256", "latest", "the SHA-256 of the estate"),
        ("EVIDENCE_BUCKET", "", "the name of a bucket"),
    ],
)
def test_an_unusable_setting_is_named_and_counts_as_a_failure(
    account: Deployed, name: str, value: str, expected: str
) -> None:
    account.patch.setenv(name, value)
    error, log = account.failing({"mode": "metrics"})
    assert isinstance(error, EnvironmentVariableError)
    assert name in str(error)
    assert expected in str(error)
    assert values(log) == FAILED


def test_an_event_that_no_schedule_sends_is_refused(account: Deployed) -> None:
    error, log = account.failing({"mode": "delete"})
    assert isinstance(error, EventError)
    assert values(log) == FAILED


def test_an_estate_of_another_account_is_not_audited_by(account: Deployed) -> None:
    other = account.declared.to_json().replace("123456789012", "999999999999")
    digest = hashlib.sha256(other.encode()).hexdigest()
    account.aws("s3").put_object(Bucket=account.evidence, Key=f"estates/{digest}.json", Body=other.encode())
    account.patch.setenv("ESTATE_SHA256", digest)
    error, log = account.failing({"mode": "metrics"})
    assert "declares account 999999999999, expected 123456789012" in str(error)
    assert values(log) == FAILED
    account.aws("s3").delete_object(Bucket=account.evidence, Key=f"estates/{digest}.json")
