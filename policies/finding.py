"""What a rule reports: where something stands, what is asked for, and what stands there."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from estate.model import Resource
from estate.paths import Path, spelled
from estate.views import named


class Severity(StrEnum):
    """How much a finding matters: `critical` loses data or opens it, `high` breaks a claim, `medium` hides one."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"


@dataclass(frozen=True)
class Entry:
    """What a finding is about where that is no resource.

    Attributes:
        kind: a `row` of the runbook, the `document` itself, a `principal` of the grant table, or a `rule`.
        name: which.
        document: that a row stands in, as `docs/runbook.md`.
    """

    kind: Literal["row", "document", "principal", "rule"]
    name: str
    document: str = ""

    def __str__(self) -> str:
        if self.kind in ("document", "principal"):
            return self.name
        return f"{self.document} {self.kind} {self.name}".lstrip()


@dataclass(frozen=True)
class Spot:
    """Where something stands.

    Attributes:
        resource: what it is about; where nothing of that type and name is declared, one without properties.
        path: of the property.
    """

    resource: Resource | Entry
    path: Path

    @property
    def named(self) -> str:
        """The resource in words, as `s3/bucketLifecycleConfiguration author-exports-lifecycle`."""
        return named(self.resource) if isinstance(self.resource, Resource) else str(self.resource)

    @property
    def property(self) -> str:
        """The path in words, as `rules[exports-expire].expiration.days`."""
        return spelled(self.path)


@dataclass(frozen=True)
class Finding(Spot):
    """One disagreement, in words a reviewer understands.

    Attributes:
        rule: id of the rule that reports it.
        severity: the rule's.
        expected: what the runbook (or AWS) asks for.
        found: what is declared or observed; `ABSENT` where nothing is.
        claim: id of the runbook claim, or None where AWS itself sets the limit.
        line: the claim's line in the runbook, or None.
        why: one sentence on what goes wrong if it stays.
    """

    rule: str
    severity: Severity
    expected: str
    found: str
    claim: str | None = None
    line: int | None = None
    why: str = ""

    def __str__(self) -> str:
        source = f" (runbook line {self.line}: {self.claim})" if self.claim else ""
        why = f" {self.why}" if self.why else ""
        return f"{self.rule}: {self.named}: {self.property} is {self.found}, expected {self.expected}{source}.{why}"
