"""`pulumi preview` with the policy pack: a careless edit of the program ends it, with a message for a reviewer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.copies import checkout
from tests.e2e.estates import Done, Estate
from tests.policies.declared import chain, window

pytestmark = pytest.mark.e2e

(DAYS,) = chain("author-exports-*")
WINDOW = window("local")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """A copy of the project, whose files a test may edit."""
    project = tmp_path_factory.mktemp("project")
    estate = Estate(checkout(project), tmp_path_factory.mktemp("state"))
    try:
        yield estate
    finally:
        estate.local("down")


@dataclass(frozen=True)
class Edit:
    """One edit, the policy that must object, and what it must say."""

    file: str
    old: str
    new: str
    policy: str
    message: str


EDITS = {
    "a lifecycle number": Edit(
        "__main__.py",
        f"ExportsArgs(expire_after_days={DAYS}",
        f"ExportsArgs(expire_after_days={DAYS + 1}",
        "lifecycle",
        f"rules[exports-expire].expiration.days is {DAYS + 1}, expected {DAYS} (runbook line ",
    ),
    "an extra s3:*": Edit(
        "components/retention_roles.py",
        '["s3:DeleteObject", "s3:DeleteObjectVersion"]',
        '["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:*"]',
        "grants",
        "s3:BypassGovernanceRetention allowed, expected s3:BypassGovernanceRetention not allowed",
    ),
    "a public access block missing": Edit(
        "components/private_bucket.py",
        "block_public_policy=True",
        "block_public_policy=False",
        "buckets",
        "blockPublicPolicy is false, expected true (runbook line ",
    ),
    "an alarm without action": Edit(
        "components/alarms.py",
        "alarm_actions=[topic]",
        "alarm_actions=[]",
        "alarms",
        "alarmActions is nobody, expected arn:aws:sns:us-east-1:123456789012:author-",
    ),
    "a window unlike the runbook": Edit(
        "Pulumi.local.yaml",
        f"recordingsWindowDays: {WINDOW}",
        f"recordingsWindowDays: {WINDOW + 1}",
        "window",
        f"author-storage:recordingsWindowDays is {WINDOW + 1}, expected {WINDOW} as in docs/runbook.md",
    ),
}


@pytest.fixture(scope="module")
def edited(copy: Estate) -> Iterator[Estate]:
    """The copy with every edit made: the rules' own tests make them one by one."""
    before = {edit.file: (copy.project / edit.file).read_text() for edit in EDITS.values()}
    for edit in EDITS.values():
        file = copy.project / edit.file
        assert edit.old in file.read_text()
        file.write_text(file.read_text().replace(edit.old, edit.new))
    yield copy
    for name, text in before.items():
        (copy.project / name).write_text(text)


def preview(estate: Estate, *arguments: str) -> tuple[Done, list[dict[str, str]]]:
    """Runs a preview and returns it with what the policies said."""
    log = estate.state / "events.jsonl"
    log.unlink(missing_ok=True)
    done = estate.local("preview", "--", "--event-log", str(log), *arguments, check=False)
    events = [json.loads(line) for line in log.read_text().splitlines()]
    return done, [e["policyEvent"] for e in events if "policyEvent" in e]


def test_what_the_program_declares_passes_before_anything_stands(copy: Estate) -> None:
    done, said = preview(copy)
    assert (done.returncode, said) == (0, [])


@pytest.fixture(scope="module")
def refused(edited: Estate) -> tuple[Done, list[dict[str, str]]]:
    """What a preview of the edited copy says."""
    return preview(edited)


def test_careless_edits_end_the_preview(refused: tuple[Done, list[dict[str, str]]]) -> None:
    done, said = refused
    assert done.returncode == 1
    assert {s["enforcementLevel"] for s in said} == {"mandatory"}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_each_edit_is_told_with_its_policy(edit: Edit, refused: tuple[Done, list[dict[str, str]]]) -> None:
    done, said = refused
    assert any(s["policyName"] == edit.policy and edit.message in s["message"] for s in said)
    assert edit.message in " ".join(done.stdout.split("\n"))


def test_what_opens_data_can_not_be_waived(edited: Estate, tmp_path: Path) -> None:
    waiver = {
        "rule": "guard",
        "resource": "s3/bucketPublicAccessBlock author-exports-public-access",
        "property": "blockPublicPolicy",
        "found": "false",
        "reason": "We are in a hurry.",
        "until": (datetime.now(UTC).date() + timedelta(days=1)).isoformat(),
    }
    config = tmp_path / "waivers.json"
    config.write_text(json.dumps({"buckets": {"waivers": [waiver]}}))
    done, said = preview(edited, "--policy-pack-config", str(config))
    assert done.returncode == 1
    assert any("waives nothing" in s["message"] for s in said)
