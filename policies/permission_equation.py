"""Least privilege as an equation: what each principal can do equals what the grant table says, no more and no less.

The left side is read from the estate: identity policies, and the bucket, key, topic, queue and log policies of the
same account, less every Deny. The right side is `grants.yaml`, written by hand beside the runbook. Both become
statements, which `semantics.iam.comparison` compares by what they allow.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from estate.model import UNKNOWN, Estate, Resource
from policies.grants import Grants
from semantics.iam.comparison import NOTHING, Permission, differences
from semantics.iam.statements import ANYONE, Statement, UnreadablePolicyError, read_policy


@dataclass(frozen=True)
class Imbalance:
    """One part of the equation that does not balance.

    Attributes:
        principal: as `role:author-retention-role` or `service:logging.s3.amazonaws.com`.
        actions: the AWS actions concerned, in lower case, as `s3:deleteobject`.
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


def equation(estate: Estate, grants: Grants) -> Iterator[Imbalance]:
    """Compares what every principal of the estate can do with the grant table, trust policies included."""
    policies = read_policies(estate)
    for sentence in policies.unreadable:
        yield Imbalance("(any)", (), "", "a policy that can be read", "unreadable", sentence)
    principals = {f"role:{name}" for name in policies.identity} | set(grants.allowed)
    principals |= {p for s in policies.resource if s.allow for p in s.principals}
    for principal in sorted(principals):
        left = list(_of_principal(policies, principal))
        own = grants.allowed.get(principal, ())
        shared = grants.allowed.get(ANYONE, ()) if principal != ANYONE else ()
        for d in differences(left, [*own, *shared, *grants.denied]):
            source = ", ".join(d.sources)
            yield Imbalance(principal, d.actions, d.resource, str(d.right), str(d.left), source)
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


def _trust(role: str, found: Sequence[Statement], expected: Sequence[Statement]) -> Iterator[Imbalance]:
    """Compares who may assume a role: the sets of (principal, action, conditions)."""

    def elements(statements: Sequence[Statement]) -> set[tuple[str, str, frozenset[str]]]:
        return {
            (principal, action, s.conditions)
            for s in statements
            for principal in s.principals
            for action in (s.actions if not s.not_actions else ("*",))
        }

    if denies := [s for s in found if not s.allow]:
        yield Imbalance(f"role:{role}", (), "trust policy", "Allow statements only", "Deny", denies[0].source)
    for principal, action, conditions in sorted(elements(found) ^ elements(expected), key=str):
        words = str(Permission(frozenset({conditions})))
        extra = (principal, action, conditions) in elements(found)
        yield Imbalance(
            f"role:{role}",
            (action,),
            f"trust policy, principal {principal}",
            str(NOTHING) if extra else words,
            words if extra else str(NOTHING),
            f"trust policy of {role}" if extra else "grant table",
        )
