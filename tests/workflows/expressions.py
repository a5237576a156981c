"""The expressions of GitHub's workflows, as far as ours use them; what is not known here fails the test that meets it.

https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

Contexts = Mapping[str, Any]

SPELLED = {"&&": " and ", "||": " or ", "!=": "!=", "!": " not ", "null": "None", "true": "True", "false": "False"}
TOKEN = re.compile(r"'(?:[^']|'')*'|&&|\|\||!=|!|\b(?:null|true|false)\b")
STATUS = re.compile(r"\b(?:always|cancelled|failure|success)\(\)")
MAY_LACK = ("vars", "secrets")
"""Contexts in which a name that nobody has set is the empty string."""


class ExpressionError(AssertionError):
    """The expression uses something that is not known here."""


def filled(text: str, contexts: Contexts) -> str:
    """Replaces each `${{ }}` of a text by its value."""
    return re.sub(r"\$\{\{(.+?)\}\}", lambda found: written(value(found[1], contexts)), text)


def written(result: object) -> str:
    """How GitHub writes a value into a text."""
    return str(result).lower() if isinstance(result, bool) else "" if result is None else str(result)


def holds(condition: str | None, contexts: Contexts) -> bool:
    """Whether a step or job with this `if:` runs: without a status function only after success."""
    bare = re.sub(r"^\s*\$\{\{(.+)\}\}\s*$", r"\1", condition or "success()")
    return bool(value(bare if STATUS.search(bare) else f"success() && ({bare})", contexts))


def value(expression: str, contexts: Contexts) -> Any:
    """Evaluates one expression, without its braces.

    Args:
        expression: as `matrix.stack == 'prod' && vars.A || vars.B`.
        contexts: name of a context → its values; name of a function → the function, without arguments.

    Raises:
        ExpressionError: it uses something that is not known here.
    """
    python = TOKEN.sub(_spelled, expression).strip()
    try:
        return _value(ast.parse(python, mode="eval").body, contexts)
    except (SyntaxError, KeyError) as error:
        raise ExpressionError(f"{expression.strip()}: {error} is not known to the test") from error


def _spelled(token: re.Match[str]) -> str:
    text = token[0]
    return repr(text[1:-1].replace("''", "'")) if text.startswith("'") else SPELLED[text]


def _value(node: ast.expr, contexts: Contexts) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return contexts[node.id]
        case ast.Attribute():
            return _member(_value(node.value, contexts), node, contexts)
        case ast.Call(func=ast.Name() as function, args=[], keywords=[]):
            return cast("Callable[[], Any]", contexts[function.id])()
        case _:
            return _operation(node, contexts)


def _operation(node: ast.expr, contexts: Contexts) -> Any:
    match node:
        case ast.UnaryOp(op=ast.Not()):
            return not _value(node.operand, contexts)
        case ast.BoolOp():
            return _chain(node, contexts)
        case ast.Compare(ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
            same = written(_value(node.left, contexts)).lower() == written(_value(right, contexts)).lower()
            return same == isinstance(operator, ast.Eq)
        case _:
            raise KeyError(ast.unparse(node))


def _chain(node: ast.BoolOp, contexts: Contexts) -> Any:
    """The last value looked at, as in GitHub's `a && b || c`."""
    result: Any = None
    for part in node.values:
        result = _value(part, contexts)
        if bool(result) == isinstance(node.op, ast.Or):
            break
    return result


def _member(whole: Any, node: ast.Attribute, contexts: Contexts) -> Any:
    if isinstance(node.value, ast.Name) and node.value.id in MAY_LACK:
        return contexts[node.value.id].get(node.attr, "")
    return whole[node.attr]
