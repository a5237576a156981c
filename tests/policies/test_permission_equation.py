"""Each test starts from an estate whose equation balances, changes one thing, and names the difference."""

import json
from typing import Any

import pytest

from estate.model import Estate, Resource, estate
from policies.grants import GrantTableError, read_grants
from policies.permission_equation import Imbalance, equation

ACCOUNT = "111111111111"
ROLE = "author-retention-role"
OBJECTS = "arn:aws:s3:::author-recordings-prod/*"
TLS = {"Bool": {"aws:SecureTransport": "false"}}
SAME_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}

TABLE = """
denied:
  - actions: ["s3:*"]
    resources: ["arn:aws:s3:::author-recordings-{environment}", "arn:aws:s3:::author-recordings-{environment}/*"]
    when: {Bool: {"aws:SecureTransport": "false"}}
    why: nothing travels in clear
principals:
  role:author-retention-role:
    section: retention-job
    trust:
      - principal: service:ecs-tasks.amazonaws.com
        when: {StringEquals: {"aws:SourceAccount": "{account}"}}
    grants:
      - actions: [s3:DeleteObject, s3:DeleteObjectVersion]
        resources: ["arn:aws:s3:::author-recordings-{environment}/*"]
        why: contractual deletion
      - actions: [iam:PassRole]
        resources: ["arn:aws:iam::{account}:role/author-task"]
        when: {StringEquals: {"iam:PassedToService": ecs-tasks.amazonaws.com}}
        why: runs its task
  service:logging.s3.amazonaws.com:
    section: s3-maintenance
    grants:
      - actions: [s3:PutObject]
        resources: ["arn:aws:s3:::author-recordings-{environment}/logs/*"]
        when: {StringEquals: {"aws:SourceAccount": "{account}"}}
        why: delivers access logs
  account:{account}:
    section: s3-maintenance
    grants:
      - actions: ["kms:*"]
        resources: ["arn:aws:kms:{region}:{account}:key/recordings"]
        why: IAM decides who uses the key
"""


NO_CONDITION: dict[str, Any] = {}


def statement(action: Any, resource: Any, condition: dict[str, Any] = NO_CONDITION, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition, **more}


def to_role(action: str, resource: str) -> dict[str, Any]:
    return statement(action, resource, Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"})


DELETE = statement(["s3:DeleteObject", "s3:DeleteObjectVersion"], OBJECTS)
PASS = statement(
    "iam:PassRole",
    f"arn:aws:iam::{ACCOUNT}:role/author-task",
    {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
)
DENY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [OBJECTS[:-2], OBJECTS],
    "Condition": TLS,
}
LOGS = statement(
    "s3:PutObject",
    "arn:aws:s3:::author-recordings-prod/logs/*",
    SAME_ACCOUNT,
    Principal={"Service": "logging.s3.amazonaws.com"},
)
TRUST = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Condition": SAME_ACCOUNT,
}
ROOT = statement("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def an_estate(
    identity: list[Any] | None = None,
    bucket: list[Any] | None = None,
    key: list[Any] | None = None,
    trust: list[Any] | None = None,
    more: tuple[Resource, ...] = (),
) -> Estate:
    def document(statements: list[Any]) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    return estate(
        "prod",
        "prod",
        ACCOUNT,
        "us-east-1",
        [
            Resource("aws:iam/role:Role", "role", {"name": ROLE, "assumeRolePolicy": document(trust or [TRUST])}),
            Resource(
                "aws:iam/rolePolicy:RolePolicy",
                "policy",
                {"role": ROLE, "policy": document(identity or [DELETE, PASS])},
            ),
            Resource(
                "aws:s3/bucketPolicy:BucketPolicy",
                "bucket-policy",
                {"bucket": "author-recordings-prod", "policy": document(bucket or [DENY, LOGS])},
            ),
            Resource("aws:kms/key:Key", "recordings", {"policy": document(key or [ROOT])}),
            *more,
        ],
    )


def imbalances(**change: Any) -> list[Imbalance]:
    changed = an_estate(**change)
    return list(equation(changed, read_grants(TABLE, changed)))


def test_the_right_estate_balances() -> None:
    assert imbalances() == []


@pytest.mark.parametrize(
    "same",
    [
        statement(["s3:deleteobject", "s3:DeleteObjectVersion"], [OBJECTS, OBJECTS + "x"]),
        statement(["s3:DeleteObject", "s3:DeleteObjectVersion"], [OBJECTS, OBJECTS[:-2]]),
    ],
    ids=["case and overlap", "a bucket ARN, which no object has"],
)
def test_what_means_the_same_balances(same: dict[str, Any]) -> None:
    assert imbalances(identity=[same, PASS]) == []


