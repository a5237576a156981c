"""What a rule is: declared above the function that compares."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from estate.model import Estate
from policies.comparison import Comparison
from policies.finding import Finding, Severity
from policies.runbook.claims import Claim
from policies.runbook.reader import Runbook
from semantics.source import Source

Compare = Callable[[Estate, Runbook], Iterable[Comparison]]


@dataclass(frozen=True)
class Rule:
    """A rule is data: what it proves, how much it matters, and a pure function that compares.

    Attributes:
        id: short and stable, as `lifecycle`.
        title: one sentence in the runbook's voice.
        severity: of its findings.
        claims: the kinds of claim it proves; empty where it guards what others set.
        why: what goes wrong otherwise; ends every finding.
        source: where AWS says so; None where the runbook, or the grant table, is the source.
        compare: yields all comparisons, holding or not; no input, no output.
    """

    id: str
    title: str
    severity: Severity
    claims: tuple[type[Claim], ...]
    why: str
    source: Source | None
    compare: Compare

    def check(self, estate: Estate, runbook: Runbook) -> Iterator[Finding]:
        """Yields a finding for each comparison that does not hold."""
        for c in self.compare(estate, runbook):
            if not c.holds:
                claim, line = (c.claim.id, c.claim.line) if c.claim else (None, None)
                why = c.why or self.why
                yield Finding(c.resource, c.path, self.id, self.severity, c.expected, c.found, claim, line, why)


def rule(
    identity: str,
    title: str,
    severity: Severity,
    claims: tuple[type[Claim], ...],
    *,
    why: str,
    source: Source | None = None,
) -> Callable[[Compare], Rule]:
    """Declares a rule above the function that compares; see `Rule` for the arguments."""
    return lambda compare: Rule(identity, title, severity, claims, why, source, compare)
