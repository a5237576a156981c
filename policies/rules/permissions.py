"""The permission equation as a rule: every principal can do what the grant table says, no more and no less."""

from collections.abc import Iterator

from estate.model import Estate
from policies.comparison import Comparison
from policies.finding import Entry, Severity
from policies.grants import grants_of
from policies.permission_equation import equation
from policies.rule import rule
from policies.runbook.reader import Runbook
from semantics.iam.statements import all_actions

WHY = "A permission more opens something; one less breaks something. The table is policies/grants.yaml."

SHOWN = 5
"""Actions named in one finding; a wildcard can add hundreds."""


@rule(
    "permissions",
    "Every principal can do what the grant table says, no more and no less.",
    Severity.CRITICAL,
    (),
    why=WHY,
)
def permissions(estate: Estate, _: Runbook) -> Iterator[Comparison]:
    """Reports where what the estate allows is not what the grant table says."""
    for d in equation(estate, grants_of(estate)):
        more = f" and {len(d.actions) - SHOWN} more" if len(d.actions) > SHOWN else ""
        actions = ", ".join(all_actions().get(a, a) for a in d.actions[:SHOWN]) + more
        principal, path = Entry("principal", d.principal), (f"{actions} on {d.resource}",)
        why = f"It stands in {d.source}. {WHY}"
        yield Comparison(principal, path, d.expected, d.found, holds=False, why=why)


RULES = (permissions,)
