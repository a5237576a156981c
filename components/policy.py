"""IAM policy documents as JSON text, made from names alone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from estate.names import Names

Statement = dict[str, Any]
"""One statement of a policy, in IAM's own keys."""

Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]
"""Operator → condition key → value or values."""


def document(*statements: Statement) -> str:
    """Writes a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    principal: Mapping[str, str | Sequence[str]] | None = None,
    conditions: Conditions | None = None,
) -> Statement:
    """A statement that allows; `principal` only in policies of resources."""
    return _statement({"Sid": sid, "Effect": "Allow"}, actions, resources, principal, conditions)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    principal: Mapping[str, str | Sequence[str]] | None = None,
    conditions: Conditions | None = None,
) -> Statement:
    """A statement that denies; `principal` only in policies of resources."""
    return _statement({"Sid": sid, "Effect": "Deny"}, actions, resources, principal, conditions)


def trust(service: str, names: Names, source: str) -> str:
    """Lets one AWS service assume a role, only for one of this account's resources.

    Args:
        service: principal, as `scheduler.amazonaws.com`.
        names: names of the environment.
        source: ARN (or pattern) of the resource on whose behalf the service acts.
    """
    return document(
        {
            "Sid": "Assume",
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": from_source(names, source),
        }
    )


def from_source(names: Names, source: str) -> dict[str, dict[str, str]]:
    """Condition: the calling service acts for this account and for one of its resources (no confused deputy)."""
    return {"StringEquals": {"aws:SourceAccount": names.account}, "ArnLike": {"aws:SourceArn": source}}


def in_account(names: Names) -> dict[str, dict[str, str]]:
    """Condition: the resource belongs to this account. Bucket names are global, an ARN alone proves no owner."""
    return {"StringEquals": {"aws:ResourceAccount": names.account}}


def key_condition(alias: str) -> dict[str, dict[str, list[str]]]:
    """Condition: the key has this alias. Its ARN would be unknown in a first preview."""
    return {"ForAnyValue:StringEquals": {"kms:ResourceAliases": [alias]}}


def _statement(
    statement: Statement,
    actions: Sequence[str],
    resources: Sequence[str],
    principal: Mapping[str, str | Sequence[str]] | None,
    conditions: Conditions | None,
) -> Statement:
    if principal:
        statement["Principal"] = principal
    statement["Action"] = list(actions)
    statement["Resource"] = list(resources)
    if conditions:
        statement["Condition"] = conditions
    return statement
