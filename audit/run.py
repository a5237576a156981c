"""One audit: look, look again at what differs, and judge by program and runbook."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from hashlib import sha256
from time import monotonic

from audit.api import Account, UnreadableError
from audit.coverage import coverage
from audit.judge import Context, judge
from audit.model import Coverage, Finding, Report, Run, Since, Status, Subject, Waiver
from audit.observe import Observation, Place, declared_places, discovered_places, observe
from audit.readers.all import KINDS
from audit.readers.iam import aliases_by_key, declared_aliases
from audit.remedies import severity
from audit.rules import observed_estate, with_claims
from audit.table import Kind
from audit.waivers import apply
from policies.estate import Estate
from policies.runbook import Runbook


class AuditError(Exception):
    """There is no trustworthy answer; the message says why and what to do."""


@dataclass(frozen=True)
class Request:
    """What to audit.

    Attributes:
        estate: what the program declares, settings files included.
        runbook: its claims.
        commit: where both come from.
        waivers: of the project.
        scope: glob over `Type name` and physical names, or None for everything.
        since: an earlier report to compare with, or None.
        kinds: which rows of the table to compare; all of them, but for tests.
    """

    estate: Estate
    runbook: Runbook
    commit: str
    waivers: tuple[Waiver, ...] = ()
    scope: str | None = None
    since: Report | None = None
    kinds: tuple[Kind, ...] = KINDS


Progress = Callable[[int, int], None]
"""Called with how many resources were read, of how many."""


def audit(account: Account, request: Request, progress: Progress, *, today: date, caller: str) -> Report:
    """Audits an account that is known to be the right one (`audit.caller.identify`).

    Raises:
        AuditError: the scope matches nothing.
    """
    began, started = monotonic(), datetime.now(UTC)
    context = Context(request.estate, declared_aliases(request.estate), _aliases(account))
    declared = declared_places(request.estate, request.kinds)
    found, unlisted = discovered_places(account, request.estate, request.kinds, KINDS)
    places = _in_scope([*declared, *found], request.scope)
    observations = _look_twice(account, context, places, progress)
    findings = [f for o in observations for f in judge(o, context)]
    findings += [_unlisted(kind, unlisted[kind.type], context) for kind in request.kinds if kind.type in unlisted]
    if request.scope is None:
        observed = observed_estate(context, observations)
        findings = list(with_claims(findings, context, observed, request.runbook))
    marked, notes = apply(sorted(findings, key=_order), request.waivers, today)
    report = Report(
        stack=request.estate.stack,
        account=request.estate.account,
        region=request.estate.region,
        commit=request.commit,
        estate_hash=sha256(request.estate.to_json().encode()).hexdigest(),
        scope=request.scope,
        complete=not any(f.status is Status.UNREADABLE for f in marked),
        incomplete_because=tuple(sorted({f.found for f in marked if f.status is Status.UNREADABLE})),
        findings=marked,
        coverage=_coverage(request, observations),
        overdue=(),
        unused_waivers=notes,
        resources=dict(sorted(Counter(o.place.kind.type for o in observations if o.place.declared).items())),
        run=Run(
            started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            round(monotonic() - began, 3),
            dict(sorted(account.calls.items())),
            account.retries,
            caller,
        ),
    )
    return replace(report, since=_since(report, request.since) if request.since else None)


def _aliases(account: Account) -> dict[str, str]:
    try:
        return aliases_by_key(account)
    except UnreadableError:
        return {}  # each key that can't be named is then a finding of its own


def _in_scope(places: list[Place], scope: str | None) -> list[Place]:
    if scope is None:
        return places
    kept = [p for p in places if fnmatchcase(p.physical, scope) or (p.declared and fnmatchcase(str(p.declared), scope))]
    if not kept:
        raise AuditError(f"the scope {scope} matches no resource; try a bucket's name, or 'Bucket *'")
    return kept


def _look_twice(account: Account, context: Context, places: Sequence[Place], progress: Progress) -> list[Observation]:
    """Reads everything, and what differs a second time: only what is still different then is told."""
    done = Counter[str]()

    def tick() -> None:
        done["read"] += 1
        progress(done["read"], len(places))

    first = observe(account, places, tick)
    doubtful = [i for i, o in enumerate(first) if any(True for _ in judge(o, context))]
    second = observe(account.fresh(), [first[i].place for i in doubtful], lambda: None)
    confirmed = dict(zip(doubtful, second, strict=True))
    return [confirmed.get(i, o) for i, o in enumerate(first)]


def _unlisted(kind: Kind, answer: str, context: Context) -> Finding:
    subject = Subject(kind.type, "(any)", "(any)", "")
    permissions = ", ".join(sorted({c.permission for c in kind.discovered_by}))
    return Finding(
        subject,
        Status.UNREADABLE,
        severity(subject, Status.UNREADABLE),
        "a list of what is there",
        answer,
        "What nothing declares could be there unseen.",
        None,
        None,
        "__main__.py:1",
        f"allow {permissions} in account {context.estate.account}, then audit again",
        "nothing: it has to be read",
    )


def _coverage(request: Request, observations: Sequence[Observation]) -> Coverage:
    unread = {(o.place.declared.name, path) for o in observations if o.place.declared for path in o.unreadable}
    return coverage(request.estate, request.kinds, frozenset(unread))


def _order(finding: Finding) -> tuple[int, str]:
    return ["critical", "high", "medium"].index(finding.severity), str(finding.subject)


def _since(report: Report, earlier: Report) -> Since:
    before = {f.id: str(f.subject) for f in earlier.findings}
    now = {f.id for f in report.findings}
    return Since(
        earlier.run.started,
        tuple(f.id for f in report.findings if f.id not in before),
        tuple(subject for key, subject in before.items() if key not in now),
    )
