from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from audit import waivers
from audit.model import Drift, Status, Subject
from policies.finding import Severity

TODAY = date(2026, 10, 1)
FINDING = Drift(
    subject=Subject(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "author-exports-lifecycle",
        "author-exports-prod",
        "rules[exports].expiration.days",
    ),
    status=Status.CHANGED,
    severity=Severity.HIGH,
    expected="14",
    found="15",
    why="exports stay a day longer than promised",
    claim="lifecycle/author-exports-*",
    rule="lifecycle-matches",
    source="docs/runbook.md:10",
    put_back="make up",
    accept="set exports:expirationDays",
)


def entry(**change: str | None) -> str:
    lines = waivers.draft(FINDING, TODAY).replace("FILL IN: who answers for it", "storage team")
    for key, value in change.items():
        kept = [line for line in lines.splitlines() if not line.lstrip("- ").startswith(f"{key}:")]
        lines = "\n".join([*kept, *([f"  {key}: {value}"] if value is not None else [])])
        lines = lines if lines.startswith("- ") else "- " + lines.lstrip()
    return lines


def loaded(tmp_path: Path, text: str) -> tuple[waivers.Waiver, ...]:
    path = tmp_path / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return waivers.load(path)


def test_a_drafted_waiver_covers_its_finding(tmp_path: Path) -> None:
    marked, notes = waivers.apply([FINDING], loaded(tmp_path, entry()), TODAY)
    assert marked[0].waiver is not None
    assert marked[0].waiver.owner == "storage team"
    assert notes == ()


def test_an_absent_file_holds_none(tmp_path: Path) -> None:
    assert waivers.load(tmp_path / "waivers.yaml") == ()


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, found="16"),
        replace(FINDING, status=Status.MISSING),
        replace(FINDING, subject=replace(FINDING.subject, property="rules[exports].status")),
        replace(FINDING, subject=replace(FINDING.subject, physical="author-exports-staging")),
    ],
    ids=["a further change", "another status", "another property", "another bucket"],
)
def test_a_waiver_covers_nothing_else(tmp_path: Path, other: Drift) -> None:
    marked, notes = waivers.apply([other], loaded(tmp_path, entry()), TODAY)
    assert marked[0].waiver is None
    assert "met no finding" in notes[0]


def test_an_expired_waiver_counts_again_and_is_told(tmp_path: Path) -> None:
    marked, notes = waivers.apply([FINDING], loaded(tmp_path, entry()), TODAY + timedelta(days=91))
    assert marked[0].waiver is None
    assert "expired on 2026-12-30" in notes[0]


def test_on_its_last_day_a_waiver_still_holds(tmp_path: Path) -> None:
    marked, _ = waivers.apply([FINDING], loaded(tmp_path, entry()), TODAY + timedelta(days=90))
    assert marked[0].waiver is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not readable YAML"),
        ("a: 1", "expected a list of waivers, found dict"),
        ("- 3", "entry 1: entry: expected an object, found int"),
        (entry(owner=None), "entry 1: owner: missing"),
        (entry(colour="red"), "entry 1: colour: unknown"),
        (entry(expires="2027-03-01"), "runs 151 days, at most 90"),
        (entry(expires="soon"), "entry 1: expires:"),
        (entry(status="unreadable"), "a value that could not be read can't be waived"),
        (entry(type="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"), "public access can't be waived"),
        (entry(type="aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"), "Object Lock can't"),
        (entry(type="aws:iam/rolePolicy:RolePolicy"), "what a role may do can't be waived"),
        (entry(type="aws:iam/role:Role", property="assumeRolePolicy"), "who may assume a role can't be waived"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(waivers.WaiverError, match=message) as caught:
        loaded(tmp_path, text)
    assert "waivers.yaml" in str(caught.value)


def test_what_cannot_be_waived_is_not_drafted() -> None:
    with pytest.raises(waivers.WaiverError, match="could not be read"):
        waivers.draft(replace(FINDING, status=Status.UNREADABLE), TODAY)
