"""Who made a change, as far as CloudTrail can be read: management events of the last 90 days.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html (two calls a second and region)
"""

from dataclasses import replace
from typing import Any

from audit.api import AbsentError, Account, UnreadableError
from audit.model import NO_ANSWERS, Actor, Drift, Report
from audit.table import Call

LOOKUP = Call("cloudtrail", "lookup_events", "cloudtrail:LookupEvents", "*")

MOST = 50
"""Events looked at for one resource: the newest page; older ones changed something else."""


def with_actors(account: Account, report: Report) -> Report:
    """Names the newest writing event on each finding's resource; where there is none, the finding stays as it is."""
    return replace(report, findings=tuple(_with_actor(account, f) for f in report.findings))


def _with_actor(account: Account, finding: Drift) -> Drift:
    if finding.status in NO_ANSWERS:
        return finding
    name = finding.subject.physical.partition("/")[0] or finding.subject.physical
    lookup = [{"AttributeKey": "ResourceName", "AttributeValue": name}]
    try:
        answer = account.ask(LOOKUP.service, LOOKUP.operation, LookupAttributes=lookup)
    except (AbsentError, UnreadableError):
        return finding
    writing = [e for e in answer["Events"][:MOST] if e.get("ReadOnly") != "true"]
    return replace(finding, actor=_actor(writing[0])) if writing else finding


def _actor(event: dict[str, Any]) -> Actor:
    return Actor(
        str(event.get("Username", "unknown")),
        str(event["EventName"]),
        event["EventTime"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
