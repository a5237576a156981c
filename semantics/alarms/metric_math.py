"""The part of CloudWatch's metric math that alarms commonly use.

Source: CloudWatch user guide, "Using math expressions with CloudWatch metrics"
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html), read 2026-11-24.
An expression outside of it is refused, never guessed.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

Series = Mapping[datetime, float]
"""One value a period, keyed by the period's end; a missing period has no key."""

Value = float | Series

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda dividend, divisor: dividend / divisor,
}
_COMPARISON: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class MathError(ValueError):
    """An expression is broken, or uses what this evaluator does not know."""


def calculate(expression: str, values: Mapping[str, Value], periods: Sequence[datetime]) -> Series:
    """Calculates an expression.

    Args:
        expression: in CloudWatch's syntax: `+ - * /`, comparisons, `AND`, `OR`, `IF`, `FILL`, `DIFF`.
        values: series by query id.
        periods: ends of all periods looked at, oldest first; what FILL fills.

    Returns:
        A value for each period that has one. A period is missing where an operand is, and after a division by zero.

    Raises:
        MathError: the expression is not of this form, or names an id that `values` lacks.
    """
    python = re.sub(r"\b(AND|OR)\b", lambda match: match[0].lower(), expression)
    try:
        tree = ast.parse(python, mode="eval")
    except SyntaxError as error:
        raise MathError(f"metric math {expression!r} does not parse: {error.msg}") from None
    result = _Calculation(expression, values, periods).value(tree.body)
    return result if isinstance(result, Mapping) else dict.fromkeys(periods, result)


class _Calculation:
    """One walk over one expression."""

    def __init__(self, expression: str, values: Mapping[str, Value], periods: Sequence[datetime]) -> None:
        self._expression = expression
        self._values = values
        self._periods = periods

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name) if name in self._values:
                return self._values[name]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                return _combine(_BINARY[type(op)], self.value(left), self.value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISON:
                return _combine(_COMPARISON[type(op)], self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=nodes):
                decide = all if isinstance(op, ast.And) else any
                return _combine(lambda *flags: decide(flags), *map(self.value, nodes))
            case ast.Call(func=ast.Name(id=function), args=arguments, keywords=[]):
                return self._call(node, function, arguments)
            case _:
                raise self._refused(node)

    def _call(self, node: ast.expr, function: str, arguments: Sequence[ast.expr]) -> Value:
        match function, arguments:
            case "IF", [condition, then, otherwise]:
                return _choose(self.value(condition), self.value(then), self.value(otherwise))
            case "FILL", [series, ast.Constant(value=int() | float() as filler)]:
                return dict.fromkeys(self._periods, float(filler)) | dict(self._series(series))
            case "DIFF", [series]:
                return _differences(self._series(series))
            case _:
                raise self._refused(node)

    def _series(self, node: ast.expr) -> Series:
        value = self.value(node)
        if isinstance(value, Mapping):
            return value
        raise MathError(f"metric math {self._expression!r}: {ast.unparse(node)!r} is a number, expected a series")

    def _refused(self, node: ast.expr) -> MathError:
        return MathError(f"metric math {self._expression!r}: cannot calculate {ast.unparse(node)!r}")


def _choose(condition: Value, then: Value, otherwise: Value) -> Value:
    if not isinstance(condition, Mapping):
        return then if condition else otherwise
    chosen = {moment: _at(then if flag else otherwise, moment) for moment, flag in condition.items()}
    return {moment: number for moment, number in chosen.items() if number is not None}


def _at(value: Value, moment: datetime) -> float | None:
    return value.get(moment) if isinstance(value, Mapping) else value


def _combine(operation: Callable[..., float], *operands: Value) -> Value:
    moments = [set(operand) for operand in operands if isinstance(operand, Mapping)]
    if not moments:
        return float(operation(*operands))
    result: dict[datetime, float] = {}
    for moment in sorted(moments[0].intersection(*moments)):
        try:
            result[moment] = float(operation(*(_at(operand, moment) for operand in operands)))
        except ZeroDivisionError:
            continue
    return result


def _differences(series: Series) -> Series:
    moments = sorted(series)
    return {later: series[later] - series[earlier] for earlier, later in pairwise(moments)}
