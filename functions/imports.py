"""What a module of this checkout imports, read from its text: what a zip must hold, and which way the arrows point."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Import:
    """One import of a module of ours.

    Attributes:
        source: file that imports, relative to the checkout.
        line: of the import.
        target: file that is imported, relative to the checkout.
        later: whether it is imported when a function runs, not when the module is.
    """

    source: str
    line: int
    target: str
    later: bool


def closure(*starts: str) -> frozenset[str]:
    """Lists the files that files of this checkout import, directly or not, themselves included.

    Args:
        starts: paths relative to the checkout.
    """
    seen: set[str] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += [found.target for found in imports(path)]
    return frozenset(seen)


@cache
def imports(path: str) -> tuple[Import, ...]:
    """Reads the imports of ours in one file; what only type checkers see is left out."""
    finder = _Finder(path)
    finder.visit(ast.parse((ROOT / path).read_bytes()))
    return tuple(finder.found)


class _Finder(ast.NodeVisitor):
    def __init__(self, path: str) -> None:
        self.found: list[Import] = []
        self._path = path
        self._functions = 0

    def generic_visit(self, node: ast.AST) -> None:
        """Goes into statements only: no expression holds an import."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                self.visit(child)

    def visit_If(self, node: ast.If) -> None:
        checked = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in node.orelse if checked else (*node.body, *node.orelse):
            self.visit(child)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._functions += 1
        self.generic_visit(node)
        self._functions -= 1

    def visit_Import(self, node: ast.Import) -> None:
        self._keep(node.lineno, [alias.name for alias in node.names])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._keep(node.lineno, [f"{node.module}.{alias.name}" for alias in node.names])

    def _keep(self, line: int, names: list[str]) -> None:
        later = self._functions > 0
        self.found += [Import(self._path, line, target, later) for name in names for target in _files(name)]


@cache
def _files(name: str) -> tuple[str, ...]:
    """Lists the files that an import of `a.b.c` runs: packages on the way, and a.b.c or, if c is a name, a.b."""
    parts = name.split(".")
    places = ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    files = (file for place in places for file in (f"{place}/__init__.py", f"{place}.py"))
    return tuple(file for file in files if (ROOT / file).is_file())
