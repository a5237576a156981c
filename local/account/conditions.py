"""IAM's condition operators, as far as the estate's policies use them."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from semantics.iam.globs import matches

# Condition key in lower case to the request's value.
Context = Mapping[str, str]

OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, found: wanted == found,
    "StringEqualsIgnoreCase": lambda wanted, found: wanted.lower() == found.lower(),
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda wanted, found: wanted.lower() == found.lower(),
    "NumericEquals": lambda wanted, found: float(found) == float(wanted),
    "NumericLessThan": lambda wanted, found: float(found) < float(wanted),
    "NumericLessThanEquals": lambda wanted, found: float(found) <= float(wanted),
    "NumericGreaterThan": lambda wanted, found: float(found) > float(wanted),
    "NumericGreaterThanEquals": lambda wanted, found: float(found) >= float(wanted),
}
NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
}


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
    name = operator.removesuffix("IfExists")
    compare = OPERATORS.get(NEGATED.get(name, name))
    found = context.get(key.lower())
    if compare is None or found is None:
        return None
    values = cast("list[Any]", wanted if isinstance(wanted, list) else [wanted])
    held = any(compare(str(value), found) for value in values)
    return not held if name in NEGATED else held
