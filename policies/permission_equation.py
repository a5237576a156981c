"""Least privilege as an equation: what each principal can do equals what the grant table says, no more and no less.

The left side is read from the estate: identity policies, and the bucket, key, topic, queue and log policies of the
same account, less every Deny. The right side is `grants.yaml`, written by hand beside the runbook. Both become
statements; for every AWS action that either side allows, their resources are compared as languages and their
conditions as part of what is granted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from estate.model import UNKNOWN, Estate, Resource
from policies.grants import Grants
from semantics.iam.globs import atoms, may_overlap
from semantics.iam.statements import (
    ANYONE,
    Statement,
    UnreadablePolicyError,
    expand,
    read_policy,
    resource_patterns,
)

Permission = tuple[frozenset[frozenset[str]], frozenset[frozenset[str]]]
"""What holds at one point: the alternative condition sets that allow, and those that deny. Nothing: two empty sets."""

NOTHING: Permission = (frozenset(), frozenset())


@dataclass(frozen=True)
class Difference:
    """One part of the equation that does not balance.

    Attributes:
        principal: as `role:author-retention-role` or `service:logging.s3.amazonaws.com`.
        actions: the AWS actions concerned, as `s3:DeleteObject`.
        resource: an example of the resources concerned, `…` for anything.
        expected: what the grant table allows there, in words.
        found: what the estate allows there, in words.
        source: the statements that allow or deny it in the estate, or the table's row.
    """

    principal: str
    actions: tuple[str, ...]
    resource: str
    expected: str
    found: str
    source: str


@dataclass(frozen=True)
class Policies:
    """All policies of an estate.

    Attributes:
        identity: statements by role name.
        resource: statements of resource policies, their resources made explicit.
        trust: statements of trust policies by role name.
        unreadable: what could not be read, each a sentence naming the resource.
    """

    identity: dict[str, list[Statement]]
    resource: list[Statement]
    trust: dict[str, list[Statement]]
    unreadable: list[str]


def read_policies(estate: Estate) -> Policies:
    """Collects every policy of the estate; what it can't read is listed, never passed over."""
    policies = Policies({}, [], {}, [])
    for resource in estate.resources:
        try:
            _read_resource(policies, estate, resource)
        except UnreadablePolicyError as error:
            policies.unreadable.append(str(error))
    return policies


def _read_resource(policies: Policies, estate: Estate, resource: Resource) -> None:
    kind, properties = resource.type, resource.properties

    def read(key: str) -> list[Statement]:
        if properties.get(key) is UNKNOWN:
            raise UnreadablePolicyError(f"{resource}: {key} is not known before it is provisioned")
        return read_policy(properties.get(key), f"{resource}", estate.account)

    if kind == "aws:iam/role:Role":
        policies.identity.setdefault(properties["name"], [])
        policies.trust[properties["name"]] = read("assumeRolePolicy")
        if properties.get("inlinePolicies") or properties.get("managedPolicyArns"):
            raise UnreadablePolicyError(
                f"{resource}: declare its policies as RolePolicy resources, so that they are seen"
            )
    elif kind == "aws:iam/rolePolicy:RolePolicy":
        policies.identity.setdefault(properties["role"], []).extend(read("policy"))
    elif kind == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        raise UnreadablePolicyError(
            f"{resource}: {properties.get('policyArn')} can change without us; write the policy out as a RolePolicy"
        )
    elif attached := _attached_to(estate, resource):
        key, arn = attached
        if properties.get(key) is not None:
            policies.resource.extend(s.on(arn) for s in read(key))


def _attached_to(estate: Estate, resource: Resource) -> tuple[str, str] | None:
    """Names the property that holds a resource policy and the ARN that `*` means in it; None for other resources.

    A key's id is random, so its own policy speaks of `key/<logical name>`, which only identity policies on `key/*`
    also match.
    """
    properties = resource.properties
    queue = str(properties.get("queueUrl", properties.get("name"))).rsplit("/", 1)[-1]
    where = f"{estate.region}:{estate.account}"
    key = f"arn:aws:kms:{where}:key/{resource.name}"
    return {
        "aws:s3/bucketPolicy:BucketPolicy": ("policy", f"arn:aws:s3:::{properties.get('bucket')}"),
        "aws:kms/key:Key": ("policy", key),
        "aws:kms/keyPolicy:KeyPolicy": ("policy", key),
        "aws:sns/topic:Topic": ("policy", f"arn:aws:sns:{where}:{properties.get('name')}"),
        "aws:sns/topicPolicy:TopicPolicy": ("policy", str(properties.get("arn"))),
        "aws:sqs/queue:Queue": ("policy", f"arn:aws:sqs:{where}:{queue}"),
        "aws:sqs/queuePolicy:QueuePolicy": ("policy", f"arn:aws:sqs:{where}:{queue}"),
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": ("policyDocument", "*"),
    }.get(resource.type)


