"""The player itself: what it evaluates as GitHub does, and what it refuses rather than guesses."""

from typing import Any

import pytest

from tests.workflows.expressions import ExpressionError, filled, holds, value

CONTEXTS: dict[str, Any] = {
    "matrix": {"stack": "prod"},
    "vars": {"PROD": "a role"},
    "secrets": {},
    "github": {"event": {"pull_request": {"number": 7}}},
    "steps": {"preview": {"outcome": "failure"}},
    "success": lambda: False,
    "failure": lambda: True,
    "always": lambda: True,
    "cancelled": lambda: False,
}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("${{ matrix.stack }}", "prod"),
        ("issue ${{ github.event.pull_request.number }}!", "issue 7!"),
        ("${{ matrix.stack == 'prod' && vars.PROD || vars.STAGING }}", "a role"),
        ("${{ matrix.stack != 'PROD' && vars.PROD || vars.STAGING }}", ""),
        ("${{ secrets.NONE && 'set' }}", ""),
        ("${{ !cancelled() }}", "true"),
        ("${{ 'it''s && it' }}", "it's && it"),
        ("no expression", "no expression"),
    ],
)
def test_an_expression_has_the_value_that_github_gives_it(text: str, result: str) -> None:
    assert filled(text, CONTEXTS) == result


@pytest.mark.parametrize(
    ("condition", "runs"),
    [
        (None, False),
        ("matrix.stack == 'prod'", False),
        ("always()", True),
        ("${{ !cancelled() && steps.preview.outcome == 'failure' }}", True),
        ("failure() && (steps.preview.outcome == 'success' || matrix.stack == 'staging')", False),
    ],
)
def test_without_a_status_function_a_step_runs_only_after_success(condition: str | None, runs: bool) -> None:
    assert holds(condition, CONTEXTS) is runs


@pytest.mark.parametrize(
    "expression", ["inputs.stack", "steps.none.outcome", "toJSON(vars)", "hashFiles('a')", "1 + 1", "matrix["]
)
def test_what_is_not_known_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError, match="not known to the test"):
        value(expression, CONTEXTS)
