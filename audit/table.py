"""How an attribute of a resource is read: one row says property → API call → permission.

The rows stand in `audit.readers`, a file a service. From them come the reader itself, the audit role's read policy,
the coverage, and the changes that the tests make one by one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from audit.api import AbsentError, Account
from estate.model import Estate, Resource

Parameters = Callable[[str, Account], dict[str, Any]]
Extract = Callable[[Any], Any]
Pick = Callable[[Any, str, Account], Any]


@dataclass(frozen=True)
class Call:
    """One read operation.

    Attributes:
        service: boto3's name of the service.
        operation: boto3's method.
        permission: the IAM action it needs; not always named like the operation.
        resource: ARN pattern it needs it on; `{account}`, `{region}` and `{environment}` stand for the stack's.
        further: (IAM action, ARN pattern) of what it needs besides, lest AWS leave something out of the answer or say
            something else. What AWS's service models say on that is decided on, read by read, in
            `tests/audit/rights_in_words.yaml`.
    """

    service: str
    operation: str
    permission: str
    resource: str
    further: tuple[tuple[str, str], ...] = ()

    @property
    def rights(self) -> tuple[tuple[str, str], ...]:
        """Everything it needs: (IAM action, ARN pattern)."""
        return ((self.permission, self.resource), *self.further)


@dataclass(frozen=True)
class Attribute:
    """One row of the table.

    Attributes:
        path: top-level property of the Pulumi resource.
        call: what is asked.
        parameters: physical name → the call's parameters.
        extract: the answer → the property's value, in Pulumi's form; None where it is not set.
        default: what AWS fills in where nothing is declared.
        absent: the value where the call says that there is none; where it is not given, the resource itself is absent.
        pick: (answer, physical name, account) → the part that is about the resource, for operations that answer with a
            list; None where nothing in it is.
    """

    path: str
    call: Call
    parameters: Parameters
    extract: Extract
    default: Any = None
    absent: Any = ...
    pick: Pick | None = None

    def read(self, account: Account, physical: str) -> Any:
        """Asks the account.

        Raises:
            AbsentError: the resource is not there.
            UnreadableError: the account did not tell.
        """
        try:
            return self.extract(self._answer(account, physical))
        except AbsentError:
            if self.absent is ...:
                raise
            return self.absent

    def _answer(self, account: Account, physical: str) -> Any:
        answer = account.ask(self.call.service, self.call.operation, **self.parameters(physical, account))
        if self.pick and (answer := self.pick(answer, physical, account)) is None:
            raise AbsentError(f"{self.call.operation} does not list {physical}")
        return answer


@dataclass(frozen=True)
class Ours:
    """What belongs to the project in an account.

    Attributes:
        environment: of the stack.
        declared: physical names by type token.
    """

    environment: str
    declared: Mapping[str, frozenset[str]]


Discover = Callable[[Account, Ours], Iterable[str]]


@dataclass(frozen=True)
class Kind:
    """One resource type, as the audit knows it.

    Attributes:
        type: Pulumi type token.
        identity: properties that make up the physical name, joined by `/`: found by it, they are as declared.
        attributes: the rows. A resource of which every attribute is None is absent.
        remove: command that removes one that nothing declares; `{physical}` and its parts `{0}`, `{1}` are filled in.
        exempt: property path → why it is not compared.
        discover: lists the physical names of what may be ours in the account, declared or not.
        discovered_by: the calls that takes.
        named_by: (declared resource, estate) → physical name, where no property of its own says it.
    """

    type: str
    identity: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    remove: str
    exempt: Mapping[str, str] = field(default_factory=dict[str, str])
    discover: Discover | None = None
    discovered_by: tuple[Call, ...] = ()
    named_by: Callable[[Resource, Estate], str] | None = None

    def physical(self, resource: Resource, estate: Estate) -> str:
        """What the account calls a declared resource."""
        if self.named_by:
            return self.named_by(resource, estate)
        return "/".join(str(resource.properties.get(key)) for key in self.identity)


def rows(
    call: Call,
    parameters: Parameters,
    extracts: Mapping[str, Extract],
    *,
    defaults: Mapping[str, Any] | None = None,
    pick: Pick | None = None,
    absent: Any = ...,
) -> tuple[Attribute, ...]:
    """Rows that come from one answer: property → how it is taken out."""
    known = defaults or {}
    return tuple(
        Attribute(path, call, parameters, extract, known.get(path), absent, pick) for path, extract in extracts.items()
    )


def raw(*keys: str) -> Extract:
    """Takes a value out of an answer as it is; None where any part of the way is missing."""

    def take(answer: Any) -> Any:
        for key in keys:
            answer = cast("dict[str, Any]", answer).get(key) if isinstance(answer, dict) else None
        return answer

    return take


def at(*keys: str) -> Extract:
    """Takes a value out of an answer, its keys spelled as Pulumi does; None where any part of the way is missing."""
    take = raw(*keys)
    return lambda answer: camel(take(answer))


def tags_at(*keys: str, name: str = "Key", value: str = "Value") -> Extract:
    """Takes tags out of an answer as a mapping, without those that AWS itself sets."""
    take = raw(*keys)

    def tags(answer: Any) -> dict[str, str]:
        found: Any = take(answer) or {}
        if isinstance(found, list):
            found = {tag[name]: tag[value] for tag in cast("list[dict[str, str]]", found)}
        return {k: v for k, v in found.items() if not k.startswith("aws:")}

    return tags


def one_of(key: str, name: str) -> Pick:
    """Picks the member of a list that has the physical name under a key."""

    def pick(answer: Any, physical: str, _: Account) -> Any:
        return next((member for member in answer[key] if member[name] == physical), None)

    return pick


def camel(value: Any) -> Any:
    """Spells the keys of an API answer as Pulumi does: `KMSMasterKeyID` → `kmsMasterKeyId`."""
    if isinstance(value, Mapping):
        return {_camel(k): camel(v) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [camel(v) for v in cast("Sequence[Any]", value)]
    return value


def _camel(key: str) -> str:
    head = re.match(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]", key)
    spelled = key[: head.end()].lower() + key[head.end() :] if head else key
    return re.sub(r"(?<=[a-z])ID$", "Id", spelled)