def equation(estate: Estate, grants: Grants) -> Iterator[Difference]:
    """Compares what every principal of the estate can do with the grant table, trust policies included."""
    policies = read_policies(estate)
    for sentence in policies.unreadable:
        yield Difference("(any)", (), "", "a policy that can be read", "unreadable", sentence)
    principals = {f"role:{name}" for name in policies.identity} | set(grants.allowed)
    principals |= {p for s in policies.resource if s.allow for p in s.principals}
    for principal in sorted(principals):
        left = list(_of_principal(policies, principal))
        own = grants.allowed.get(principal, ())
        shared = grants.allowed.get(ANYONE, ()) if principal != ANYONE else ()
        yield from _balance(principal, left, [*own, *shared, *grants.denied])
    for role in sorted(policies.trust.keys() | grants.trust.keys()):
        yield from _trust(role, policies.trust.get(role, []), grants.trust.get(role, ()))


def _of_principal(policies: Policies, principal: str) -> Iterator[Statement]:
    """Yields what applies to a principal: its own policies, and resource policies naming it or, in a Deny, everyone.

    An Allow for everyone stands under `anyone`, where the table must know it, and reaches every principal.
    """
    if principal.startswith("role:"):
        yield from policies.identity.get(principal.removeprefix("role:"), ())
    for statement in policies.resource:
        if principal in statement.principals or ANYONE in statement.principals:
            yield statement


def _balance(principal: str, left: Sequence[Statement], right: Sequence[Statement]) -> Iterator[Difference]:
    actions: set[str] = set()
    for statement in (*left, *right):
        if statement.allow:
            actions |= expand(statement.actions, negated=statement.not_actions)
    groups: dict[tuple[str, Permission, Permission, str], list[str]] = defaultdict(list)
    for action in sorted(actions):
        here = [s for s in left if s.names_action(action)]
        there = [s for s in right if s.names_action(action)]
        for resource, found, expected, source in _differences_at(action, here, there):
            groups[resource, expected, found, source].append(action)
    for (resource, expected, found, source), names in groups.items():
        yield Difference(principal, tuple(names), resource, in_words(expected), in_words(found), source)


def _differences_at(
    action: str, left: list[Statement], right: list[Statement]
) -> Iterator[tuple[str, Permission, Permission, str]]:
    """Yields resource, found, expected and source for each class of resources on which both sides differ."""
    spoken = list(dict.fromkeys(p for s in (*left, *right) for p in s.resources))
    negated = any(s.not_resources for s in (*left, *right))
    universe = {u for u in resource_patterns(action) if negated or any(may_overlap(u, p) for p in spoken)}
    patterns = tuple(dict.fromkeys((*spoken, *sorted(universe))))
    for atom in atoms(patterns) if universe else ():
        matched = {patterns[i] for i in atom.members}
        if not matched & universe:
            continue
        yield from _compare(atom.witness, matched, left, right)
    yield from _compare("*", {p for p in spoken if p.strip("*") == ""}, left, right)


def _compare(
    resource: str, matched: set[str], left: list[Statement], right: list[Statement]
) -> Iterator[tuple[str, Permission, Permission, str]]:
    found, expected = _permission(left, matched), _permission(right, matched)
    if found != expected:
        speaking = [s.source for s in (left if found != NOTHING else right) if _reaches(s, matched)]
        yield resource, found, expected, ", ".join(sorted(set(speaking)))


def _reaches(statement: Statement, matched: set[str]) -> bool:
    return bool(matched.intersection(statement.resources)) != statement.not_resources


def _permission(statements: Iterable[Statement], matched: set[str]) -> Permission:
    reaching = [s for s in statements if _reaches(s, matched)]
    allowing = _minimal(s.conditions for s in reaching if s.allow)
    denying = _minimal(s.conditions for s in reaching if not s.allow)
    if not allowing or frozenset[str]() in denying:
        return NOTHING
    return allowing, denying


def _minimal(alternatives: Iterable[frozenset[str]]) -> frozenset[frozenset[str]]:
    """Drops every alternative that a weaker one makes superfluous."""
    kept = set(alternatives)
    return frozenset(a for a in kept if not any(b < a for b in kept))


def in_words(permission: Permission) -> str:
    """Says a permission as a sentence part, in a fixed order."""
    allowing, denying = permission
    if not allowing:
        return "not allowed"
    ways = " or ".join(sorted(" and ".join(sorted(way)) or "always" for way in allowing))
    unless = " or ".join(sorted(" and ".join(sorted(way)) for way in denying))
    text = "allowed" if ways == "always" else f"allowed if {ways}"
    return f"{text}, unless {unless}" if unless else text


def _trust(role: str, found: Sequence[Statement], expected: Sequence[Statement]) -> Iterator[Difference]:
    """Compares who may assume a role: the sets of (principal, action, conditions)."""

    def elements(statements: Sequence[Statement]) -> set[tuple[str, str, frozenset[str]]]:
        return {
            (principal, action, s.conditions)
            for s in statements
            for principal in s.principals
            for action in (s.actions if not s.not_actions else ("*",))
        }

    if denies := [s for s in found if not s.allow]:
        yield Difference(f"role:{role}", (), "trust policy", "Allow statements only", "Deny", denies[0].source)
    for principal, action, conditions in sorted(elements(found) ^ elements(expected), key=str):
        words = in_words((frozenset({conditions}), frozenset()))
        extra = (principal, action, conditions) in elements(found)
        yield Difference(
            f"role:{role}",
            (action,),
            f"trust policy, principal {principal}",
            "not allowed" if extra else words,
            words if extra else "not allowed",
            f"trust policy of {role}" if extra else "grant table",
        )
