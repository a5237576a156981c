"""The retention role can delete what the contract says, and can't lift a hold.

That its permissions are these and no others is the equation of `policies.permissions`.
"""

from collections.abc import Iterator
from fnmatch import fnmatchcase

from policies.claims import GrantClaim
from policies.estate import Estate, Resource
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, rule
from policies.runbook import Runbook
from policies.statements import Statement, UnreadablePolicyError, read_policy
from policies.views import named


def _grants(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    roles = {str(r.properties.get("name")) for r in estate.of_type("iam/role:Role")}
    for claim in runbook.of(GrantClaim):
        if claim.role not in roles:
            yield absent(f"iam/role {claim.role}", "name", "a role of that name", claim)
            continue
        policies = [r for r in estate.of_type("iam/rolePolicy:RolePolicy") if r.properties.get("role") == claim.role]
        if claim.allowed:
            yield _allowed(estate, claim, policies)
        else:
            yield from _never(estate, claim, policies)


def _statements(estate: Estate, policy: Resource) -> list[Statement]:
    """Reads a policy; one that can't be read allows nothing here, and the permission equation reports it."""
    try:
        return read_policy(policy.properties.get("policy"), policy.name, estate.account)
    except UnreadablePolicyError:
        return []


def _names(statement: Statement, action: str) -> bool:
    """Says whether a statement speaks of an action; `policies.permissions` knows AWS's actions, this needs none."""
    return any(fnmatchcase(action.lower(), p) for p in statement.actions) != statement.not_actions


def _allowed(estate: Estate, claim: GrantClaim, policies: list[Resource]) -> Comparison:
    expected = f"{claim.action} allowed on {claim.resource}"
    for policy in policies:
        for index, s in enumerate(_statements(estate, policy)):
            on = [r for r in s.resources if fnmatchcase(r, f"arn:*:{claim.resource}")]
            if s.allow and _names(s, claim.action) and on and not s.not_resources:
                path = f"policy.Statement[{index}]"
                return Comparison(named(policy), path, expected, expected, holds=True, claim=claim, scope=path)
    where = named(policies[0]) if policies else f"iam/role {claim.role}"
    return Comparison(where, "policy", expected, f"{claim.action} not allowed there", holds=False, claim=claim)


def _never(estate: Estate, claim: GrantClaim, policies: list[Resource]) -> Iterator[Comparison]:
    for policy in policies:
        for index, s in enumerate(_statements(estate, policy)):
            if s.allow:
                path, named_here = f"policy.Statement[{index}].Action", _names(s, claim.action)
                found = f"{claim.action} {'allowed' if named_here else 'not allowed'}"
                expected = f"{claim.action} not allowed"
                yield Comparison(named(policy), path, expected, found, not named_here, claim, path)


RULES = (
    rule(
        "grant",
        "The retention role deletes what is due and can't touch a hold.",
        Severity.CRITICAL,
        (GrantClaim.kind,),
        why="Contractual deletion would fail, or a legal hold could be lifted by a machine.",
        compare=_grants,
    ),
)
