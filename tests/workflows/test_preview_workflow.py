"""`.github/workflows/preview.yml`, played: whatever happens to a preview, the pull request is told."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.policies.declared import chain
from tests.workflows.conftest import PASSPHRASE, Company, role
from tests.workflows.doubles import REPOSITORY, GitHub
from tests.workflows.player import Json, Runner, play, read

pytestmark = pytest.mark.e2e

WORKFLOW = read("preview.yml")
(DAYS,) = chain("author-exports-*")
COMMENTS = "issues/7/comments"
PERSONS = {"id": 1, "user": {"type": "User"}, "body": "<!-- preview of staging -->\n\n## ✅ staging: merge it"}
OTHER_STACKS = {"id": 2, "user": {"type": "Bot"}, "body": "<!-- preview of prod -->\n\n## prod as it was"}
EARLIER = {"id": 3, "user": {"type": "Bot"}, "body": "<!-- preview of staging -->\n\n## ✅ staging: as it was"}


def contexts(company: Company, stack: str) -> Json:
    return {
        "matrix": {"stack": stack},
        "vars": {
            "PULUMI_BACKEND_URL": company.backend,
            "PREVIEW_ROLE_STAGING": role("staging"),
            "PREVIEW_ROLE_PROD": role("prod"),
        },
        "secrets": {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE},
        "github": {"event": {"pull_request": {"number": 7, "head": {"repo": {"full_name": REPOSITORY}}}}},
    }


class PullRequest:
    """A pull request, on which the workflow is played."""

    def __init__(self, company: Company, folder: Path, comments: list[Json]) -> None:
        self.company = company
        self.github = GitHub(folder / "github")
        self.github.install(WORKFLOW["jobs"]["preview"], {COMMENTS: comments})
        self.folder = folder
        self.runner: Runner | None = None

    def edited(self, name: str, old: str, new: str) -> Path:
        """A copy of the repository with one edit."""
        source = self.folder / "edited"
        shutil.copytree(self.company.source, source, symlinks=True)
        text = (source / name).read_text()
        assert old in text
        (source / name).write_text(text.replace(old, new))
        return source

    def play(self, stack: str, source: Path | None = None, **changed: Any) -> tuple[bool, Runner]:
        runner = self.company.runner(
            self.folder / f"runner-{stack}", self.github, contexts(self.company, stack) | changed, source
        )
        return play(WORKFLOW, "preview", runner), runner

    def comment(self, stack: str) -> str:
        """The one comment of a bot that tells of a stack."""
        (body,) = [
            post["body"]
            for post in self.github.posts(COMMENTS)
            if post["user"]["type"] == "Bot" and post["body"].startswith(f"<!-- preview of {stack} -->")
        ]
        return body


def test_a_right_change_is_told_on_the_pull_request_and_in_the_summary(company: Company, tmp_path: Path) -> None:
    pull_request = PullRequest(company, tmp_path, [PERSONS, EARLIER])
    succeeded, runner = pull_request.play("prod")
    assert succeeded, runner.output
    comment = pull_request.comment("prod")
    assert comment.splitlines()[2] == "## ✅ prod: the runbook agrees"
    assert "created; 0 stay." in comment
    assert "- created: `aws:s3/bucket:Bucket` `author-exports`" in comment
    assert runner.summary == comment
    assert pull_request.github.posts(COMMENTS)[:2] == [PERSONS, EARLIER]
    assert PASSPHRASE not in comment + runner.output


def test_what_a_policy_refuses_fails_the_job_and_replaces_the_comment_of_the_same_stack(
    company: Company, tmp_path: Path
) -> None:
    pull_request = PullRequest(company, tmp_path, [PERSONS, OTHER_STACKS, EARLIER])
    source = pull_request.edited("__main__.py", f"expire_after_days={DAYS}", f"expire_after_days={DAYS + 1}")
    succeeded, runner = pull_request.play("staging", source)
    assert not succeeded
    comment = pull_request.comment("staging")
    assert comment.splitlines()[2] == "## ❌ staging: 1 disagreement with the runbook"
    assert "| lifecycle | author-exports-lifecycle |" in comment
    assert f"expiration.days is {DAYS + 1}, expected {DAYS} \\(runbook line " in comment
    assert runner.summary == comment
    assert [post["id"] for post in pull_request.github.posts(COMMENTS)] == [1, 2, 3]
    assert pull_request.github.posts(COMMENTS)[:2] == [PERSONS, OTHER_STACKS]


def test_a_program_that_breaks_is_told_with_its_error(company: Company, tmp_path: Path) -> None:
    pull_request = PullRequest(company, tmp_path, [EARLIER])
    source = pull_request.edited("__main__.py", "outputs.export(site.names)", "outputs.export(site.name)")
    succeeded, runner = pull_request.play("staging", source)
    assert not succeeded
    comment = pull_request.comment("staging")
    assert comment.splitlines()[2] == "## ❌ staging: the preview did not succeed"
    assert "AttributeError: 'Site' object has no attribute 'name'" in comment
    assert "No such file" not in runner.output


def test_a_role_that_can_not_be_taken_on_leaves_no_green_comment(company: Company, tmp_path: Path) -> None:
    pull_request = PullRequest(company, tmp_path, [EARLIER])
    changed = contexts(company, "staging")["vars"] | {"PREVIEW_ROLE_STAGING": role("nobodys")}
    succeeded, runner = pull_request.play("staging", vars=changed)
    assert not succeeded
    comment = pull_request.comment("staging")
    assert comment.splitlines()[2] == "## ❌ staging: no preview"
    assert f"https://github.com/{REPOSITORY}/actions/runs/1" in comment
    assert "No such file" not in runner.output


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        ({"vars": {}}, "PREVIEW_ROLE_STAGING PULUMI_BACKEND_URL"),
        ({"secrets": {}}, "PULUMI_CONFIG_PASSPHRASE"),
    ],
)
def test_missing_settings_are_named_by_the_first_step_and_nothing_else_runs(
    company: Company, tmp_path: Path, lacking: Json, named: str
) -> None:
    pull_request = PullRequest(company, tmp_path, [EARLIER])
    succeeded, runner = pull_request.play("staging", **lacking)
    assert not succeeded
    assert f"::error::No preview of staging: the repository's settings lack {named} (README" in runner.output
    assert pull_request.github.posts(COMMENTS) == [EARLIER]
    assert [step["outcome"] for step in runner.steps.values()] == ["failure", *["skipped"] * (len(runner.steps) - 1)]
