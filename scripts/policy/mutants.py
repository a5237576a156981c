"""Mutants: the runbook with one token changed, and an estate with one leaf changed that a claim speaks of.

A rule that does not notice a mutant proves nothing about that token or leaf.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from estate.model import Estate, Resource
from estate.views import named
from policies.finding import Finding, Rule
from policies.rules.all import RULES, judge
from policies.rules.comparison import ABSENT, COMPARISONS, Comparison
from policies.runbook.cells import BUCKETS
from policies.runbook.claims import AfterDays, Claim, LifecycleClaim, OnRetentionExpiry, Transition
from policies.runbook.reader import Runbook, parse_runbook, render
from policies.runbook.tables import BY_CLAIM
from scripts.policy.leaves import Leaf, changed, leaves, removed, widened
from semantics.lifecycle.storage_classes import StorageClass


@dataclass(frozen=True)
class Mutant:
    """One mutant.

    Attributes:
        claim: the claim that must notice it.
        resource: the document, or the mutated resource as findings name it.
        property: what was mutated, as findings spell it.
        change: what was done, in words.
        caught: whether a finding names the claim's line and this place.
    """

    claim: Claim
    resource: str
    property: str
    change: str
    caught: bool

    def __str__(self) -> str:
        return f"{self.claim.id} (line {self.claim.line}): {self.resource} {self.property}: {self.change}"


def rules_of(claim: Claim) -> list[Rule]:
    """Lists the rules that prove a claim."""
    return [r for r in RULES if claim.kind in r.claims]


def _findings(rules: Iterable[Rule], estates: Iterable[Estate], runbook: Runbook) -> list[Finding]:
    return [f for e in estates for r in rules for f in judge(r, e, runbook)]


# The document


def document_mutants(runbook: Runbook, estates: Sequence[Estate]) -> Iterator[Mutant]:
    """Changes every token of every claim to other readable ones."""
    for claim in runbook.claims:
        rules = rules_of(claim)
        before = {_spot(f) for f in _comparisons(claim, estates, runbook)}
        for field, other in _others(claim):
            mutated = _instead(runbook, claim, other)
            if mutated is None:
                continue
            new = [f for f in _findings(rules, estates, mutated) if f.line == claim.line and _spot(f) not in before]
            yield Mutant(claim, runbook.path, field, f"{render(claim)} → {render(other)}", bool(new))


def _spot(of: Comparison | Finding) -> tuple[str, str, str, str]:
    return of.resource, of.property, of.expected, of.found


def _comparisons(claim: Claim, estates: Iterable[Estate], runbook: Runbook) -> Iterator[Comparison]:
    for estate in estates:
        for rule in rules_of(claim):
            yield from (c for c in COMPARISONS[rule.id](estate, runbook) if c.claim == claim)


def _instead(runbook: Runbook, claim: Claim, other: Claim) -> Runbook | None:
    """Returns the runbook with a claim's line as another one, or None where nobody could merge that: a line twice."""
    table = BY_CLAIM.get(type(claim))
    header = f"| {' | '.join(table.header)} |\n|{'---|' * len(table.header)}\n" if table else ""
    (read,) = parse_runbook(header + render(other)).claims
    if read.id in {c.id for c in runbook.claims if c is not claim}:
        return None
    placed = replace(read, line=claim.line, column=claim.column)
    return replace(runbook, claims=tuple(placed if c is claim else c for c in runbook.claims))


def _others(claim: Claim) -> Iterator[tuple[str, Claim]]:
    if isinstance(claim, LifecycleClaim):
        yield from _other_chains(claim)
        return
    for column in BY_CLAIM[type(claim)].columns:
        for value in column.cell.others(getattr(claim, column.field)):
            yield column.field, replace(claim, **{column.field: value})


