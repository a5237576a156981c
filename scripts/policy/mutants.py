"""Mutants: the runbook with one token changed, and an estate with one leaf changed that a claim speaks of.

A rule that does not notice a mutant proves nothing about that token or leaf.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from estate.model import Estate, Resource
from estate.paths import Path, at, keys, leaves, spelled, within
from estate.views import named
from policies.comparison import Comparison
from policies.finding import Finding
from policies.rule import Rule
from policies.rules.all import RULES, judge
from policies.runbook.cells import BUCKETS
from policies.runbook.claims import Claim, LifecycleClaim
from policies.runbook.reader import Runbook, parse_runbook, render
from policies.runbook.tables import BY_CLAIM
from policies.runbook.values import AfterDays, Move, OnRetentionExpiry
from scripts.policy.edits import changed, removed, widened
from semantics.lifecycle.storage_classes import StorageClass
from semantics.words import ABSENT


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
    return [r for r in RULES if type(claim) in r.claims]


def _findings(rules: Iterable[Rule], estates: Iterable[Estate], runbook: Runbook) -> list[Finding]:
    return [f for e in estates for r in rules for f in judge(r, e, runbook)]


# The document


def document_mutants(runbook: Runbook, estates: Sequence[Estate]) -> Iterator[Mutant]:
    """Changes every token of every claim to other readable ones, and an environment to each of the estates' too."""
    environments = [e.environment for e in estates]
    for claim in runbook.claims:
        rules = rules_of(claim)
        before = {_spot(f) for f in _comparisons(claim, estates, runbook)}
        for field, other in _others(claim, environments):
            mutated = _instead(runbook, claim, other)
            if mutated is None:
                continue
            new = [f for f in _findings(rules, estates, mutated) if f.line == claim.line and _spot(f) not in before]
            yield Mutant(claim, runbook.path, field, f"{render(claim)} → {render(other)}", bool(new))


def _spot(of: Comparison | Finding) -> tuple[str, str, str, str]:
    return of.named, of.property, of.expected, of.found


def _comparisons(claim: Claim, estates: Iterable[Estate], runbook: Runbook) -> Iterator[Comparison]:
    for estate in estates:
        for rule in rules_of(claim):
            yield from (c for c in rule.compare(estate, runbook) if c.claim == claim)


def _instead(runbook: Runbook, claim: Claim, other: Claim) -> Runbook | None:
    """Returns the runbook with a claim's line as another one, or None where nobody could merge that: a line twice."""
    table = BY_CLAIM.get(type(claim))
    header = f"| {' | '.join(table.header)} |\n|{'---|' * len(table.header)}\n" if table else ""
    (read,) = parse_runbook(header + render(other)).claims
    if read.id in {c.id for c in runbook.claims if c is not claim}:
        return None
    placed = replace(read, line=claim.line, column=claim.column)
    return replace(runbook, claims=tuple(placed if c is claim else c for c in runbook.claims))


def _others(claim: Claim, environments: Sequence[str]) -> Iterator[tuple[str, Claim]]:
    if isinstance(claim, LifecycleClaim):
        yield from _other_chains(claim)
        return
    for field, column in BY_CLAIM[type(claim)].columns.items():
        old = getattr(claim, field)
        others = [e for e in environments if e != old] if field == "environment" else []
        for value in (*column.cell.others(old), *others):
            yield field, replace(claim, **{field: value})


def _other_chains(claim: LifecycleClaim) -> Iterator[tuple[str, LifecycleClaim]]:
    for buckets in BUCKETS.others(claim.buckets):
        yield "buckets", replace(claim, buckets=buckets)
    yield "start", replace(claim, start=StorageClass.STANDARD_IA)
    for index, move in enumerate(claim.moves):
        kept = (claim.moves[:index], claim.moves[index + 1 :])
        for other in (Move(move.storage_class, move.days + 1), Move(StorageClass.GLACIER_IR, move.days)):
            yield f"moves[{index}]", replace(claim, moves=(*kept[0], other, *kept[1]))
        yield f"moves[{index}]", replace(claim, moves=(*kept[0], *kept[1]))
    if isinstance(claim.end, AfterDays):
        yield "end", replace(claim, end=AfterDays(claim.end.days + 1))
    yield "end", replace(claim, end=AfterDays(1) if isinstance(claim.end, OnRetentionExpiry) else None)


