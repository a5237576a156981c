"""The equation over the real program: it balances for every stack, and one careless edit is named."""

import json
from typing import Any

import pytest

from declared.stacks import stacks
from estate.model import Estate, Resource, estate
from policies.finding import Finding
from policies.grants import grants_of
from policies.permission_equation import read_policies
from policies.rules.all import THEMES, judge
from policies.runbook.reader import Runbook
from tests.policies.declared import declared

STACKS = stacks()
NO_CLAIMS = Runbook("docs/runbook.md", ())


def findings(judged: Estate) -> list[Finding]:
    return [f for rule in THEMES["permissions"].rules for f in judge(rule, judged, NO_CLAIMS)]


def with_statement(kind: str, name: str, extra: dict[str, Any]) -> Estate:
    right = declared("prod")
    changed: list[Resource] = []
    for resource in right.resources:
        document = resource.properties.get("policy")
        if (resource.type, resource.name) == (kind, name) and document:
            statements = [*document["Statement"], {"Effect": "Allow", "Resource": "*", **extra}]
            policy = json.dumps({**document, "Statement": statements})
            changed.append(Resource(kind, name, {**resource.properties, "policy": policy}))
        else:
            changed.append(resource)
    assert changed != list(right.resources)
    return estate("prod", "prod", right.account, right.region, changed)


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_balances(stack: str) -> None:
    assert findings(declared(stack)) == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_table_knows_every_role_and_no_other(stack: str) -> None:
    in_table = {p.removeprefix("role:") for p in grants_of(declared(stack)).allowed if p.startswith("role:")}
    assert in_table == set(read_policies(declared(stack)).identity)


def test_an_extra_wildcard_is_named_with_its_role() -> None:
    policy = next(r for r in declared("prod").of_type("iam/rolePolicy:RolePolicy") if "retention" in r.name)
    found = findings(with_statement(policy.type, policy.name, {"Sid": "More", "Action": "s3:*"}))
    assert any("s3:" in f.property and str(policy.properties["role"]) in f.named for f in found)


def test_a_grant_in_a_bucket_policy_is_named_with_its_principal() -> None:
    public = {
        "Sid": "More",
        "Action": "s3:GetObject",
        "Principal": "*",
        "Resource": "arn:aws:s3:::author-exports-prod/*",
    }
    found = findings(with_statement("aws:s3/bucketPolicy:BucketPolicy", "author-exports-policy", public))
    assert any(f.named == "anyone" and "s3:GetObject" in f.property for f in found)
