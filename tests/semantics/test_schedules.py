import pytest

from semantics.schedules import cron_problem, is_moment, rate_problem


@pytest.mark.parametrize(
    "expression", ["cron(0 2 * * ? *)", "cron(0 6 1 1,4,7,10 ? *)", "cron(0/15 8-17 ? * MON-FRI *)"]
)
def test_a_cron_that_eventbridge_takes(expression: str) -> None:
    assert cron_problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "said"),
    [("cron(banana)", ""), ("cron(0 2 * * * *)", ""), ("cron(0 2 * *)", ""), ("rate(1 hour)", "not cron")],
)
def test_a_cron_that_it_refuses(expression: str, said: str) -> None:
    assert said in (cron_problem(expression) or "nothing")
    assert cron_problem(expression) is not None


@pytest.mark.parametrize(
    ("expression", "lenient", "strict"),
    [
        ("rate(1 hour)", None, None),
        ("rate(2 hours)", None, None),
        ("rate(1 hours)", None, "singular"),
        ("rate(2 hour)", None, "singular"),
        ("rate(0 hours)", "not rate", "not rate"),
        ("rate(1 week)", "not rate", "not rate"),
        ("rate(1.5 hours)", "not rate", "not rate"),
    ],
)
def test_a_rate(expression: str, lenient: str | None, strict: str | None) -> None:
    for found, expected in (
        (rate_problem(expression, strict=False), lenient),
        (rate_problem(expression, strict=True), strict),
    ):
        assert found is None if expected is None else expected in (found or "")


def test_a_moment() -> None:
    assert is_moment("at(2027-01-01T09:00:00)")
    assert not is_moment("at(2027-02-30T09:00:00)")
    assert not is_moment("2027-01-01T09:00:00")
