import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from estate.model import Estate
from policies.rules.all import check
from scripts.policy.checkov import CheckovError, Failure, read_results, scan, skips
from tests.policies.declared import declared, edited, runbook


def results(*failed: dict[str, str], passed: str = "prod", errors: tuple[str, ...] = ()) -> str:
    seen = [{"file_path": f"/{passed}.json"}]
    return json.dumps({"results": {"passed_checks": seen, "failed_checks": failed, "parsing_errors": errors}})


def test_reads_failures():
    failed = {
        "file_path": "/tmp/x/prod.json",
        "check_id": "CKV_AWS_18",
        "check_name": "Logging",
        "resource": "aws_s3_bucket.author-evidence",
    }
    (failure,) = read_results(results(failed), ["prod"])
    assert failure == Failure("prod", "CKV_AWS_18", "Logging", "aws_s3_bucket.author-evidence")
    assert any(s.covers(failure) for s in skips())
    assert not any(s.covers(replace(failure, resource="aws_s3_bucket.author-recordings")) for s in skips())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "expected checkov's JSON, found ''"),
        ("[]", "checkov looked at nothing in prod"),
        ('{"passed": 0, "failed": 0, "resource_count": 0}', "checkov looked at nothing in prod"),
        (results(passed="staging"), "checkov looked at nothing in prod"),
        (results(errors=("prod.json",)), r"checkov could not read \['prod.json'\]"),
    ],
)
def test_what_checkov_did_not_see_is_a_failure(text: str, expected: str):
    with pytest.raises(CheckovError, match=expected):
        read_results(text, ["prod"])


def test_a_skip_without_a_reason_is_refused(tmp_path: Path):
    file = tmp_path / "skips.yaml"
    file.write_text("- {check: CKV_AWS_18, resources: [x]}\n")
    with pytest.raises(CheckovError, match="CKV_AWS_18 has no reason"):
        skips(file)


DEFECTS: dict[str, tuple[str, Callable[[Estate], Estate]]] = {
    "exports-kept-a-day-longer": (
        "lifecycle",
        lambda e: edited(
            e, "s3/bucketLifecycleConfiguration", "author-exports-lifecycle", "rules.0.expiration.days", 99
        ),
    ),
    "alarm-that-tells-nobody": (
        "alarm",
        lambda e: edited(e, "cloudwatch/metricAlarm", "author-retention-silent", "alarmActions", None),
    ),
    "topic-that-cloudwatch-cannot-use": (
        "topic",
        lambda e: edited(e, "sns/topic", "author-retention", "kmsMasterKeyId", "alias/aws/sns"),
    ),
    "job-that-may-lift-holds": (
        "grant",
        lambda e: edited(
            e, "iam/rolePolicy", "author-retention-role-policy", "policy.Statement.2.Action.0", "s3:PutObjectLegalHold"
        ),
    ),
}
"""Name → the rule that finds it, and the edit."""


@pytest.mark.e2e
def test_defects_that_checkov_passes_and_the_runbook_refuses():
    estates = {name: edit(declared("prod")) for name, (_, edit) in DEFECTS.items()}
    failures = scan({"unchanged": declared("prod"), **estates})
    complaints = {
        name: {(f.check, f.resource) for f in failures if f.estate == name} for name in ("unchanged", *DEFECTS)
    }
    assert complaints["unchanged"]
    for name, (rule, _) in DEFECTS.items():
        assert complaints[name] == complaints["unchanged"]
        assert rule in {f.rule for f in check(estates[name], runbook())}
