"""What tests of single components share: a site, and how one component is run by itself."""

from collections.abc import Callable
from functools import cache

from components.access_logs import AccessLogs, AccessLogsArgs
from components.base import Site
from components.schedules import ScheduleGroup, ScheduleGroupArgs
from declared.program import Declaration, declare
from declared.stacks import as_engine
from estate.model import Estate, Resource
from estate.names import PROJECT, Names

NAMES = Names("prod", "111111111111", "us-east-1")
SITE = Site(NAMES, "author-platform", protect_data=True, disposable=False)


ENDPOINT = "https://events.pagerduty.com/integration/canary-7f3a/enqueue"
IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/author/retention@sha256:" + "a" * 64


@cache
def declared(stack: str) -> Declaration:
    """What a stack declares; the same for every test of a process, since each run takes half a second."""
    return declare(stack)


@cache
def configured(stack: str) -> Declaration:
    """What a first preview shows of a stack with every setting that its file leaves for later."""
    endpoints = {f"author-storage:pagerduty{service}": ENDPOINT for service in ("Api", "Detector", "Retention")}
    job = {"author-storage:retentionImage": IMAGE, "author-storage:retentionEnabled": "true"}
    return declare(stack, endpoints | job, unknown_outputs=True)


@cache
def kept_a_day_longer() -> Declaration:
    """What production declares where only its stack file's window changes, by a day."""
    setting = f"{PROJECT}:recordingsWindowDays"
    return declare("prod", {setting: str(int(as_engine("prod")[setting]) + 1)})


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
