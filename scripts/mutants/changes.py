"""Small changes of a module's code, each of which some test should notice.

Left alone is what decides nothing: documentation, annotations, decorators, texts, and what an error says.
"""

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Change:
    """One change of a module.

    Attributes:
        line: where, from 1.
        within: that line's text.
        before: the code there, on one line.
        after: what stands there instead.
        tree: the whole module with it.
    """

    line: int
    within: str
    before: str
    after: str
    tree: ast.Module


def changes(source: str) -> Iterator[Change]:
    """Yields every change of a module, in the order of its text."""
    tree, lines = ast.parse(source), source.splitlines()
    for number, (node, instead) in enumerate(_sites(tree)):
        changed = deepcopy(tree)
        # The copy has the same sites in the same order: this one is found by its number.
        for copied, replacement in _nth(_sites(changed), number):
            _put(changed, copied, replacement)
        within = lines[node.lineno - 1].strip()
        yield Change(node.lineno, within, _spelled(node), _spelled(instead), ast.fix_missing_locations(changed))


def _nth(sites: Iterator[tuple[ast.stmt | ast.expr, ast.AST]], number: int) -> list[tuple[ast.AST, ast.AST]]:
    return [site for at, site in enumerate(sites) if at == number]


def _spelled(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {_spelled(node.test)}"
    return " ".join(ast.unparse(node).split())


def _put(tree: ast.AST, node: ast.AST, instead: ast.AST) -> None:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is node:
                setattr(parent, field, instead)
            elif isinstance(value, list):
                items = cast("list[object]", value)
                setattr(parent, field, [instead if item is node else item for item in items])


def _sites(tree: ast.AST) -> Iterator[tuple[ast.stmt | ast.expr, ast.AST]]:
    """Yields each node that can be changed, with what can stand in its place."""
    for node in _deciding(tree):
        for instead in _instead(node):
            yield node, ast.copy_location(instead, node)


def _deciding(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    if isinstance(node, ast.stmt | ast.expr):
        yield node
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "bases", "keywords"} and not isinstance(node, ast.Call):
            continue
        if isinstance(node, ast.Raise | ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr):
            continue
        for child in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _documents(child):
                yield from _deciding(child)


def _documents(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _instead(node: ast.stmt | ast.expr) -> Iterator[ast.AST]:
    yield from _otherwise(node)
    yield from _miscounted(node)
    yield from _left_out(node)


def _otherwise(node: ast.AST) -> Iterator[ast.AST]:
    """Yields the opposite of a decision."""
    match node:
        case ast.Compare(left, [operator], [right]):
            yield ast.Compare(left, [COMPARED[type(operator)]()], [right])
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case _:
            pass


def _miscounted(node: ast.AST) -> Iterator[ast.AST]:
    """Yields another number."""
    match node:
        case ast.BinOp(left, operator, right) if type(operator) in COMPUTED:
            yield ast.BinOp(left, COMPUTED[type(operator)](), right)
        case ast.AugAssign(target, operator, value) if type(operator) in COMPUTED:
            yield ast.AugAssign(target, COMPUTED[type(operator)](), value)
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            yield ast.Constant(value + 1)
        case _:
            pass


def _left_out(node: ast.AST) -> Iterator[ast.AST]:
    """Yields a step that is not made."""
    match node:
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call() | ast.Yield() | ast.YieldFrom()):
            yield ast.Pass()
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            yield from _unfiltered(node)
        case _:
            pass


def _unfiltered(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Iterator[ast.expr]:
    for at, generator in enumerate(node.generators):
        if generator.ifs:
            copied = deepcopy(node)
            copied.generators[at].ifs = []
            yield copied
