"""The permission equation as a rule: each part that does not balance is a finding naming principal and action."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from policies.estate import Estate
from policies.finding import Finding, Rule, Severity
from policies.grants import TABLE, GrantTableError, grants_of
from policies.permissions import Difference, equation
from policies.statements import all_actions

if TYPE_CHECKING:
    from policies.runbook import Runbook

ID = "permission-equation"
SHOWN = 5
"""Actions named in one finding; a wildcard can add hundreds."""


def _check(estate: Estate, runbook: "Runbook") -> Iterator[Finding]:  # noqa: ARG001
    try:
        yield from (_finding(d) for d in equation(estate, grants_of(estate)))
    except GrantTableError as error:
        yield Finding(ID, Severity.CRITICAL, f"policies/{TABLE.name}", "principals", "a readable table", str(error))


def _finding(difference: Difference) -> Finding:
    spelled = [all_actions().get(a, a) for a in difference.actions]
    more = f" and {len(spelled) - SHOWN} more" if len(spelled) > SHOWN else ""
    actions = ", ".join(spelled[:SHOWN]) + more
    kind, _, name = difference.principal.partition(":")
    return Finding(
        rule=ID,
        severity=Severity.CRITICAL,
        resource=f"iam/role {name}" if kind == "role" else difference.principal,
        property=f"{actions} on {difference.resource}",
        expected=difference.expected,
        found=f"{difference.found} ({difference.source})",
        why=f"What it may do must equal policies/{TABLE.name}, no more and no less.",
    )


PERMISSION_RULES: tuple[Rule, ...] = (
    Rule(ID, "Every principal can do what the grant table says, and nothing else.", Severity.CRITICAL, (), _check),
)