def replaced(part: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {part: list(statements)}


CHANGES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    "one action more": (
        replaced("identity", statement(["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"], OBJECTS), PASS),
        *(ROLE, "s3:putobject", "allowed"),
    ),
    "one action less": (
        replaced("identity", statement("s3:DeleteObject", OBJECTS), PASS),
        *(ROLE, "s3:deleteobjectversion", "not allowed"),
    ),
    "a wildcard action": (
        replaced("identity", statement("s3:Delete*", OBJECTS), PASS),
        *(ROLE, "s3:deleteobjecttagging", "allowed"),
    ),
    "a wildcard action on everything": (
        replaced("identity", statement("s3:Delete*", "*"), PASS),
        *(ROLE, "s3:deletebucket", "allowed"),
    ),
    "NotAction": (
        replaced("identity", {"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": OBJECTS}, PASS),
        *(ROLE, "s3:bypassgovernanceretention", "allowed"),
    ),
    "NotResource": (
        replaced("identity", DELETE, PASS, {"Effect": "Allow", "Action": "sns:Publish", "NotResource": OBJECTS}),
        *(ROLE, "sns:publish", "allowed"),
    ),
    "PassRole on *": (
        replaced("identity", DELETE, statement("iam:PassRole", "*", PASS["Condition"])),
        *(ROLE, "iam:passrole", "allowed if"),
    ),
    "a missing condition": (
        replaced("identity", DELETE, PASS | {"Condition": NO_CONDITION}),
        *(ROLE, "iam:passrole", "allowed"),
    ),
    "a grant that stands only in a bucket policy": (
        replaced("bucket", DENY, LOGS, to_role("s3:PutObject", OBJECTS)),
        *(ROLE, "s3:putobject", "allowed"),
    ),
    "a grant that stands only in a key policy": (
        replaced("key", ROOT, to_role("kms:Decrypt", "*")),
        *(ROLE, "kms:decrypt", "allowed"),
    ),
    "a missing Deny": (replaced("bucket", LOGS), ROLE, "s3:deleteobject", "allowed"),
    "an unconditional Deny": (
        replaced("bucket", DENY | {"Condition": NO_CONDITION}, LOGS),
        *(ROLE, "s3:deleteobject", "not allowed"),
    ),
    "a service without its condition": (
        replaced("bucket", DENY, LOGS | {"Condition": NO_CONDITION}),
        *("logging.s3.amazonaws.com", "s3:putobject", "allowed"),
    ),
    "public read": (
        replaced("bucket", DENY, LOGS, statement("s3:GetObject", OBJECTS, Principal="*")),
        *("anyone", "s3:getobject", "allowed"),
    ),
    "another account": (
        replaced("bucket", DENY, LOGS, statement("s3:GetObject", OBJECTS, Principal={"AWS": "999999999999"})),
        *("account:999999999999", "s3:getobject", "allowed"),
    ),
    "trust without its condition": (
        replaced("trust", TRUST | {"Condition": NO_CONDITION}),
        *(ROLE, "sts:assumerole", "allowed"),
    ),
    "a trust someone else could use": (
        replaced("trust", TRUST, TRUST | {"Principal": {"AWS": "999999999999"}}),
        *(ROLE, "sts:assumerole", "allowed if"),
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_a_difference_naming_the_action(name: str) -> None:
    change, principal, action, found = CHANGES[name]
    hits = [d for d in imbalances(**change) if action in d.actions and principal in d.principal]
    assert any(d.found.startswith(found) for d in hits), imbalances(**change)


@pytest.mark.parametrize(
    "more",
    [
        Resource(
            "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
            "attached",
            {"role": ROLE, "policyArn": "arn:aws:iam::aws:policy/AmazonS3FullAccess"},
        ),
        Resource("aws:sqs/queuePolicy:QueuePolicy", "odd", {"queueUrl": "q", "policy": "not a policy"}),
        Resource(
            "aws:iam/rolePolicy:RolePolicy", "odd", {"role": ROLE, "policy": {"Statement": [{"Effect": "Allow"}]}}
        ),
    ],
    ids=["a managed policy", "no document", "no action"],
)
def test_what_cannot_be_read_is_a_difference(more: Resource) -> None:
    found = imbalances(more=(more,))
    assert [d.found for d in found] == ["unreadable"]
    assert more.name in found[0].source


def test_a_table_row_without_a_reason_is_refused() -> None:
    with pytest.raises(GrantTableError, match=r"role:author-retention-role row 1: every row says why"):
        read_grants(TABLE.replace("        why: contractual deletion\n", ""), an_estate())
