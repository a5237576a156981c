"""The audit against the account: nothing where nothing changed; every change found, and gone once it is undone."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from audit.api import Account
from audit.model import Drift, Report, Status
from audit.readers.all import KINDS
from audit.reports import as_json
from audit.run import AuditError
from audit.table import Kind
from declared.complete import complete
from declared.program import declared_estate
from estate.paths import Path, leaves, put
from policies.runbook.reader import read_runbook
from tests.e2e.audit_changes import lifecycle
from tests.e2e.audit_changes_services import CHANGES, FIXED
from tests.e2e.audit_intruders import INTRUDERS, Intruder
from tests.e2e.auditing import Auditor, short
from tests.e2e.estates import ROOT, Estate

pytestmark = pytest.mark.e2e

BY_TYPE = {short(kind): kind for kind in KINDS}
WHOLE = {("s3/bucketNotification", "eventbridge"): "without it the bucket has no notification at all"}
"""Attributes that are all that their resource is: changed, the resource is missing."""
WHERE = {("s3/bucketVersioning", "versioningConfiguration"): "exports"}
"""Attributes that only some resources let change: a bucket with Object Lock stays versioned."""


@pytest.fixture(scope="module")
def auditor(local_stack: Estate) -> Iterator[Auditor]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", local_stack.endpoint)
        session = boto3.Session("local", "local", region_name="us-east-1")
        estate = complete(declared_estate("local"), ROOT)
        account = Account(session, estate.account, estate.region)
        yield Auditor(estate, read_runbook(ROOT / "docs" / "runbook.md"), account, session)


def told(report: Report) -> list[str]:
    return [f"{f.status}: {f.subject}: expected {f.expected:.80}, found {f.found:.80}" for f in report.findings]


def without_run(report: Report) -> str:
    return json.dumps({k: v for k, v in json.loads(as_json.render(report)).items() if k != "run"})


def test_nothing_is_found_on_the_unchanged_account(auditor: Auditor) -> None:
    report = auditor.report()
    assert told(report) == []
    assert (report.outcome, int(report.exit)) == ("in_sync", 0)
    assert report.coverage.share >= 0.98
    assert sum(e.count for e in report.coverage.exempt) == report.coverage.declared - report.coverage.compared
    assert all(len(e.reason) > 20 for e in report.coverage.exempt)
    assert without_run(auditor.report()) == without_run(report)


def test_every_attribute_of_what_is_declared_is_changed_or_told_why_not() -> None:
    estate = declared_estate("local")
    present = {resource.type for resource in estate.resources}
    attributes = {
        (short(kind), attribute.path)
        for kind in KINDS
        for attribute in kind.attributes
        if kind.type in present and attribute.path not in kind.identity
    }
    assert {*CHANGES, *FIXED} == attributes
    assert not {*CHANGES} & {*FIXED}
    assert len(CHANGES) >= 60


def about(finding: Drift, kind: str, path: str) -> bool:
    top = finding.subject.property.split(".")[0].split("[")[0]
    whole = finding.status is Status.MISSING and (kind, path) in WHOLE
    return short_type(finding) == kind and (top == path or whole)


def short_type(finding: Drift) -> str:
    return finding.subject.type.split(":")[1]


@pytest.mark.parametrize(("kind", "path"), CHANGES, ids=lambda part: part)
def test_a_change_is_found_and_its_undoing_is_clean(auditor: Auditor, kind: str, path: str) -> None:
    where = WHERE.get((kind, path), "")
    places = [p for p in auditor.places(BY_TYPE[kind]) if "deploy" not in p.physical and where in p.physical]
    place = next((p for p in places if p.declared and p.declared.properties.get(path) is not None), places[0])
    undo = CHANGES[kind, path](auditor.aws, place.physical)
    try:
        report = auditor.report(place.physical, [BY_TYPE[kind]])
    finally:
        undo()
    found = [f for f in report.findings if about(f, kind, path)]
    assert found, told(report)
    assert {f.subject.physical for f in found} == {place.physical}
    assert {f.status for f in found} <= {Status.CHANGED, Status.MISSING, Status.UNMANAGED}
    assert int(report.exit) == 2
    assert told(auditor.report(place.physical, [BY_TYPE[kind]])) == []


@pytest.mark.parametrize("intruder", INTRUDERS, ids=lambda i: i.name)
def test_what_nothing_declares_is_unmanaged_and_its_removal_is_clean(auditor: Auditor, intruder: Intruder) -> None:
    kinds = [BY_TYPE[intruder.kind]]
    remove = intruder.enter(auditor.aws)
    try:
        report = auditor.report(intruder.physical, kinds)
    finally:
        remove()
    found = {(short_type(f), f.subject.physical, f.subject.property): f.status for f in report.findings}
    assert found == {(intruder.kind, intruder.physical, intruder.property): Status.UNMANAGED}
    if auditor.places(kinds[0]) or intruder.kind.startswith("s3/"):
        assert told(auditor.report("*", kinds)) == []
    else:
        with pytest.raises(AuditError, match="matches no resource"):
            auditor.report("*", kinds)


def test_every_kind_that_can_have_more_than_is_declared_has_an_intruder() -> None:
    present = {resource.type for resource in declared_estate("local").resources}
    collections = {short(kind) for kind in KINDS if kind.discover and (kind.type in present or "s3/" in kind.type)}
    settings = {short(kind) for kind in KINDS if kind.type in present and kind.discover and is_setting(kind)}
    assert collections - settings <= {i.kind for i in INTRUDERS}


def is_setting(kind: Kind) -> bool:
    """Says whether a kind is one configuration a bucket, which our buckets declare, or which comes with the bucket."""
    always = ("Versioning", "Encryption", "PublicAccessBlock", "Ownership", "Logging", "Notification", "ObjectLock")
    return kind.identity == ("bucket",) and any(part in kind.type for part in always)


OTHERS: dict[str, Callable[[Any], Any]] = {
    "ID": lambda v: f"{v}-other",
    "Prefix": lambda _: "other/",
    "Status": lambda v: "Disabled" if v == "Enabled" else "Enabled",
    "StorageClass": lambda v: "GLACIER" if v != "GLACIER" else "ONEZONE_IA",
    "ExpiredObjectDeleteMarker": lambda v: not v,
}
"""Another valid value for a field of a lifecycle rule; numbers grow by one."""


def test_every_field_of_every_lifecycle_rule_is_compared(auditor: Auditor) -> None:
    bucket = "author-recordings-local"
    kinds = [BY_TYPE["s3/bucketLifecycleConfiguration"]]
    before = lifecycle.read(auditor.aws, bucket)
    values = [(path, value) for path, value in leaves(before) if value not in ({}, [])]
    assert len(values) >= 15
    unseen: list[Path] = []
    for path, value in values:
        rules = put(before, path, OTHERS.get(str(path[-1]), lambda v: v + 1)(value))
        try:
            lifecycle.write(auditor.aws, bucket, rules)
            if not auditor.report(bucket, kinds).drift:
                unseen.append(path)
        finally:
            lifecycle.write(auditor.aws, bucket, before)
    assert unseen == []
    assert told(auditor.report(bucket, kinds)) == []


def test_a_property_without_a_reader_lowers_coverage(auditor: Auditor) -> None:
    covered = auditor.report("author-recordings-local").coverage
    first = next(r for r in auditor.estate.resources if r.type == "aws:s3/bucket:Bucket")
    rest = [r for r in auditor.estate.resources if r is not first]
    grown = replace(first, properties={**first.properties, "somethingNew": {"a": 1, "b": [2, 3]}})
    estate = replace(auditor.estate, resources=(grown, *rest))
    report = replace(auditor, estate=estate).report("author-recordings-local")
    assert (report.coverage.compared, report.coverage.declared) == (covered.compared, covered.declared + 2)
    new = [e for e in report.coverage.exempt if e not in covered.exempt]
    assert {(e.path, e.reason) for e in new} == {
        (f"somethingNew.{key}", "the table has no row that reads it") for key in ("a", "b")
    }
