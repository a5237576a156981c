"""What an audit finds out, in one frozen vocabulary that every report renders."""

import hashlib
import json
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Any

from policies.finding import Severity


class Status(StrEnum):
    """What a comparison of one property, or of a whole resource, came to."""

    IN_SYNC = "in_sync"
    CHANGED = "changed"
    MISSING = "missing"
    UNMANAGED = "unmanaged"
    UNREADABLE = "unreadable"
    DEPLOYING = "deploying"


NO_ANSWERS = (Status.UNREADABLE, Status.DEPLOYING)
"""What is no drift, and no answer either."""


PROGRAM = "__main__.py:1"
"""Source of what no line declares."""


class Exit(IntFlag):
    """Exit code of the audit, a mask: 0 in sync and complete."""

    CLEAN = 0
    NO_ANSWER = 1
    DRIFT = 2


@dataclass(frozen=True)
class Subject:
    """The thing a drift is about.

    Attributes:
        type: Pulumi type token, as `aws:s3/bucket:Bucket`.
        name: logical name in the program, or the physical name of what nothing declares.
        physical: what the account calls it: bucket name, role name, ARN.
        property: dotted path below the resource, as `rules[exports].expiration.days`; empty for the whole resource.
    """

    type: str
    name: str
    physical: str
    property: str = ""

    def __str__(self) -> str:
        kind = self.type.rsplit(":", 1)[-1]
        return f"{kind} {self.physical}" + (f" {self.property}" if self.property else "")


@dataclass(frozen=True)
class Actor:
    """Who CloudTrail says changed a resource last, and when (ISO 8601, UTC)."""

    name: str
    event: str
    time: str


@dataclass(frozen=True)
class Waiver:
    """A finding that somebody answers for until a day.

    Attributes:
        type, physical, property, status, found: exactly those of the finding; a further change reopens it.
        reason, owner: for people.
        expires: ISO date, at most 90 days after the waiver was written.
    """

    type: str
    physical: str
    property: str
    status: Status
    found: str
    reason: str
    owner: str
    created: str
    expires: str


@dataclass(frozen=True)
class Drift:
    """One difference between what is declared (or claimed) and what is there.

    Attributes:
        subject: what it is about.
        status: never IN_SYNC.
        severity: of the runbook's rule, or of the kind of property.
        expected: canonical JSON text of the declared value, or a rule's words; `ABSENT` where nothing is declared.
        found: the same of the observed value; secrets only as scheme and host.
        why: one sentence on what goes wrong if it stays.
        claim: id of the runbook claim it breaks, or None.
        rule: id of the rule that reports it, or None where program and account merely differ.
        source: `file:line` that declares the expected value: the runbook's or the component's.
        put_back: the command that restores what is declared.
        accept: the change to the program or runbook that would accept what was found.
        waiver: the waiver in force, or None.
        actor: who did it, where that was asked for and known.
    """

    subject: Subject
    status: Status
    severity: Severity
    expected: str
    found: str
    why: str
    claim: str | None
    rule: str | None
    source: str
    put_back: str
    accept: str
    waiver: Waiver | None = None
    actor: Actor | None = None

    @property
    def id(self) -> str:
        """Stays the same while the same property of the same resource is off: 10 hex digits."""
        return _digest(self.subject.type, self.subject.physical, self.subject.property, self.status, self.rule or "")

    @property
    def fingerprint(self) -> str:
        """Changes with the values: a waiver holds for one fingerprint."""
        return _digest(self.id, self.expected, self.found)


@dataclass(frozen=True)
class Exemption:
    """A declared input path that is not compared, and why. It lowers coverage.

    Attributes:
        type: Pulumi type token.
        path: dotted path without list indexes.
        reason: one sentence.
        count: how many declared values it stands for in this stack.
    """

    type: str
    path: str
    reason: str
    count: int


@dataclass(frozen=True)
class Coverage:
    """Input paths of the program's graph that were compared, of all of them."""

    compared: int
    declared: int
    exempt: tuple[Exemption, ...]

    @property
    def share(self) -> float:
        """Between 0 and 1; 1 where nothing is declared."""
        return self.compared / self.declared if self.declared else 1.0


@dataclass(frozen=True)
class Overdue:
    """Objects that a lifecycle rule should have moved or deleted two days ago or earlier.

    Attributes:
        bucket, rule: which; `rule` is the lifecycle rule's id.
        objects, bytes: how many and how large together. Held ones do not count, nor, where a transition is overdue,
            those under 128 KB.
        oldest: ISO 8601 day of the oldest one's last change, or None.
        complete: False where a bounded listing stopped early: the counts are then "at least".
    """

    bucket: str
    rule: str
    objects: int
    bytes: int
    oldest: str | None
    complete: bool


@dataclass(frozen=True)
class Run:
    """What may differ between two audits of the same account; kept apart so that the rest compares byte by byte.

    Attributes:
        started: ISO 8601, UTC.
        seconds: wall time.
        calls: API calls by `service:Operation`.
        retries: throttled or failed calls that were repeated.
        caller: ARN of the identity that read the account.
    """

    started: str
    seconds: float
    calls: dict[str, int]
    retries: int
    caller: str


@dataclass(frozen=True)
class Since:
    """What changed since an earlier report.

    Attributes:
        started: when that one was made.
        new: ids of findings it did not have.
        resolved: the subjects it had and this one has not, as sentences parts.
    """

    started: str
    new: tuple[str, ...]
    resolved: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """One audit.

    Attributes:
        stack, account, region: what was audited.
        commit: of the program, or `uncommitted changes on <commit>`.
        estate_hash: SHA-256 of the declared estate.
        scope: the glob a scoped run was limited to, or None.
        complete: False where something was unreadable or the estate was being deployed.
        incomplete_because: one sentence each.
        findings: most severe first, then by subject; waived ones included.
        coverage: see there.
        overdue: one entry a bucket and rule.
        unused_waivers: waivers that met no finding, and those expired, each as a sentence.
        resources: how many were compared, by Pulumi type token.
        since: the comparison with an earlier report, or None.
        run: see there.
    """

    stack: str
    account: str
    region: str
    commit: str
    estate_hash: str
    scope: str | None
    complete: bool
    incomplete_because: tuple[str, ...]
    findings: tuple[Drift, ...]
    coverage: Coverage
    overdue: tuple[Overdue, ...]
    unused_waivers: tuple[str, ...]
    resources: dict[str, int]
    run: Run
    since: Since | None = None

    @property
    def drift(self) -> tuple[Drift, ...]:
        """What counts: changed, missing or unmanaged, and not waived."""
        return tuple(f for f in self.findings if f.status not in NO_ANSWERS and f.waiver is None)

    @property
    def exit(self) -> Exit:
        """Two bits: drift, and no trustworthy answer."""
        drift = Exit.DRIFT if self.drift else Exit.CLEAN
        return drift | (Exit.CLEAN if self.complete else Exit.NO_ANSWER)

    @property
    def outcome(self) -> str:
        """`in_sync`, `drift`, `incomplete` or `drift_and_incomplete`."""
        return {0: "in_sync", 1: "incomplete", 2: "drift", 3: "drift_and_incomplete"}[int(self.exit)]


def canonical(value: Any) -> str:
    """Writes a value so that equal values are equal text: sorted keys, no spaces, Unicode kept."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:10]
