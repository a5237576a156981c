"""One spelling for things that mean the same, applied to both sides before they are compared.

Order that carries no meaning goes, lists of named things become mappings by name, one value stands like a list of
one, an account's id like its root ARN, and a key's random id like its alias.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from estate.model import normalise

_NAMES = ("id", "Sid", "sid", "name", "key", "containerName")
"""Properties by which the members of a list are told apart, the first that all members have."""

_ORDERED = ("command", "entryPoint")
"""Lists whose order is their meaning."""

_POLICY_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def same_spelling(value: Any, aliases: Mapping[str, str], account: str) -> Any:
    """Returns the value in the one spelling.

    Args:
        value: a property, as Pulumi spells its keys; JSON documents may be text.
        aliases: key id → alias; ids and ARNs of these keys are replaced.
        account: account id.
    """
    return _spell(normalise(value), aliases, account)


def _spell(value: Any, aliases: Mapping[str, str], account: str) -> Any:
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        if "Statement" in mapping:
            return _policy(mapping, aliases, account)
        spelled = {k: v if k in _ORDERED else _spell(v, aliases, account) for k, v in mapping.items()}
        return {k: v for k, v in spelled.items() if not (k == "prefix" and v == "")}
    if isinstance(value, list):
        members = [_spell(v, aliases, account) for v in cast("Sequence[Any]", value)]
        return by_name(members)
    if isinstance(value, str):
        for identity, alias in aliases.items():
            value = re.sub(rf"(arn:aws:kms:[^:]*:[^:]*:key/)?{re.escape(identity)}", alias, value)
    return value


def by_name(members: list[Any]) -> Any:
    """Turns a list of named objects into a mapping with keys as `[name]`; sorts a list of plain values."""
    if members and all(isinstance(m, Mapping) for m in members):
        for name in _NAMES:
            keys = [cast("Mapping[str, Any]", m).get(name) for m in members]
            if all(isinstance(k, str) and k for k in keys) and len(set(keys)) == len(keys):
                return {f"[{k}]": m for k, m in zip(keys, members, strict=True)}
        return {f"[{i}]": m for i, m in enumerate(sorted(members, key=repr))}
    return sorted(members, key=repr)


def _policy(document: Mapping[str, Any], aliases: Mapping[str, str], account: str) -> dict[str, Any]:
    raw: Any = document["Statement"]
    listed = cast("list[Any]", raw) if isinstance(raw, list) else [raw]
    statements = [_statement(s, aliases, account) for s in listed]
    return {"Version": document.get("Version"), "Statement": by_name(statements)}


def _statement(raw: Any, aliases: Mapping[str, str], account: str) -> dict[str, Any]:
    statement = dict(cast("Mapping[str, Any]", raw))
    for key in _POLICY_LISTS:
        if key in statement:
            statement[key] = _listed(_spell(statement[key], aliases, account))
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        kinds = cast("Mapping[str, Any]", principal)
        statement["Principal"] = {k: sorted(_root(p, account) for p in _listed(v)) for k, v in kinds.items()}
    elif principal == "*":
        statement["Principal"] = {"AWS": ["*"]}
    condition = cast("Mapping[str, Mapping[str, Any]]", statement.get("Condition") or {})
    statement["Condition"] = {
        operator: {k.lower(): sorted(_text(v) for v in _listed(values)) for k, values in keys.items()}
        for operator, keys in condition.items()
    }
    return statement


def _listed(value: Any) -> list[Any]:
    return sorted(cast("Sequence[Any]", value), key=repr) if isinstance(value, list | tuple) else [value]


def _root(principal: Any, account: str) -> str:
    return f"arn:aws:iam::{account}:root" if principal == account else str(principal)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
