"""Each kind of change is made, alone, where it decides something; and nowhere else."""

import ast

import pytest

from scripts.mutants.changes import changes


def spelled(source: str) -> list[str]:
    """Each changed module, on one line a module."""
    return [ast.unparse(change.tree) for change in changes(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["a <= b"]),
        ("a >= b", ["a > b"]),
        ("a == b", ["a != b"]),
        ("a is None", ["a is not None"]),
        ("a not in b", ["a in b"]),
        ("a and b", ["a or b"]),
        ("a or b", ["a and b"]),
        ("not a", ["a"]),
        ("a + b", ["a - b"]),
        ("a // b", ["a * b"]),
        ("a += b", ["a -= b"]),
        ("a = True", ["a = False"]),
        ("a = 24", ["a = 25"]),
        ("a = 0.5", ["a = 1.5"]),
        ("a = b if c else d", ["a = d if c else b"]),
        ("if a:\n    b", ["if not a:\n    b"]),
        ("wait(a)", ["pass"]),
        ("[a for a in b if c]", ["[a for a in b]"]),
        ("def f():\n    return a", ["def f():\n    return None"]),
        ("def f():\n    yield a", ["def f():\n    pass"]),
        ("while a:\n    continue", ["while a:\n    break"]),
        ("while a:\n    break", ["while a:\n    continue"]),
    ],
)
def test_each_kind_of_change(source: str, expected: list[str]) -> None:
    assert spelled(source) == [ast.unparse(ast.parse(text)) for text in expected]


@pytest.mark.parametrize(
    "source",
    [
        '"""Says 1 + 1."""',
        "def f(a: 1) -> 2:\n    '''Not a.'''",
        "a: Literal[True]",
        "@dataclass(frozen=True)\nclass A(B, key=1):\n    '''A.'''",
        "raise Error(f'{a + 1}')",
        "import a",
        "a = f'{b + 1}'",
        "a = 'text'",
        "def f():\n    return None",
        "def f():\n    return",
    ],
)
def test_what_decides_nothing_is_left_alone(source: str) -> None:
    assert spelled(source) == []


def test_one_change_at_a_time_and_each_says_where() -> None:
    found = list(changes("a = 1\nif a + 2 == 4:\n    stop(a)\n"))
    assert [(c.line, c.before, c.after) for c in found] == [
        (1, "1", "2"),
        (2, "if a + 2 == 4", "if not a + 2 == 4"),
        (2, "a + 2 == 4", "a + 2 != 4"),
        (2, "a + 2", "a - 2"),
        (2, "2", "3"),
        (2, "4", "5"),
        (3, "stop(a)", "pass"),
    ]
    assert ast.unparse(found[3].tree) == "a = 1\nif a - 2 == 4:\n    stop(a)"
