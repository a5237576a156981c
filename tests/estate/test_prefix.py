"""The prefix of every name stands in one place of the program code: what else spells it is documentation."""

import ast
from collections.abc import Iterator

import pytest

from declared.stacks import ROOT
from estate.names import PREFIX
from scripts.rename_estate import renamed

PROGRAM = (
    *("__main__.py", "components", "estate", "runtime", "functions", "jobs"),
    *("declared", "audit", "policies", "scripts", "semantics"),
)
"""All but `local`, whose tools have names of their own, and tests, which state each name independently."""


def spelled(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and text of each string, or part of an f-string, that a renaming would have to edit.

    A string that is a statement is documentation: of a module, a class, a function, or the name above it.
    """
    tree = ast.parse(source)
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in documentation)
    for node in constants:
        if isinstance(node.value, str) and renamed(node.value, "other")[1]:
            yield node.lineno, node.value


def test_the_prefix_is_spelled_where_it_is_declared_and_nowhere_else() -> None:
    files = [path for room in PROGRAM for path in ([ROOT / room] if "." in room else (ROOT / room).rglob("*.py"))]
    found = [(path.relative_to(ROOT).as_posix(), *text) for path in files for text in spelled(path.read_text())]
    assert [(path, text) for path, _, text in found] == [("estate/names.py", PREFIX)], found


@pytest.mark.parametrize(
    "source",
    [
        f"name = '{PREFIX}-exports'",
        f"name = f'{PREFIX}-{{short}}'",
        f"HELP = '''line\n{PREFIX.capitalize()}/Storage'''",
        f"VARIABLE = '{PREFIX.upper()}_STATE'",
        f"def f(name='{PREFIX}'): ...",
    ],
)
def test_a_spelling_in_program_code_is_found(source: str) -> None:
    assert len(list(spelled(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        f"'''The module of {PREFIX}-exports.'''",
        f"class A:\n    name = 1\n    '''As {PREFIX}-exports.'''",
        f"# {PREFIX}-exports",
        f"name = '{PREFIX}ize'",
        "from estate.names import PREFIX\nname = f'{PREFIX}-exports'",
    ],
)
def test_documentation_and_other_words_are_not(source: str) -> None:
    assert list(spelled(source)) == []
