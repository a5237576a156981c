"""What runs by itself runs when the runbook says."""

from collections.abc import Iterator

from estate.model import Estate
from estate.views import named
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, equal, rule
from policies.rules.rows import rows_of
from policies.runbook.cadence import runs
from policies.runbook.claims import ScheduleClaim
from policies.runbook.reader import Runbook

SCHEDULE = "scheduler/schedule:Schedule"


def _schedules(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {str(r.properties.get("name")): r for r in estate.of_type(SCHEDULE)}
    rows = rows_of(runbook.of(ScheduleClaim), declared, estate, lambda c: c.schedule)
    yield from rows.odd
    for claim in rows.claims:
        schedule = declared.get(claim.schedule)
        if schedule is None:
            yield absent(f"scheduler/schedule {claim.schedule}", "name", "a schedule of that name", claim)
            continue
        path, expression = "scheduleExpression", str(schedule.properties.get("scheduleExpression"))
        holds = runs(expression, claim.cadence)
        yield Comparison(named(schedule), path, str(claim.cadence), expression, holds, claim, path)
        zone = schedule.properties.get("scheduleExpressionTimezone", "UTC")
        yield equal(schedule, f"{path}Timezone", "UTC", zone, claim, scope=f"{path}Timezone")
        yield equal(schedule, "name", claim.schedule, schedule.properties.get("name"), claim, scope="name")


RULES = (
    rule(
        "schedule",
        "What runs by itself runs when the runbook says.",
        Severity.HIGH,
        (ScheduleClaim.kind,),
        why="People would wait for something that does not happen, or be surprised by something that does.",
        compare=_schedules,
    ),
)
