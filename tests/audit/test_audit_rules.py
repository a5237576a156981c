"""What breaks a rule is told at the line that declares it, and joined to the drift of the same property."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from audit.judge import Context, Judged, judge
from audit.model import Drift, Status
from audit.observe import Observation, Place
from audit.readers.all import KINDS
from audit.rules import observed_estate, with_claims
from estate.model import Estate, Resource
from tests.policies.declared import declared, edited, one, runbook

ALARM, ROLE = "cloudwatch/metricAlarm", "iam/role"


def told(declaration: Estate, observations: Sequence[Observation] = (), judged: Sequence[Judged] = ()) -> list[Drift]:
    context = Context(declaration, {}, {})
    return list(with_claims(judged, context, observed_estate(context, observations), runbook()))


def looked_at(resource: Resource, **observed: object) -> Observation:
    kind = next(k for k in KINDS if k.type == resource.type)
    values = {a.path: resource.properties.get(a.path) for a in kind.attributes}
    return Observation(Place(kind, str(resource.properties["name"]), resource), {**values, **observed}, {})


@pytest.mark.slow
def test_what_is_declared_and_observed_alike_breaks_no_rule() -> None:
    assert told(declared("prod")) == []


def test_a_limit_points_at_the_line_that_declares_the_resource() -> None:
    wrong = edited(declared("prod"), ALARM, "author-retention-silent", "alarmDescription", "x" * 1025)
    (drift,) = told(wrong)
    resource = one(wrong, ALARM, "author-retention-silent")
    assert (drift.rule, drift.subject.property) == ("aws-limit-alarm-description", "alarmDescription")
    assert (drift.subject.type, drift.subject.name) == resource.key
    assert resource.source.startswith("components/")
    assert drift.source == resource.source
    assert drift.accept == f"change {resource.source}"


def test_a_limit_is_named_on_the_drift_of_its_property() -> None:
    right = declared("prod")
    observation = looked_at(one(right, ALARM, "author-retention-silent"), alarmDescription="x" * 1025)
    judged = list(judge(observation, Context(right, {}, {})))
    (drift,) = told(right, [observation], judged)
    assert (drift.status, drift.subject.property) == (Status.CHANGED, "alarmDescription")
    assert drift.rule == "aws-limit-alarm-description"


def test_a_claim_is_named_on_the_drift_that_breaks_it() -> None:
    right = declared("prod")
    observation = looked_at(
        one(right, ALARM, "author-temporary-uploads-backlog"), treatMissingData="ignore", evaluationPeriods=9
    )
    judged = list(judge(observation, Context(right, {}, {})))
    claim = "alarm author-temporary-uploads-backlog in every"
    line = next(c.line for c in runbook().claims if c.id == claim)
    found = {d.subject.property: (d.rule, d.claim, d.source) for d in told(right, [observation], judged)}
    assert found["treatMissingData"] == ("alarm", claim, f"docs/runbook.md:{line}")
    assert found["evaluationPeriods"] == ("alarm", claim, f"docs/runbook.md:{line}")


def test_what_neither_program_nor_account_has_is_told_by_its_type_and_name() -> None:
    context = Context(declared("prod"), {}, {})
    gone = tuple(r for r in context.estate.resources if r.name != "author-database-failover")
    (drift,) = told(replace(context.estate, resources=gone))
    assert (drift.subject.type, drift.subject.name) == ("aws:ssm/document:Document", "author-database-failover")
    assert str(drift.subject) == "Document author-database-failover name"


def test_a_row_of_the_runbook_is_told_as_one() -> None:
    changed = edited(declared("prod"), "settings/file", "jobs/retention/prod.env", "RETENTION_WINDOW_DAYS", "54")
    changed = edited(changed, "settings/file", "Pulumi.prod.yaml", "author-storage:recordingsWindowDays", 54)
    names = {str(d.subject) for d in told(changed) if d.rule == "window"}
    assert "row prod Recordings are kept" in names