# The graph


@dataclass(frozen=True)
class Spoken:
    """A leaf of a resource, or with `leaf` None the whole of it, and the claims that speak of it."""

    resource: Resource
    leaf: Path | None
    claims: tuple[Claim, ...]

    @property
    def value(self) -> object:
        """What stands at the leaf."""
        return at(self.resource.properties, *self.leaf or ())


def spoken(estate: Estate, runbook: Runbook) -> list[Spoken]:
    """Lists what the claims speak of in an estate: every resource they compare, and its leaves within their scope."""
    declared = {r.key: r for r in estate.resources}
    scopes: dict[tuple[str, str], dict[Claim, set[Path]]] = {}
    for claim in runbook.claims:
        for c in _comparisons(claim, [estate], runbook):
            if isinstance(c.resource, Resource) and c.resource.key in declared and c.scope is not None:
                scopes.setdefault(c.resource.key, {}).setdefault(claim, set()).add(c.scope)
    found: list[Spoken] = []
    for key, claims in scopes.items():
        resource = declared[key]
        found.append(Spoken(resource, None, tuple(claims)))
        for leaf, _ in leaves(resource.properties):
            speaking = [c for c, wanted in claims.items() if any(within(leaf, s) for s in wanted)]
            if speaking:
                found.append(Spoken(resource, leaf, tuple(speaking)))
    return found


Change = Callable[[Resource, Path], Resource]
CHANGES: Mapping[str, Change] = {"changed": changed, "removed": removed, "widened": widened}
WIDENED = ("policy", "Statement", "Action")
"""Where the leaves stand that are widened, `s3:DeleteObject` to `s3:*`."""


def graph_mutants(estate: Estate, runbook: Runbook) -> Iterator[Mutant]:
    """Changes and removes every leaf, and removes every resource, that a claim speaks of."""
    for s in spoken(estate, runbook):
        others = tuple(r for r in estate.resources if r is not s.resource)
        if s.leaf is None:
            yield _judged(estate, runbook, s, others, "removed")
            continue
        for words, change in CHANGES.items():
            if change is widened and (keys(s.leaf) != WIDENED or str(s.value).endswith("*")):
                continue
            yield _judged(estate, runbook, s, (*others, change(s.resource, s.leaf)), words)


def _judged(estate: Estate, runbook: Runbook, s: Spoken, resources: tuple[Resource, ...], words: str) -> Mutant:
    mutated = replace(estate, resources=tuple(sorted(resources, key=lambda r: r.key)))
    rules = list({r.id: r for c in s.claims for r in rules_of(c)}.values())
    findings = _findings(rules, [mutated], runbook)
    by_line = {c.line: c for c in s.claims}
    catching = next((by_line[f.line] for f in findings if f.line in by_line and _points_at(f, s)), None)
    place = "(itself)" if s.leaf is None else spelled(s.leaf)
    stack = f"{words} in {estate.stack}"
    return Mutant(catching or s.claims[0], named(s.resource), place, stack, catching is not None)


def _points_at(finding: Finding, s: Spoken) -> bool:
    """Says whether a finding names the mutated place, or that what went by the mutated name is gone."""
    if s.leaf is None:
        return finding.found == ABSENT
    if isinstance(finding.resource, Resource) and finding.resource.key == s.resource.key:
        return within(finding.path, s.leaf) or within(s.leaf, finding.path)
    bound = isinstance(s.value, str) and s.value in f"{finding.expected} {finding.named}"
    return finding.found == ABSENT and bound
