"""The grant table: what each principal may do, written by hand in `grants.yaml` beside the runbook."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from estate.errors import MendableError
from estate.model import Estate
from semantics.iam.statements import Statement, UnreadablePolicyError, read_policy

TABLE = Path(__file__).with_name("grants.yaml")


class GrantTableError(MendableError):
    """The table can't be read; the message names the row."""


@dataclass(frozen=True)
class Grants:
    """The right side of the permission equation.

    Attributes:
        allowed: statements by principal, as `role:author-retention-role`.
        denied: Deny statements that hold for every principal.
        trust: who may assume a role, by role name.
        sections: the runbook section that each principal serves.
    """

    allowed: Mapping[str, tuple[Statement, ...]]
    denied: tuple[Statement, ...]
    trust: Mapping[str, tuple[Statement, ...]]
    sections: Mapping[str, str]


def grants_of(estate: Estate) -> Grants:
    """Reads the project's table for the stack, account and region of an estate."""
    return _grants(replace(estate, resources=()))


@cache
def _grants(where: Estate) -> Grants:
    """Reads the table once for each stack: it takes longer than all rules together."""
    return read_grants(TABLE.read_text(encoding="utf-8"), where)


def read_grants(text: str, estate: Estate) -> Grants:
    """Reads a grant table.

    Args:
        text: YAML with `denied`, a list of rows, and `principals`, each with `section`, `grants` and, for a role,
            `trust`. A row has `actions`, `resources`, `why`, and where they apply `when` (an IAM Condition) and
            `stacks`. `{account}`, `{region}`, `{environment}` and `{suffix}` (`-<environment>` outside prod) stand
            for the estate's.
        estate: where the placeholders come from.

    Raises:
        GrantTableError: naming the row and what is wrong with it.
    """
    suffix = "" if estate.environment == "prod" else f"-{estate.environment}"
    places = {"account": estate.account, "region": estate.region, "environment": estate.environment, "suffix": suffix}
    for name, value in places.items():
        text = text.replace(f"{{{name}}}", value)
    table = cast("dict[str, Any]", yaml.safe_load(text))
    principals = cast("dict[str, dict[str, Any]]", table["principals"])
    return Grants(
        allowed={p: _rows(p, e.get("grants", []), "Allow", estate) for p, e in principals.items()},
        denied=_rows("denied", table.get("denied", []), "Deny", estate),
        trust={
            p.removeprefix("role:"): _trust(p, e.get("trust", []), estate)
            for p, e in principals.items()
            if p.startswith("role:")
        },
        sections={p: e["section"] for p, e in principals.items()},
    )


def _rows(owner: str, rows: list[dict[str, Any]], effect: str, estate: Estate) -> tuple[Statement, ...]:
    statements: list[Statement] = []
    for index, row in enumerate(rows):
        where = f"grants.yaml {owner} row {index + 1}"
        if unknown := set(row) - {"actions", "resources", "when", "why", "stacks"}:
            raise GrantTableError(f"{where}: unknown {', '.join(sorted(unknown))}")
        if not row.get("why"):
            raise GrantTableError(f"{where}: every row says why")
        if estate.stack not in row.get("stacks", [estate.stack]):
            continue
        wanted = {
            "Effect": effect,
            "Action": row["actions"],
            "Resource": row["resources"],
            "Condition": row.get("when", {}),
        }
        statements += _read(where, wanted, estate)
    return tuple(statements)


def _trust(owner: str, rows: list[dict[str, Any]], estate: Estate) -> tuple[Statement, ...]:
    statements: list[Statement] = []
    for index, row in enumerate(rows):
        kind, _, value = str(row["principal"]).partition(":")
        principal = {{"service": "Service", "federated": "Federated"}.get(kind, "AWS"): value}
        action = row.get("action", "sts:AssumeRole")
        wanted = {"Effect": "Allow", "Action": action, "Principal": principal, "Condition": row.get("when", {})}
        statements += _read(f"grants.yaml {owner} trust row {index + 1}", wanted, estate)
    return tuple(statements)


def _read(where: str, statement: dict[str, Any], estate: Estate) -> list[Statement]:
    try:
        return read_policy({"Statement": [statement]}, where, estate.account)
    except UnreadablePolicyError as error:
        raise GrantTableError(str(error)) from error
