"""What runs by itself runs when the runbook says."""

from collections.abc import Iterator

from estate.model import Estate
from policies.comparison import Comparison, absent, expect, undeclared
from policies.finding import Severity
from policies.rule import rule
from policies.rules.rows import rows_of
from policies.runbook.cadence import runs
from policies.runbook.claims import ScheduleClaim
from policies.runbook.reader import Runbook

SCHEDULE = "scheduler/schedule:Schedule"


@rule(
    "schedule",
    "What runs by itself runs when the runbook says.",
    Severity.HIGH,
    (ScheduleClaim,),
    why="People would wait for something that does not happen, or be surprised by something that does.",
)
def schedule(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares each schedule with its row."""
    declared = {str(r.properties.get("name")): r for r in estate.of_type(SCHEDULE)}
    rows = rows_of(ScheduleClaim, declared, estate, runbook, lambda c: c.schedule)
    yield from rows.odd
    for claim in rows.claims:
        found = declared.get(claim.schedule)
        if found is None:
            yield absent(undeclared(SCHEDULE, claim.schedule), ("name",), "a schedule of that name", claim)
            continue
        path, expression = ("scheduleExpression",), str(found.properties.get("scheduleExpression"))
        yield Comparison(found, path, str(claim.cadence), expression, runs(expression, claim.cadence), claim, path)
        zone = ("scheduleExpressionTimezone",)
        yield expect(found, zone, "UTC", claim, default="UTC", scope=zone)
        yield expect(found, ("name",), claim.schedule, claim, scope=("name",))


RULES = (schedule,)
