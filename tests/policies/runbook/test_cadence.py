import pytest

from policies.runbook.cadence import Cadence, cadence, runs

QUARTERLY = Cadence("months", (1, 4, 7, 10))


@pytest.mark.parametrize(
    ("expression", "rhythms"),
    [
        ("rate(1 hour)", {"hourly"}),
        ("rate(60 minutes)", {"hourly"}),
        ("cron(0 * * * ? *)", {"hourly"}),
        ("cron(15 0/1 ? * * *)", {"hourly"}),
        ("rate(1 day)", {"daily", "every 24 hours"}),
        ("rate(24 hours)", {"daily", "every 24 hours"}),
        ("cron(0 2 * * ? *)", {"daily", "every 24 hours", "nightly"}),
        ("cron(0 12 * * ? *)", {"daily", "every 24 hours"}),
        ("rate(7 days)", {"weekly"}),
        ("cron(0 6 ? * MON *)", {"weekly"}),
        ("cron(0 6 ? * 2 *)", {"weekly"}),
        ("rate(2 hours)", set[str]()),
        ("cron(0 */2 * * ? *)", set[str]()),
        ("cron(0 6 1 * ? *)", set[str]()),
        ("cron(0 6 ? * MON-FRI *)", set[str]()),
        ("cron(0 2 * * ? 2027)", set[str]()),
        ("at(2027-01-01T00:00:00)", set[str]()),
        ("", set[str]()),
    ],
)
def test_tells_the_rhythm_of_an_expression(expression: str, rhythms: set[str]):
    words = ("hourly", "nightly", "daily", "every 24 hours", "weekly")
    assert {w for w in words if runs(expression, cadence(w))} == rhythms
    assert not runs(expression, QUARTERLY)


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("cron(0 6 1 1,4,7,10 ? *)", True),
        ("cron(0 6 2 1,4,7,10 ? *)", False),
        ("cron(0 6 1 1,4,7 ? *)", False),
        ("cron(0 6 1 1/3 ? *)", False),
        ("cron(* 6 1 1,4,7,10 ? *)", False),
    ],
)
def test_tells_the_months(expression: str, holds: bool):
    assert runs(expression, QUARTERLY) == holds


def test_reads_and_writes_months():
    assert cadence("on the 1st of January, April, July and October") == QUARTERLY
    assert str(QUARTERLY) == "on the 1st of January, April, July and October"
    assert str(Cadence("months", (5,))) == "on the 1st of May"


@pytest.mark.parametrize("text", ["sometimes", "on the 1st of Brumaire", "on the 1st of May and May", ""])
def test_refuses_other_words(text: str):
    with pytest.raises(ValueError, match="hourly, nightly"):
        cadence(text)
