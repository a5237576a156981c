"""What the retention job's lines become. Until the job is written, the contract's own example stands for it."""

import json
from typing import Any

import pytest

from estate.model import Estate
from tests.components.published import RETENTION, counted, declared, run_line

LINE: dict[str, Any] = json.loads(run_line())


@pytest.fixture(scope="module")
def estate() -> Estate:
    return declared("prod")


def made(estate: Estate, **changes: Any) -> dict[str, float]:
    found = counted(estate, RETENTION, json.dumps(LINE | changes))
    assert all(metric.namespace == "Author/Storage" and metric.dimensions == () for metric in found)
    return {metric.name: value for metric, value in found.items()}


def test_a_clean_run_becomes_its_numbers(estate: Estate) -> None:
    assert made(estate) == {
        "RetentionRuns": 1,
        "DeletedCount": 120,
        "StaleObjects": 130,
        "StaleObjectsNotHeld": 120,
        "DanglingRows": 10,
        "DanglingRowsNotHeld": 0,
        "FailedDeletions": 0,
    }


def test_zero_deleted_is_a_number_too(estate: Estate) -> None:
    assert made(estate, deleted_count=0)["DeletedCount"] == 0


def test_a_failed_run_is_counted_as_run_and_as_failure(estate: Estate) -> None:
    found = made(estate, result="failed")
    assert (found["RetentionRuns"], found["RetentionRunsFailed"]) == (1, 1)


def test_an_incomplete_run_is_no_failure(estate: Estate) -> None:
    assert "RetentionRunsFailed" not in made(estate, result="incomplete")


def test_other_lines_count_nothing(estate: Estate) -> None:
    assert made(estate, event="retention-progress") == {}
