"""What runs by itself runs when the runbook says."""

from collections.abc import Iterator

from policies.cadence import runs
from policies.claims import EVERY, ScheduleClaim
from policies.estate import Estate
from policies.finding import Severity
from policies.rules.comparison import Comparison, absent, rule
from policies.runbook import Runbook
from policies.views import named, schedules


def _schedules(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    declared = {s.name: s for s in schedules(estate)}
    claims = [c for c in runbook.of(ScheduleClaim) if c.environment in (estate.environment, EVERY)]
    for claim in claims:
        schedule = declared.get(claim.schedule)
        if schedule is None:
            yield absent(f"scheduler/schedule {claim.schedule}", "name", "a schedule of that name", claim)
            continue
        resource = named(schedule.resource)
        holds = runs(schedule.expression, claim.cadence)
        yield Comparison(
            resource, "scheduleExpression", str(claim.cadence), schedule.expression, holds, claim, "scheduleExpression"
        )
        zone = schedule.time_zone
        yield Comparison(
            resource, "scheduleExpressionTimezone", "UTC", zone, zone == "UTC", claim, "scheduleExpressionTimezone"
        )
    known = {c.schedule for c in claims}
    for schedule in declared.values():
        if schedule.name not in known:
            yield Comparison(
                named(schedule.resource), "name", "a row in a table of schedules", schedule.name, holds=False
            )


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