def _other_chains(claim: LifecycleClaim) -> Iterator[tuple[str, LifecycleClaim]]:
    for buckets in BUCKETS.others(claim.buckets):
        yield "buckets", replace(claim, buckets=buckets)
    yield "start", replace(claim, start=StorageClass.STANDARD_IA)
    for index, t in enumerate(claim.transitions):
        kept = (claim.transitions[:index], claim.transitions[index + 1 :])
        for other in (Transition(t.storage_class, t.days + 1), Transition(StorageClass.GLACIER_IR, t.days)):
            yield f"transitions[{index}]", replace(claim, transitions=(*kept[0], other, *kept[1]))
        yield f"transitions[{index}]", replace(claim, transitions=(*kept[0], *kept[1]))
    if isinstance(claim.end, AfterDays):
        yield "end", replace(claim, end=AfterDays(claim.end.days + 1))
    yield "end", replace(claim, end=AfterDays(1) if isinstance(claim.end, OnRetentionExpiry) else None)


# The graph


@dataclass(frozen=True)
class Spoken:
    """A leaf, or with `leaf` None a whole resource, and the claims that speak of it."""

    resource: Resource
    leaf: Leaf | None
    claims: tuple[Claim, ...]


def spoken(estate: Estate, runbook: Runbook) -> list[Spoken]:
    """Lists what the claims speak of in an estate: every resource they compare, and its leaves within their scope."""
    by_name = {named(r): r for r in estate.resources}
    scopes: dict[str, dict[Claim, set[str]]] = {}
    for claim in runbook.claims:
        for c in _comparisons(claim, [estate], runbook):
            if c.resource in by_name and c.scope is not None:
                scopes.setdefault(c.resource, {}).setdefault(claim, set()).add(c.scope)
    found: list[Spoken] = []
    for name, claims in scopes.items():
        found.append(Spoken(by_name[name], None, tuple(claims)))
        for leaf in leaves(by_name[name].properties):
            speaking = [c for c, wanted in claims.items() if any(_within(leaf.spelled, s) for s in wanted)]
            if speaking:
                found.append(Spoken(by_name[name], leaf, tuple(speaking)))
    return found


def _within(path: str, scope: str) -> bool:
    return not scope or path == scope or path.startswith((f"{scope}.", f"{scope}["))


Change = Callable[[Resource, Leaf], Resource]
CHANGES: Mapping[str, Change] = {"changed": changed, "removed": removed, "widened": widened}
WIDENED = re.compile(r"policy\.Statement\[\d+\]\.Action\[\d+\]")
"""The leaves that are widened, `s3:DeleteObject` to `s3:*`."""


def graph_mutants(estate: Estate, runbook: Runbook) -> Iterator[Mutant]:
    """Changes and removes every leaf, and removes every resource, that a claim speaks of."""
    for s in spoken(estate, runbook):
        others = tuple(r for r in estate.resources if r is not s.resource)
        if s.leaf is None:
            yield _judged(estate, runbook, s, others, "removed")
            continue
        for words, change in CHANGES.items():
            if change is widened and (not WIDENED.fullmatch(s.leaf.spelled) or str(s.leaf.value).endswith("*")):
                continue
            yield _judged(estate, runbook, s, (*others, change(s.resource, s.leaf)), words)


def _judged(estate: Estate, runbook: Runbook, s: Spoken, resources: tuple[Resource, ...], words: str) -> Mutant:
    mutated = replace(estate, resources=tuple(sorted(resources, key=lambda r: (r.type, r.name))))
    rules = list({r.id: r for c in s.claims for r in rules_of(c)}.values())
    findings = _findings(rules, [mutated], runbook)
    by_line = {c.line: c for c in s.claims}
    catching = next((by_line[f.line] for f in findings if f.line in by_line and _names(f, s)), None)
    place = s.leaf.spelled if s.leaf else "(itself)"
    stack = f"{words} in {estate.stack}"
    return Mutant(catching or s.claims[0], named(s.resource), place, stack, catching is not None)


def _names(finding: Finding, s: Spoken) -> bool:
    """Says whether a finding names the mutated place, or that what went by the mutated name is gone."""
    if s.leaf is None:
        return finding.found == ABSENT
    if finding.resource == named(s.resource):
        return _within(finding.property, s.leaf.spelled) or _within(s.leaf.spelled, finding.property)
    bound = isinstance(s.leaf.value, str) and s.leaf.value in f"{finding.expected} {finding.resource}"
    return finding.found == ABSENT and bound
