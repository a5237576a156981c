"""The runbook's rules, applied to what is observed: the same as in tests and previews."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from audit.judge import Context, Judged
from audit.model import PROGRAM, Drift, Status, Subject
from audit.observe import Observation
from estate.model import Estate, Resource, estate
from estate.paths import mapped
from policies.finding import Finding, Spot
from policies.rules.all import check
from policies.runbook.reader import Runbook

RUNBOOK = "docs/runbook.md"


def observed_estate(context: Context, observations: Iterable[Observation]) -> Estate:
    """Puts each observed value in the place of the declared one; what is not read stays as declared.

    Keys keep the ids of the declared estate, and what only the account has comes under its physical name.
    """
    seen = dict(_observed(observation, context) for observation in observations)
    base = context.estate
    resources = [seen.get(r.key, r) for r in base.resources]
    known = {r.key for r in base.resources}
    extra = [r for key, r in seen.items() if key not in known]
    present = [r for r in (*resources, *extra) if r is not None]
    return estate(base.stack, base.environment, base.account, base.region, present)


def _observed(observation: Observation, context: Context) -> tuple[tuple[str, str], Resource | None]:
    """Returns a resource with its observed values, under its key; None where it is not there."""
    place, values = observation.place, observation.values
    kind, declared = place.kind, place.declared
    parts = dict(zip(kind.identity, place.physical.split("/"), strict=False))
    resource = declared or Resource(kind.type, place.physical, parts)
    if values is None:
        return resource.key, None
    taken = {k: _declared_ids(v, context) for k, v in values.items() if k not in kind.identity and v is not None}
    kept = {k: v for k, v in resource.properties.items() if k not in values or k in kind.identity}
    return resource.key, replace(resource, properties={**kept, **taken})


def _declared_ids(value: Any, context: Context) -> Any:
    """Gives the account's keys the ids that they have in the declared estate."""
    declared = {alias: key for key, alias in context.declared_keys.items()}
    pairs = [(key, declared[alias]) for key, alias in context.observed_keys.items() if alias in declared]

    def put(plain: Any) -> Any:
        if isinstance(plain, str):
            for observed, ours in pairs:
                plain = plain.replace(observed, ours)
        return plain

    return mapped(value, put)


def with_claims(judged: Sequence[Judged], context: Context, observed: Estate, runbook: Runbook) -> Iterator[Drift]:
    """Names on each difference the claim that it breaks, and adds what breaks a claim without being a difference."""
    broken = check(observed, runbook)
    attached: set[int] = set()
    for one in judged:
        about = [i for i, b in enumerate(broken) if _same_place(b, one)]
        attached.update(about)
        best = next((broken[i] for i in about if broken[i].claim), broken[about[0]] if about else None)
        yield _with_rule(one.drift, best) if best else one.drift
    if left := [b for i, b in enumerate(broken) if i not in attached]:
        declared = {_words(b) for b in check(context.estate, runbook)}
        for b in left:
            yield _rule_broken(b, context, also_declared=_words(b) in declared)


def _words(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.named, finding.property, finding.found


def _same_place(spot: Spot, judged: Judged) -> bool:
    """Says whether a finding is about the property that drifted, or one of them about the whole resource."""
    subject, about = judged.drift.subject, spot.resource
    if not isinstance(about, Resource) or about.key != (subject.type, subject.name):
        return False
    return not spot.path or not judged.path or spot.path[0] == judged.path[0]


def _with_rule(drift: Drift, broken: Finding) -> Drift:
    """Returns a drift with the rule that it breaks."""
    source = f"{RUNBOOK}:{broken.line}" if broken.line else drift.source
    why = broken.why or drift.why
    return replace(drift, claim=broken.claim, rule=broken.rule, source=source, severity=broken.severity, why=why)


def _rule_broken(broken: Finding, context: Context, *, also_declared: bool) -> Drift:
    """Returns what a rule finds where program and account agree, or where nothing is declared."""
    about, stack = broken.resource, context.estate.stack
    kind, where = (about.type, about.source) if isinstance(about, Resource) else (about.kind, "")
    where = where or PROGRAM
    program = "The program declares it so: change the program or the runbook." if also_declared else ""
    return Drift(
        subject=Subject(kind, about.name, about.name, broken.property),
        status=Status.CHANGED,
        severity=broken.severity,
        expected=broken.expected,
        found=broken.found,
        why=f"{broken.why} {program}".strip(),
        claim=broken.claim,
        rule=broken.rule,
        source=f"{RUNBOOK}:{broken.line}" if broken.line else where,
        put_back=f"pulumi refresh --stack {stack} --yes && pulumi up --stack {stack}",
        accept=f"change the claim in {RUNBOOK}:{broken.line}" if broken.line else f"change {where}",
    )
