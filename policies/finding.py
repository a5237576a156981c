"""What a rule is and what it reports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from estate.model import Estate

if TYPE_CHECKING:
    from policies.runbook.reader import Runbook


class Severity(StrEnum):
    """How much a finding matters: `critical` loses data or opens it, `high` breaks a claim, `medium` hides one."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"


@dataclass(frozen=True)
class Finding:
    """One disagreement, in words a reviewer understands.

    Attributes:
        rule: id of the rule that reports it.
        severity: the rule's.
        resource: type and logical name, as `s3/bucketLifecycleConfiguration author-exports-lifecycle`.
        property: dotted path of the property, as `rules[exports-expire].expiration.days`.
        expected: what the runbook (or AWS) asks for.
        found: what is declared or observed; `(absent)` where nothing is.
        claim: id of the runbook claim, or None where AWS itself sets the limit.
        line: the claim's line in the runbook, or None.
        why: one sentence on what goes wrong if it stays.
    """

    rule: str
    severity: Severity
    resource: str
    property: str
    expected: str
    found: str
    claim: str | None = None
    line: int | None = None
    why: str = ""

    def __str__(self) -> str:
        source = f" (runbook line {self.line}: {self.claim})" if self.claim else ""
        why = f" {self.why}" if self.why else ""
        return f"{self.rule}: {self.resource}: {self.property} is {self.found}, expected {self.expected}{source}.{why}"


@dataclass(frozen=True)
class Rule:
    """A rule is data: what it proves, how much it matters, and a pure check.

    Attributes:
        id: short and stable, as `lifecycle-matches`.
        title: one sentence in the runbook's voice.
        severity: of its findings.
        claims: the kinds of claim it proves, as `lifecycle`; empty where it guards an AWS limit.
        check: compares; no input, no output.
    """

    id: str
    title: str
    severity: Severity
    claims: tuple[str, ...]
    check: "Callable[[Estate, Runbook], Iterable[Finding]]"
