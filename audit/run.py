"""One audit: look, look again at what differs, and judge by program and runbook."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from fnmatch import fnmatchcase
from time import monotonic, sleep

from audit.api import Account, UnreadableError
from audit.coverage import coverage
from audit.deploying import deploying, read_marker, undisturbed, unreadable_marker
from audit.judge import Context, judge
from audit.model import NO_ANSWERS, PROGRAM, Coverage, Drift, Overdue, Report, Run, Since, Status, Subject, Waiver
from audit.observe import Observation, Place, declared_places, discovered_places, observe
from audit.overdue import data_buckets, find_overdue
from audit.overdue import findings as overdue_findings
from audit.readers.all import KINDS
from audit.readers.iam import aliases_by_key, declared_aliases
from audit.remedies import severity
from audit.rules import observed_estate, with_claims
from audit.table import Kind
from audit.waivers import apply
from estate.errors import MendableError
from estate.hash import own_hash, with_own_hash
from estate.model import Estate
from estate.names import Names
from policies.runbook.reader import Runbook


class AuditError(MendableError):
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


@dataclass(frozen=True)
class _Seen:
    """What one look at the account showed."""

    observations: Sequence[Observation] = ()
    findings: Sequence[Drift] = ()
    overdue: tuple[Overdue, ...] = ()


def audit(
    account: Account,
    request: Request,
    progress: Progress,
    *,
    today: date,
    caller: str,
    pause: Callable[[float], None] = sleep,
) -> Report:
    """Audits an account that is known to be the right one (`runtime.caller.identify`).

    Args:
        account: where to look.
        request: what is declared, and what to compare.
        progress: called as it goes on.
        today: by which waivers and lifecycle rules are judged.
        caller: ARN of who asks.
        pause: sleeps so many seconds, while a deployment is under way.

    Raises:
        AuditError: the scope matches nothing.
    """
    began, started = monotonic(), datetime.now(UTC)
    compared = replace(request, estate=with_own_hash(request.estate))
    seen = _undisturbed(account, compared, progress, today, pause)
    run = Run(
        started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        round(monotonic() - began, 3),
        dict(sorted(account.calls.items())),
        account.retries,
        caller,
    )
    report = _report(request, seen, run, today)
    return replace(report, since=_since(report, request.since) if request.since else None)


def _report(request: Request, seen: _Seen, run: Run, today: date) -> Report:
    declared = request.estate
    marked, notes = apply(sorted(seen.findings, key=_order), request.waivers, today)
    return Report(
        stack=declared.stack,
        account=declared.account,
        region=declared.region,
        commit=request.commit,
        estate_hash=own_hash(request.estate),
        scope=request.scope,
        complete=not any(f.status in NO_ANSWERS for f in marked),
        incomplete_because=tuple(sorted({f.found for f in marked if f.status in NO_ANSWERS})),
        findings=marked,
        coverage=_coverage(request, seen.observations),
        overdue=seen.overdue,
        unused_waivers=notes,
        resources=dict(sorted(Counter(o.place.kind.type for o in seen.observations if o.place.declared).items())),
        run=run,
    )


def _undisturbed(
    account: Account, request: Request, progress: Progress, today: date, pause: Callable[[float], None]
) -> _Seen:
    """Looks at the account at a time when nothing is deployed to it, or says that there was none."""
    names = Names(request.estate.environment, request.estate.account, request.estate.region)
    if not any(r.properties.get("name") == names.deployment_opened for r in request.estate.resources):
        return _look(account, request, progress, today)
    seen: list[_Seen] = []

    def look() -> Drift | None:
        before = read_marker(account, names)
        if found := deploying(names, before, before):
            return found
        seen.append(_look(account.fresh() if seen else account, request, progress, today))
        return deploying(names, before, read_marker(account, names))

    try:
        disturbed = undisturbed(look, pause)
    except UnreadableError as error:
        unknown = unreadable_marker(names, str(error))
        last = seen[-1] if seen else _look(account, request, progress, today)
        return replace(last, findings=[*last.findings, unknown])
    return _Seen(findings=(disturbed,)) if disturbed else seen[-1]


def _look(account: Account, request: Request, progress: Progress, today: date) -> _Seen:
    """Reads and judges everything once, and a second time what differs."""
    declared = request.estate
    context = Context(declared, declared_aliases(declared), _aliases(account))
    found, unlisted = discovered_places(account, declared, request.kinds, KINDS)
    places = _in_scope([*declared_places(declared, request.kinds), *found], request.scope)
    observations = _look_twice(account, context, places, progress)
    judged = [j for o in observations for j in judge(o, context)]
    findings = [j.drift for j in judged]
    if request.scope is None:
        observed = observed_estate(context, observations)
        findings = list(with_claims(judged, context, observed, request.runbook))
    findings += [_unlisted(kind, unlisted[kind.type], context) for kind in request.kinds if kind.type in unlisted]
    buckets = [b for b in data_buckets(declared) if request.scope is None or fnmatchcase(b, request.scope)]
    backlog = find_overdue(account, declared, buckets if _whole_table(request) else (), today)
    return _Seen(observations, [*findings, *overdue_findings(backlog, declared)], backlog.overdue)


def _whole_table(request: Request) -> bool:
    return len(request.kinds) == len(KINDS)


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


def _unlisted(kind: Kind, answer: str, context: Context) -> Drift:
    subject = Subject(kind.type, "(any)", "(any)", "")
    permissions = ", ".join(sorted({action for c in kind.discovered_by for action, _ in c.rights}))
    return Drift(
        subject,
        Status.UNREADABLE,
        severity(subject, Status.UNREADABLE),
        "a list of what is there",
        answer,
        "What nothing declares could be there unseen.",
        None,
        None,
        PROGRAM,
        f"allow {permissions} in account {context.estate.account}, then audit again",
        "nothing: it has to be read",
    )


def _coverage(request: Request, observations: Sequence[Observation]) -> Coverage:
    unread = {(o.place.declared.name, path) for o in observations if o.place.declared for path in o.unreadable}
    counted = coverage(request.estate, request.kinds, frozenset(unread))
    return counted if observations else replace(counted, compared=0)


def _order(finding: Drift) -> tuple[int, str]:
    return ["critical", "high", "medium"].index(finding.severity), str(finding.subject)


def _since(report: Report, earlier: Report) -> Since:
    before = {f.id: str(f.subject) for f in earlier.findings}
    now = {f.id for f in report.findings}
    return Since(
        earlier.run.started,
        tuple(f.id for f in report.findings if f.id not in before),
        tuple(subject for key, subject in before.items() if key not in now),
    )
