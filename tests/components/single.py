"""What tests of single components share: a site, and how one component is run by itself."""

from collections.abc import Callable
from functools import cache

from components.access_logs import AccessLogs, AccessLogsArgs
from components.base import Site
from components.schedules import ScheduleGroup, ScheduleGroupArgs
from declared.program import Declaration, declare
from estate.model import Estate, Resource
from estate.names import Names

NAMES = Names("prod", "111111111111", "us-east-1")
SITE = Site(NAMES, "author-platform", protect_data=True, disposable=False)


@cache
def declared(stack: str) -> Declaration:
    """What a stack declares; the same for every test of a process."""
    return declare(stack)


def alone(program: Callable[[], object]) -> Estate:
    """The resources that a program declares, run under production's configuration."""
    return declare("prod", program=program).estate


def one(estate: Estate, type_: str, name: str | None = None) -> Resource:
    """The only resource of a type, as `sqs/queue:Queue`, with a logical name where there are several."""
    (found,) = (r for r in estate.of_type(type_) if name is None or r.name == name)
    return found


def statement(resource: Resource, sid: str, key: str = "policy") -> dict[str, object]:
    """The statement of a policy with a sid."""
    (found,) = (s for s in resource.properties[key]["Statement"] if s["Sid"] == sid)
    return found


def logs() -> AccessLogs:
    """The bucket that others log to."""
    return AccessLogs("logs", SITE, AccessLogsArgs(keep_days=400))


def group() -> ScheduleGroup:
    """The group that schedules are in."""
    return ScheduleGroup("group", SITE, ScheduleGroupArgs(NAMES.schedule_group))
