from collections.abc import Callable
from typing import Any, cast

import pytest

from estate.model import UNKNOWN, Estate, Resource, estate
from estate.paths import Member
from estate.views import LIFECYCLE, VERSIONING, versioned_buckets
from policies.finding import Finding
from policies.rules.aws_lifecycle import LIFECYCLE_RULES
from policies.runbook.reader import Runbook
from semantics.lifecycle.constraints import CONSTRAINTS
from tests.semantics.lifecycle.samples import recordings, temporary

RUNBOOK = cast("Runbook", None)
"""These rules guard S3's limits and ask the runbook nothing."""


def an_estate(recordings_rules: Any, status: str = "Enabled") -> Estate:
    versioning = {"bucket": "author-recordings-prod", "versioningConfiguration": {"status": status}}
    rules = {"bucket": "author-recordings-prod", **recordings_rules}
    return estate(
        "prod",
        "prod",
        "123456789012",
        "us-east-1",
        [
            Resource(f"aws:{LIFECYCLE}", "author-recordings-lifecycle", rules),
            Resource(f"aws:{LIFECYCLE}", "temporary", {"bucket": "author-temporary-uploads", **temporary()}),
            Resource(f"aws:{VERSIONING}", "author-recordings-versioning", versioning),
        ],
    )


def findings(of: Estate) -> list[Finding]:
    return [finding for rule in LIFECYCLE_RULES for finding in rule.check(of, RUNBOOK)]


def test_a_right_estate_has_no_finding_and_every_constraint_is_a_rule():
    assert findings(an_estate(recordings())) == []
    assert {r.id for r in LIFECYCLE_RULES} == {"lifecycle-readable", *(f"lifecycle-{c.id}" for c in CONSTRAINTS)}


def test_the_two_recordings_rules_merged_into_one_are_a_finding():
    merged = recordings()
    merged["rules"][1]["transitions"] = merged["rules"][0]["transitions"] + merged["rules"][1]["transitions"]
    del merged["rules"][0]
    (finding,) = findings(an_estate(merged))
    assert finding.rule == "lifecycle-spacing"
    assert finding.named == "s3/bucketLifecycleConfiguration author-recordings-lifecycle"
    assert finding.property == "rules[recordings-archive].transitions"
    assert finding.path == ("rules", Member("recordings-archive"), "transitions")


@pytest.mark.parametrize(("status", "kept"), [("Enabled", True), ("Suspended", True), ("Disabled", False)])
def test_a_bucket_keeps_versions_unless_it_never_had_any(status: str, kept: bool):
    assert ("author-recordings-prod" in versioned_buckets(an_estate(recordings(), status))) is kept


def test_versioning_decides_what_an_expiration_does():
    unversioned = {f.rule for f in findings(an_estate(recordings(), "Disabled"))}
    assert unversioned == {"lifecycle-versions-exist"}
    forgotten = recordings()
    del forgotten["rules"][1]["noncurrentVersionExpiration"]
    assert [f.rule for f in findings(an_estate(forgotten))] == ["lifecycle-noncurrent-expire"]


def _unknown_days(rules: dict[str, Any]) -> None:
    rules["rules"][1]["expiration"]["days"] = UNKNOWN


def _unknown_rules(rules: dict[str, Any]) -> None:
    rules["rules"] = UNKNOWN


@pytest.mark.parametrize("change", [_unknown_days, _unknown_rules])
def test_what_a_preview_cannot_know_is_a_finding(change: Callable[[dict[str, Any]], None]):
    unknown = recordings()
    change(unknown)
    (finding,) = findings(an_estate(unknown))
    assert finding.rule == "lifecycle-readable"
    assert "<unknown>" in finding.found
