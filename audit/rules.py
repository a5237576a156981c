"""The runbook's rules, applied to what is observed: the same as in tests and previews."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from audit.judge import Context
from audit.model import Finding, Status, Subject
from audit.observe import Observation
from estate.model import Estate, Resource, estate
from policies.finding import Finding as Broken
from policies.rules.all import check
from policies.runbook.reader import Runbook

RUNBOOK = "docs/runbook.md"


def observed_estate(context: Context, observations: Iterable[Observation]) -> Estate:
    """The declared estate with each value replaced by the one observed; what is not read stays as declared.

    Keys keep the ids of the declared estate, and what only the account has comes under its physical name.
    """
    seen: dict[tuple[str, str], Resource | None] = {}
    for observation in observations:
        declared, values = observation.place.declared, observation.values
        kind = observation.place.kind
        name = declared.name if declared else observation.place.physical
        if values is None:
            seen[kind.type, name] = None
            continue
        ids = _made_up_ids(context)
        taken = {k: _with_ids(v, ids) for k, v in values.items() if k not in kind.identity and v is not None}
        parts = dict(zip(kind.identity, observation.place.physical.split("/"), strict=False))
        before = declared.properties if declared else parts
        kept = {k: v for k, v in before.items() if k not in values or k in kind.identity}
        seen[kind.type, name] = replace(declared or Resource(kind.type, name), properties={**kept, **taken})
    base = context.estate
    resources = [seen.get((r.type, r.name), r) for r in base.resources]
    known = {(r.type, r.name) for r in base.resources}
    extra = [r for key, r in seen.items() if key not in known]
    present = [r for r in (*resources, *extra) if r is not None]
    return estate(base.stack, base.environment, base.account, base.region, present)


def _made_up_ids(context: Context) -> dict[str, str]:
    made_up = {alias: key for key, alias in context.declared_keys.items()}
    return {key: made_up[alias] for key, alias in context.observed_keys.items() if alias in made_up}


def _with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for real, made_up in ids.items():
            value = value.replace(real, made_up)
        return value
    if isinstance(value, dict):
        return {k: _with_ids(v, ids) for k, v in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_with_ids(v, ids) for v in cast("list[Any]", value)]
    return value


def with_claims(findings: Sequence[Finding], context: Context, observed: Estate, runbook: Runbook) -> Iterator[Finding]:
    """Names on each difference the claim that it breaks, and adds what breaks a claim without being a difference."""
    broken = check(observed, runbook)
    attached: set[int] = set()
    for finding in findings:
        about = [i for i, b in enumerate(broken) if _same_place(b, finding)]
        attached.update(about)
        best = next((broken[i] for i in about if broken[i].claim), broken[about[0]] if about else None)
        yield _naming(finding, best) if best else finding
    if left := [b for i, b in enumerate(broken) if i not in attached]:
        declared = {(b.rule, b.resource, b.property, b.found) for b in check(context.estate, runbook)}
        for b in left:
            yield _by_rule(b, context, also_declared=(b.rule, b.resource, b.property, b.found) in declared)


def _same_place(broken: Broken, finding: Finding) -> bool:
    if broken.resource != _spoken(finding.subject.type, finding.subject.name):
        return False
    tops = [re.split(r"[.\[]", path, maxsplit=1)[0] for path in (broken.property, finding.subject.property)]
    return tops[0] == tops[1] or "" in tops


def _spoken(kind: str, name: str) -> str:
    """A resource as rules speak of it: `s3/bucket author-exports`."""
    return f"{kind.split(':')[1] if ':' in kind else kind} {name}"


def _naming(finding: Finding, broken: Broken) -> Finding:
    source = f"{RUNBOOK}:{broken.line}" if broken.line else finding.source
    why = broken.why or finding.why
    return replace(finding, claim=broken.claim, rule=broken.rule, source=source, severity=broken.severity, why=why)


def _by_rule(broken: Broken, context: Context, *, also_declared: bool) -> Finding:
    name = broken.resource.partition(" ")[2] or broken.resource
    resource = next((r for r in context.estate.resources if _spoken(r.type, r.name) == broken.resource), None)
    kind = resource.type if resource else broken.resource
    where = resource.source if resource else "__main__.py:1"
    program = "The program declares it so: change the program or the runbook." if also_declared else ""
    return Finding(
        subject=Subject(kind, name, name, broken.property),
        status=Status.CHANGED,
        severity=broken.severity,
        expected=broken.expected,
        found=broken.found,
        why=f"{broken.why} {program}".strip(),
        claim=broken.claim,
        rule=broken.rule,
        source=f"{RUNBOOK}:{broken.line}" if broken.line else where,
        put_back=f"pulumi refresh --stack {context.estate.stack} --yes && pulumi up --stack {context.estate.stack}",
        accept=f"change the claim in {RUNBOOK}:{broken.line}" if broken.line else f"change {where}",
    )
