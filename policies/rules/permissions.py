"""The permission equation as a rule: every principal can do what the grant table says, no more and no less."""

from collections.abc import Iterator

from estate.model import Estate
from policies.finding import Finding, Rule, Severity
from policies.grants import grants_of
from policies.permission_equation import equation
from policies.runbook.reader import Runbook
from semantics.iam.statements import all_actions

WHY = "A permission more opens something; one less breaks something. The table is policies/grants.yaml."

SHOWN = 5
"""Actions named in one finding; a wildcard can add hundreds."""


def _permissions(estate: Estate, runbook: Runbook) -> Iterator[Finding]:  # noqa: ARG001
    for d in equation(estate, grants_of(estate)):
        more = f" and {len(d.actions) - SHOWN} more" if len(d.actions) > SHOWN else ""
        actions = ", ".join(all_actions().get(a, a) for a in d.actions[:SHOWN]) + more
        what = f"{actions} on {d.resource}"
        why = f"It stands in {d.source}. {WHY}"
        yield Finding("permissions", Severity.CRITICAL, d.principal, what, d.expected, d.found, why=why)


RULES = (
    Rule(
        "permissions",
        "Every principal can do what the grant table says, no more and no less.",
        Severity.CRITICAL,
        (),
        _permissions,
    ),
)
