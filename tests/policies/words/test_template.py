"""The declared estate as CloudFormation through cfn-lint, which knows CloudFormation's schemas; and what it notices."""

import json
from typing import Any

import pytest
from cfnlint.api import lint
from cfnlint.config import ManualArgs

from estate.model import Estate, Resource
from tests.policies.declared import STACKS, declared, edited, one
from tests.policies.words.calls import kind_of
from tests.policies.words.template import NO_TEMPLATE, PARTS, RESOURCES, name_of, template

pytestmark = pytest.mark.process


def complaints(estate: Estate) -> dict[str, set[str]]:
    """What cfn-lint says of an estate, errors and warnings with their rules, by the template's name of the resource."""
    arguments: Any = ManualArgs(regions=[estate.region])
    said: dict[str, set[str]] = {}
    matches: list[Any] = [*lint(json.dumps(template(estate), default=str), config=arguments)]
    for match in matches:
        path = [str(step) for step in match.path or ()]
        said.setdefault(path[1] if len(path) > 1 else "", set()).add(
            f"{match.rule.id} {'/'.join(path)}: {match.message}"
        )
    return said


@pytest.mark.parametrize("stack", STACKS)
def test_the_estate_as_cloudformation_has_no_complaint(stack: str) -> None:
    kinds = {kind_of(r) for r in declared(stack).resources if r.type.startswith("aws:")}
    assert kinds == RESOURCES.keys() | PARTS.keys() | NO_TEMPLATE
    assert complaints(declared(stack)) == {}


WRONG: list[tuple[str, str, str, Any]] = [
    ("lambda/function", "author-drift-audit", "runtime", "python2.7"),
    ("lambda/function", "author-temporary-uploads-cleanup", "memorySize", 64),
    ("cloudwatch/metricAlarm", "author-retention-silent", "comparisonOperator", "LessThan"),
    ("cloudwatch/metricAlarm", "author-drift-found", "treatMissingData", "good"),
    ("cloudwatch/logGroup", "author-drift-audit-logs", "retentionInDays", 42),
    ("s3/bucketVersioning", "author-exports-versioning", "versioningConfiguration.status", "On"),
    ("s3/inventory", "author-recordings-inventory", "schedule.frequency", "Hourly"),
    ("iam/role", "author-drift-audit-role", "assumeRolePolicy.Version", "2012-10-18"),
    ("sqs/queue", "author-drift-audit-dead-letters", "messageRetentionSeconds", 30),
    ("kms/key", "author-evidence-key", "deletionWindowInDays", 6),
    ("ssm/document", "author-database-failover", "documentType", "Automatic"),
    ("ssm/parameter", "author-backpressure", "type", "Text"),
    ("ecs/taskDefinition", "author-retention", "networkMode", "bridged"),
    ("scheduler/schedule", "author-retention", "state", "OFF"),
]


def test_each_wrong_value_is_complained_of() -> None:
    wrong = declared("prod")
    for kind, name, path, value in WRONG:
        wrong = edited(wrong, kind, name, path, value)
    said = complaints(wrong)
    named = {row: name_of(whole(wrong, one(wrong, row[0], row[1]))) for row in WRONG}
    assert [row for row, name in named.items() if name not in said] == []
    assert said.keys() == set(named.values())


def whole(estate: Estate, resource: Resource) -> Resource:
    """The resource of the template that a part of a bucket goes into."""
    if kind_of(resource) not in PARTS:
        return resource
    buckets = estate.of_type("s3/bucket:Bucket")
    return next(b for b in buckets if b.properties["bucket"] == resource.properties["bucket"])
