"""Every environment that a row of the runbook is for is some stack's."""

from collections.abc import Iterator

from estate.model import Estate, Resource
from estate.paths import Path
from estate.settings import ENVIRONMENT_SETTING, SETTINGS, settings_of
from policies.comparison import Comparison, absent
from policies.finding import Severity
from policies.rule import rule
from policies.runbook.claims import AlarmClaim, ScheduleClaim, WindowClaim
from policies.runbook.reader import Runbook
from policies.runbook.values import EVERY

ENVIRONMENT: Path = (ENVIRONMENT_SETTING,)


@rule(
    "environment",
    "Every row is for a stack that there is.",
    Severity.HIGH,
    (WindowClaim, ScheduleClaim, AlarmClaim),
    why="A row for no stack is compared with nothing.",
)
def environment(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares the environment of each row with those of the stack files; a stack's missing rows are other rules'."""
    files = {str(r.properties[setting]): r for r, setting in settings_of(estate, {ENVIRONMENT_SETTING})}
    claims = (*runbook.of(WindowClaim), *runbook.of(ScheduleClaim), *runbook.of(AlarmClaim))
    for claim in claims:
        named = claim.environment
        if found := files.get(named):
            yield Comparison(found, ENVIRONMENT, named, named, holds=True, claim=claim, scope=ENVIRONMENT)
        elif named != EVERY:
            yield absent(Resource(SETTINGS, f"Pulumi.{named}.yaml"), ENVIRONMENT, named, claim)


RULES = (environment,)
