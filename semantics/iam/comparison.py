"""Compares two sets of IAM statements by what they allow, not by how they are written.

For every AWS action that either side allows, the resources are split into classes that the patterns can tell apart; on
each class both sides must allow under the same conditions, less what they deny. So `s3:Get*` equals the list of its
actions, overlapping patterns equal their union, and a Deny equals the Allow that it takes away. Read 2026-11-28:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html

Conditions are compared as written, alternatives as a set: one that follows from another by its values is not seen.
Both sides speak of one principal in one account, of a partition that the statements name, or `aws`; boundaries,
session policies and service control policies are left out.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from semantics.iam.globs import atoms, may_overlap
from semantics.iam.statements import Statement, all_actions, expand, partitions_of, resource_patterns

Conditions = frozenset[str]
"""Conditions that must hold together, as `Statement.conditions`."""


@dataclass(frozen=True)
class Permission:
    """What holds for one action on one class of resources. Where nothing is allowed, `NOTHING`.

    Attributes:
        ways: alternatives, each allowing where all of its conditions hold; none where nothing is allowed.
        denials: alternatives, each denying where all of its conditions hold.
    """

    ways: frozenset[Conditions] = frozenset()
    denials: frozenset[Conditions] = frozenset()

    def __str__(self) -> str:
        """Says it as a sentence part, in a fixed order: `allowed if A and B or C, unless D`."""
        if not self.ways:
            return "not allowed"
        ways = " or ".join(sorted(" and ".join(sorted(way)) or "always" for way in self.ways))
        unless = " or ".join(sorted(" and ".join(sorted(way)) for way in self.denials))
        text = "allowed" if ways == "always" else f"allowed if {ways}"
        return f"{text}, unless {unless}" if unless else text


NOTHING = Permission()


@dataclass(frozen=True)
class Difference:
    """Actions that two sets of statements treat differently on one class of resources.

    Attributes:
        actions: in lower case, sorted, as `s3:deleteobject`.
        resource: the shortest such resource, `…` for a character that no pattern spells out, or `*`.
        left: what the left side holds there.
        right: what the right side holds there.
        sources: the statements that reach there, sorted: the left side's where it allows anything, else the right's.
    """

    actions: tuple[str, ...]
    resource: str
    left: Permission
    right: Permission
    sources: tuple[str, ...]

    def __str__(self) -> str:
        spelled = ", ".join(all_actions().get(action, action) for action in self.actions)
        return f"{spelled} on {self.resource}: {self.left} on the left, {self.right} on the right"


def differences(left: Sequence[Statement], right: Sequence[Statement]) -> Iterator[Difference]:
    """Compares what two sets of statements allow; yields nothing where they allow the same.

    Args:
        left: statements that apply to one principal, as `statements.read_policy` reads them.
        right: the same from elsewhere: another day, another account, a table of what should be.

    Raises:
        ValueError: resource patterns are too entangled to compare.
    """
    actions: set[str] = set()
    for statement in (*left, *right):
        if statement.allow:
            actions |= expand(statement.actions, negated=statement.not_actions)
    groups: dict[Difference, list[str]] = defaultdict(list)
    alike: dict[Hashable, list[Difference]] = {}
    partitions = partitions_of((*left, *right))
    for action in sorted(actions):
        here = [s for s in left if s.names_action(action)]
        there = [s for s in right if s.names_action(action)]
        # What the same statements say of the same resources is asked once: `s3:*` names two hundred actions.
        kinds = tuple(pattern for partition in partitions for pattern in resource_patterns(action, partition))
        key = (tuple(map(id, here)), tuple(map(id, there)), kinds)
        if key not in alike:
            classes = _classes(kinds, here, there)
            alike[key] = [
                found for resource, matched in classes if (found := _difference(resource, matched, here, there))
            ]
        for found in alike[key]:
            groups[found].append(action)
    for found, names in groups.items():
        yield Difference(tuple(names), found.resource, found.left, found.right, found.sources)


def _classes(
    kinds: Sequence[str], left: Sequence[Statement], right: Sequence[Statement]
) -> Iterator[tuple[str, set[str]]]:
    """Yields each class of resources of these kinds that statements tell apart: an example, the patterns matching."""
    spoken = tuple(dict.fromkeys(p for s in (*left, *right) for p in s.resources))
    negated = any(s.not_resources for s in (*left, *right))
    universe = {u for u in kinds if negated or any(may_overlap(u, p) for p in spoken)}
    patterns = tuple(dict.fromkeys((*spoken, *sorted(universe))))
    seen: list[set[str]] = []
    for atom in atoms(patterns) if universe else ():
        members = {patterns[i] for i in atom.members}
        matched = members.intersection(spoken)
        if members & universe and matched not in seen:
            seen.append(matched)
            yield atom.witness, matched
    # Some actions are not limited to resources; only a bare wildcard grants them.
    yield "*", {p for p in spoken if p.strip("*") == ""}


def _difference(
    resource: str, matched: set[str], left: Sequence[Statement], right: Sequence[Statement]
) -> Difference | None:
    here, there = _permission(left, matched), _permission(right, matched)
    if here == there:
        return None
    speaking = {s.source for s in (left if here != NOTHING else right) if _reaches(s, matched)}
    return Difference((), resource, here, there, tuple(sorted(speaking)))


def _permission(statements: Iterable[Statement], matched: set[str]) -> Permission:
    """Says what statements about one action allow on resources that these of their patterns match, and no other."""
    reaching = [s for s in statements if _reaches(s, matched)]
    ways = _weakest(s.conditions for s in reaching if s.allow)
    denials = _weakest(s.conditions for s in reaching if not s.allow)
    if not ways or frozenset[str]() in denials:
        return NOTHING
    return Permission(ways, denials)


def _reaches(statement: Statement, matched: set[str]) -> bool:
    return bool(matched.intersection(statement.resources)) != statement.not_resources


def _weakest(alternatives: Iterable[Conditions]) -> frozenset[Conditions]:
    """Drops every alternative that a weaker one makes superfluous."""
    kept = set(alternatives)
    return frozenset(a for a in kept if not any(b < a for b in kept))
