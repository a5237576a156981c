"""`.github/workflows/audit.yml`, played: one issue tells how both accounts stand, from one audit to the next."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from tests.workflows.conftest import STACKS, Company, role
from tests.workflows.doubles import GitHub
from tests.workflows.player import Json, Runner, play, read

pytestmark = pytest.mark.e2e

WORKFLOW = read("audit.yml")
MARKER = "<!-- author-storage-audit -->"
PERSONS: Json = {"id": 1, "number": 1, "state": "open", "user": {"type": "User"}, "body": f"{MARKER}\n## my own"}
EARLIER: Json = {"id": 2, "number": 2, "state": "closed", "user": {"type": "Bot"}, "body": f"{MARKER}\n## in sync"}
BUCKET = "author-exports-staging"


@pytest.fixture(scope="module")
def deployed(company: Company) -> Company:
    """Both stacks, deployed."""
    for stack in STACKS:
        subprocess.run(("make", "estate", f"STACK={stack}"), cwd=company.source, check=True, capture_output=True)
        company.pulumi(stack, "up", "--stack", stack, "--yes", "--skip-preview")
    return company


class Audits:
    """The repository's issues, and audits that are played one after the other."""

    def __init__(self, company: Company, folder: Path, issues: list[Json]) -> None:
        self.company, self.folder = company, folder
        self.github = GitHub(folder / "github")
        self.github.install(WORKFLOW["jobs"]["audit"], {"issues": issues})
        self.played = 0

    @property
    def issues(self) -> list[Json]:
        return self.github.posts("issues")

    def play(self, **variables: str) -> tuple[bool, Runner]:
        self.played += 1
        contexts: Json = {"vars": variables, "secrets": {}}
        runner = self.company.runner(self.folder / f"runner-{self.played}", self.github, contexts)
        return play(WORKFLOW, "audit", runner), runner


def s3(company: Company, stack: str) -> Any:
    account = company.accounts[stack]
    make = cast("Callable[..., Any]", cast("Any", boto3).client)
    names = {"aws_access_key_id": "AWS_ACCESS_KEY_ID", "aws_secret_access_key": "AWS_SECRET_ACCESS_KEY"}
    keys = {argument: account.environment()[name] for argument, name in names.items()}
    return make("s3", endpoint_url=account.endpoint, region_name=account.region, **keys)


def test_drift_opens_one_issue_which_the_next_audit_closes_once_it_is_mended(deployed: Company, tmp_path: Path) -> None:
    audits = Audits(deployed, tmp_path, [PERSONS])
    roles = {"AUDIT_ROLE_PROD": role("prod"), "AUDIT_ROLE_STAGING": role("staging")}
    bucket = s3(deployed, "staging")
    policy = bucket.get_bucket_policy(Bucket=BUCKET)["Policy"]
    bucket.delete_bucket_policy(Bucket=BUCKET)

    succeeded, runner = audits.play(**roles)
    assert not succeeded
    assert audits.issues[0] == PERSONS
    (issue,) = audits.issues[1:]
    assert (issue["title"], issue["state"]) == ("Storage audit", "open")
    assert "## Storage audit of `prod`: in sync" in issue["body"]
    assert f"missing <code>BucketPolicy {BUCKET}</code>" in issue["body"]
    assert f"::error::Not in sync, or no answer: see issue #{issue['number']}." in runner.output
    assert "## Storage audit of `staging`" in runner.summary

    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    succeeded, runner = audits.play(**roles)
    assert succeeded, runner.output
    (mended,) = audits.issues[1:]
    assert (mended["number"], mended["state"]) == (issue["number"], "closed")
    assert "## Storage audit of `staging`: in sync" in mended["body"]
    assert f"- resolved&#58; BucketPolicy {BUCKET}\n" in mended["body"]


def test_accounts_that_can_not_be_asked_reopen_the_issue(company: Company, tmp_path: Path) -> None:
    audits = Audits(company, tmp_path, [EARLIER])
    succeeded, _ = audits.play(AUDIT_ROLE_PROD=role("nobody"), AUDIT_ROLE_STAGING=role("nobody"))
    assert not succeeded
    (issue,) = audits.issues
    assert (issue["number"], issue["state"]) == (2, "open")
    for stack in STACKS:
        assert f"## Storage audit of `{stack}`: no trustworthy answer" in issue["body"]
    assert issue["body"].count("audit: no usable credentials") == 2


def test_missing_settings_are_named_by_the_first_step_and_nothing_else_runs(company: Company, tmp_path: Path) -> None:
    audits = Audits(company, tmp_path, [EARLIER])
    succeeded, runner = audits.play(AUDIT_ROLE_PROD=role("prod"))
    assert not succeeded
    assert "::error::Nothing was audited: set the repository variables AUDIT_ROLE_STAGING (README" in runner.output
    assert audits.issues == [EARLIER]
    assert [step["outcome"] for step in runner.steps.values()] == ["failure", *["skipped"] * (len(runner.steps) - 1)]
