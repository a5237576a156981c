"""Anybody's Markdown, held against the buckets of an account or against what a stack declares: a look on the first day.

Lifecycle bullets and rows of claims tables are compared, everything else is counted as prose.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from audit.api import Account
from audit.model import Exit
from audit.observe import Observation, Place, observe
from audit.readers.s3 import ALL_BUCKETS, BUCKET, BUCKETS, SUB_RESOURCES, WITH_IDS
from audit.table import Ours
from estate.model import Estate, Resource, estate
from policies.finding import Finding
from policies.rules.all import RULES, judge
from policies.runbook.claims import BucketClaim, Claim, GuardClaim, LeftoverClaim, LifecycleClaim
from policies.runbook.reader import Runbook

OF_BUCKETS: tuple[type[Claim], ...] = (LifecycleClaim, LeftoverClaim, BucketClaim, GuardClaim)
"""Kinds of claim that any account's buckets can be held against."""

OUR_CUSTOMS = frozenset({"alarms", "events", "targetBucket", "targetPrefix", "name"})
"""First steps of properties that only this project sets so; nobody's document speaks of them."""


@dataclass(frozen=True)
class Answer:
    """What came of it.

    Attributes:
        document: what was read.
        where: what it was held against, in words.
        buckets: how many of them the claims speak of.
        compared: claims that were compared.
        findings: what does not hold.
        unreadable: what the account did not tell.
    """

    document: Runbook
    where: str
    buckets: int
    compared: Sequence[Claim]
    findings: Sequence[Finding]
    unreadable: Sequence[str] = field(default=())

    @property
    def exit(self) -> Exit:
        """No answer where nothing was compared, something could not be read, or something nearly is a claim."""
        untold = self.unreadable or self.document.near or not self.compared
        return (Exit.NO_ANSWER if untold else Exit.CLEAN) | (Exit.DRIFT if self.findings else Exit.CLEAN)

    def lines(self) -> Iterator[str]:
        """Says it: each difference with its line, what was not compared, and the sum."""
        for finding in sorted(self.findings, key=lambda f: f.line or 0):
            place = f"{self.document.path}:{finding.line}: " if finding.line else ""
            says = f"{finding.claim}: " if finding.claim else ""
            yield f"{place}{says}{finding.named} {finding.property} is {finding.found}, expected {finding.expected}"
        yield from (f"not told: {answer}" for answer in self.unreadable)
        yield from (f"nearly a claim: {error}" for error in self.document.near)
        left = Counter(type(c).kind for c in self.document.claims if c not in self.compared)
        yield from (f"not compared: {count} {kind} rows; --stack compares them" for kind, count in sorted(left.items()))
        if not self.document.claims:
            yield f"{self.document.path} holds no claim: an item like `BUCKETS`: Standard → Expire after 14 days."
        yield (
            f"{self.document.path}: {len(self.compared)} claims held against {self.where} ({self.buckets} buckets): "
            f"{len(self.findings)} differences; {self.document.prose} parts are prose, "
            f"{self.document.commands} commands"
        )


def against_stack(document: Runbook, declared: Estate) -> Answer:
    """Holds every claim against what a stack declares; that the document speaks of all of it is not asked."""
    findings = [f for f in _judged(document, declared, {type(c) for c in document.claims}) if f.line]
    spoken = _spoken(document, [r.properties.get("bucket") for r in declared.resources if r.type == BUCKETS])
    return Answer(document, f"stack {declared.stack}", len(spoken), document.claims, findings)


def against_account(document: Runbook, account: Account) -> Answer:
    """Holds the claims on buckets against those of an account that they speak of.

    Raises:
        UnreadableError: the account does not list its buckets.
    """
    listed = account.ask(ALL_BUCKETS.service, ALL_BUCKETS.operation)["Buckets"]
    names = _spoken(document, [bucket["Name"] for bucket in listed])
    observations = observe(account, _places(account, names), lambda: None)
    resources = [found for o in observations if (found := _resource(o))]
    seen = estate("account", "", account.id, account.region, resources)
    compared = tuple(c for c in document.claims if isinstance(c, OF_BUCKETS))
    findings = [f for f in _judged(document, seen, set(OF_BUCKETS)) if not _is_custom(f)]
    unreadable = [f"{o.place.physical} {path}: {answer}" for o in observations for path, answer in o.unreadable.items()]
    return Answer(document, f"account {account.id}", len(names), compared, findings, unreadable)


def _spoken(document: Runbook, names: Sequence[object]) -> list[str]:
    """Lists the buckets that a claim speaks of."""
    patterns = [str(vars(c)["buckets"]) for c in document.claims if "buckets" in vars(c)]
    return [str(name) for name in names if any(fnmatchcase(str(name), pattern) for pattern in patterns)]


def _judged(document: Runbook, seen: Estate, kinds: set[type[Claim]]) -> list[Finding]:
    return [f for rule in RULES if kinds & set(rule.claims) for f in judge(rule, seen, document)]


def _is_custom(finding: Finding) -> bool:
    """Says whether a finding is about how this project names things, or about a row that nobody promised."""
    about = finding.resource
    our_name = isinstance(about, Resource) and about.type == BUCKETS and finding.path == ("bucket",)
    exists = isinstance(about, Resource) and bool(about.properties)
    return finding.line is None or (our_name and exists) or finding.path[:1] in {(step,) for step in OUR_CUSTOMS}


def _places(account: Account, names: Sequence[str]) -> list[Place]:
    places = [Place(kind, name, None) for name in names for kind in (BUCKET, *SUB_RESOURCES)]
    ours = Ours("", {BUCKETS: frozenset(names)})
    for kind in WITH_IDS:
        places += [Place(kind, physical, None) for physical in (kind.discover(account, ours) if kind.discover else ())]
    return places


def _resource(observation: Observation) -> Resource | None:
    """Makes a resource of what was observed; None where there is none."""
    place, values = observation.place, observation.values
    if values is None:
        return None
    parts = dict(zip(place.kind.identity, place.physical.split("/"), strict=False))
    told = {key: value for key, value in values.items() if value is not None}
    return Resource(place.kind.type, place.physical, {**told, **parts})
