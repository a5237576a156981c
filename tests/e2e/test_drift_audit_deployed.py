"""The drift audit as deployed: its zip, under its own role with authorization on, by the schedules of the stack.

The emulator judges few conditions and no key's policy (local/account/README.md): that the role may use the two keys is
proved by the permission equation alone. Lambda's own Python is not run, nor its memory limit.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from audit.__main__ import main
from local.account.daemon import authorization
from local.clock.aws import Clients, running
from local.clock.schedules import fire
from tests.e2e.estates import Estate

pytestmark = pytest.mark.e2e

EVIDENCE = "author-evidence-local"


@pytest.fixture
def clients(local_stack: Estate) -> Iterator[Clients]:
    """Have policies decide."""
    account = running(local_stack.state / "account")
    authorization(account, on=True)
    yield Clients(account)
    authorization(account, on=False)


def _fired(clients: Clients, schedule: str) -> Any:
    fired = fire(clients, schedule)
    assert fired.error is None, fired.log
    return json.loads(fired.payload)


def test_the_quarterly_report_is_complete_under_the_functions_own_role(
    clients: Clients, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = _fired(clients, "author-drift-audit")
    assert answer["incomplete_because"] == [], "nothing is denied"
    assert (answer["outcome"], answer["findings"]) == ("in_sync", 0)
    assert answer["coverage"] >= 0.98

    s3, folder = clients.make("s3"), answer["folder"]
    report = s3.get_object(Bucket=EVIDENCE, Key=f"{folder}/report.json")["Body"].read()
    assert hashlib.sha256(report).hexdigest() == answer["sha256"]
    asked = set(json.loads(report)["run"]["calls"])
    assert len(asked) >= 50

    sealed = f"{folder}/evidence.json"
    kept = s3.get_object_retention(Bucket=EVIDENCE, Key=sealed)["Retention"]
    assert kept["Mode"] == "COMPLIANCE"
    assert kept["RetainUntilDate"] > datetime.now(UTC) + timedelta(days=7 * 365 - 1)
    version = s3.head_object(Bucket=EVIDENCE, Key=sealed)["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=EVIDENCE, Key=sealed, VersionId=version)

    evidence = tmp_path / "evidence.json"
    s3.download_file(EVIDENCE, f"{folder}/evidence.json", str(evidence))
    assert main(["verify", str(evidence)]) == 0
    assert answer["sha256"] in capsys.readouterr().out
    evidence.write_text(evidence.read_text().replace("in_sync", "in_sink", 1))
    assert main(["verify", str(evidence)]) == 1
    assert "was changed" in capsys.readouterr().err


def test_the_daily_run_sees_what_somebody_changed_and_writes_no_report(clients: Clients) -> None:
    s3 = clients.make("s3")
    before = s3.list_objects_v2(Bucket=EVIDENCE, Prefix="audit/").get("KeyCount")
    s3.put_bucket_versioning(Bucket="author-exports-local", VersioningConfiguration={"Status": "Suspended"})
    try:
        answer = _fired(clients, "author-drift-metrics")
    finally:
        s3.put_bucket_versioning(Bucket="author-exports-local", VersioningConfiguration={"Status": "Enabled"})
    assert (answer["outcome"], answer["complete"]) == ("drift", True)
    assert s3.list_objects_v2(Bucket=EVIDENCE, Prefix="audit/").get("KeyCount") == before


def test_a_deployment_under_way_is_no_drift_and_no_answer(
    local_stack: Estate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in local_stack.local("env").stdout.splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, value.strip("'"))
    monkeypatch.setattr("audit.deploying.PAUSE_SECONDS", 0.0)
    ssm = local_stack.client("ssm")
    closed = ssm.get_parameter(Name="/author/deployment/closed")["Parameter"]["Value"]
    ssm.put_parameter(Name="/author/deployment/opened", Value="f" * 64, Overwrite=True)
    try:
        assert main(["--stack", "local", "--format", "json"]) == 1
    finally:
        ssm.put_parameter(Name="/author/deployment/opened", Value=closed, Overwrite=True)
    report = json.loads(capsys.readouterr().out)
    assert (report["outcome"], report["complete"]) == ("incomplete", False)
    assert [f["status"] for f in report["findings"]] == ["deploying"]
    assert report["coverage"]["compared"] == 0
