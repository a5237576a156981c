"""IAM's condition operators, as the IAM reference "Condition operators" and "Set operators" describe them."""

import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from semantics.iam.globs import matches

# Condition key in lower case to the request's value or values; None where the request surely has none.
Context = Mapping[str, str | list[str] | None]


def _moment(text: str) -> datetime:
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, found: wanted == found,
    "StringEqualsIgnoreCase": lambda wanted, found: wanted.lower() == found.lower(),
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda wanted, found: wanted.lower() == found.lower(),
    "BinaryEquals": lambda wanted, found: b64decode(wanted) == b64decode(found),
    "IpAddress": lambda wanted, found: ipaddress.ip_address(found) in ipaddress.ip_network(wanted, strict=False),
    "NumericEquals": lambda wanted, found: float(found) == float(wanted),
    "NumericLessThan": lambda wanted, found: float(found) < float(wanted),
    "NumericLessThanEquals": lambda wanted, found: float(found) <= float(wanted),
    "NumericGreaterThan": lambda wanted, found: float(found) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, found: float(found) >= float(wanted),
    "DateEquals": lambda wanted, found: _moment(found) == _moment(wanted),
    "DateLessThan": lambda wanted, found: _moment(found) < _moment(wanted),
    "DateLessThanEquals": lambda wanted, found: _moment(found) <= _moment(wanted),
    "DateGreaterThan": lambda wanted, found: _moment(found) > _moment(wanted),
    "DateGreaterThanEquals": lambda wanted, found: _moment(found) >= _moment(wanted),
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
VARIABLE = re.compile(r"\$\{\s*([^},\s]+)\s*(?:,\s*'([^']*)')?\s*\}")
LITERALS = {"*": "*", "?": "?", "$": "$"}
NOTHING = "\x00"
"""Stands where a variable has no value: it is equal to nothing and matches nothing."""
SETS = ("ForAnyValue:", "ForAllValues:")
EXISTS = "IfExists"


def is_operator(name: str) -> bool:
    """Whether IAM knows an operator of this name."""
    bare = _bare(name)
    return bare in OPERATORS or bare in NEGATED or name == "Null"


def filled(text: str, context: Context) -> str | None:
    """Put values in the place of a text's policy variables; None where one is not known here."""
    values: dict[str, str] = {}
    for found in VARIABLE.finditer(text):
        name, default = found[1], found[2]
        if name not in LITERALS and name.lower() not in context:
            return None
        value = LITERALS.get(name) or context[name.lower()]
        values[found[0]] = value if isinstance(value, str) else default or NOTHING
    for variable, value in values.items():
        text = text.replace(variable, value)
    return text


def judge(block: dict[str, dict[str, Any]], context: Context) -> bool | None:
    """Judge a Condition block.

    Args:
        block: operator to condition key to value or values.
        context: what is known of the request.

    Returns:
        True if every condition holds, False if one surely does not, None if it depends on what is not known here.
    """
    judged = [
        _judge_one(operator, key, wanted, context) for operator, keys in block.items() for key, wanted in keys.items()
    ]
    if False in judged:
        return False
    return None if None in judged else True


def _judge_one(operator: str, key: str, wanted: Any, context: Context) -> bool | None:
    if not is_operator(operator) or key.lower() not in context:
        return None
    found = context[key.lower()]
    written = [str(value) for value in cast("list[Any]", wanted if isinstance(wanted, list) else [wanted])]
    values = [value for value in (filled(value, context) for value in written) if value is not None]
    if len(values) < len(written):
        return None
    if operator == "Null":
        return any((value.lower() == "true") == (found is None) for value in values)
    if found is None:
        return _without_value(operator)
    try:
        each = [_one_holds(_bare(operator), values, one) for one in (found if isinstance(found, list) else [found])]
    except ValueError:
        return False  # the request's value is of another kind
    return all(each) if operator.startswith("ForAllValues:") else any(each)


def _one_holds(name: str, values: list[str], found: str) -> bool:
    held = any(OPERATORS[NEGATED.get(name, name)](value, found) for value in values)
    return not held if name in NEGATED else held


def _without_value(operator: str) -> bool:
    """What holds where the request has no such key."""
    if operator.startswith("ForAnyValue:"):
        return operator.endswith(EXISTS)
    return operator.startswith("ForAllValues:") or operator.endswith(EXISTS) or _bare(operator) in NEGATED


def _bare(operator: str) -> str:
    for prefix in SETS:
        operator = operator.removeprefix(prefix)
    return operator.removesuffix(EXISTS)
