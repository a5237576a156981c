from datetime import UTC, datetime, timedelta

import pytest

from semantics.alarms.metric_math import MathError, calculate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENDS = [NOW - timedelta(hours=age) for age in (2, 1, 0)]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + 2 * b", [21, None, 43]),
        ("a / b", [0.1, None, None]),
        ("FILL(a, 0)", [1, 0, 3]),
        ("FILL(nothing, 7)", [7, 7, 7]),
        ("DIFF(b)", [None, 10, -20]),
        ("IF(a > 1, b, 99)", [99, None, 20]),
        ("IF(a == 1 AND b != 0, 1, 0)", [1, None, 0]),
        ("IF(a == 3 OR b == 10, 1, 0)", [1, None, 1]),
        ("IF(1 > 2, 5, 6)", [6, 6, 6]),
        ("a - 1", [0, None, 2]),
    ],
)
def test_metric_math(expression: str, expected: list[float | None]) -> None:
    if expression == "a / b":
        rows = {"a": dict(zip(ENDS, (1.0, 2.0, 3.0), strict=True)), "b": {ENDS[0]: 10.0, ENDS[2]: 0.0}}
    elif "DIFF" in expression:
        rows = {"b": dict(zip(ENDS, (10.0, 20.0, 0.0), strict=True))}
    else:
        rows = {"a": {ENDS[0]: 1.0, ENDS[2]: 3.0}, "b": dict(zip(ENDS, (10.0, 20.0, 20.0), strict=True)), "nothing": {}}
    result = calculate(expression, rows, ENDS)
    assert [result.get(end) for end in ENDS] == expected


@pytest.mark.parametrize("expression", ["a +", "RATE(a)", "unheard_of", "FILL(1, 0)", "a if a else 0", "1 < a < 3"])
def test_math_that_is_not_known_is_refused_by_name(expression: str) -> None:
    with pytest.raises(MathError, match=r"metric math"):
        calculate(expression, {"a": {NOW: 1.0}}, [NOW])
