"""What the audit may do, generated from its table: attribute → call → permission → statement."""

import re
from collections import defaultdict
from collections.abc import Iterator

from audit.overdue import CALLS as OVERDUE
from audit.readers.all import KINDS
from audit.readers.iam import ALIASES
from audit.table import Call

OWN_BUCKETS = "s3"
"""Service whose names are global: its statements are bound to the account by a condition."""


def calls() -> Iterator[Call]:
    """Lists every call that an audit makes, `--who` left out: the function does not ask CloudTrail."""
    yield ALIASES
    yield from OVERDUE
    for kind in KINDS:
        yield from kind.discovered_by
        for attribute in kind.attributes:
            yield attribute.call


def grants(account: str, region: str, environment: str) -> dict[str, dict[str, list[str]]]:
    """Groups the permissions by statement.

    Returns:
        Sid (`ReadS3`, `ListS3`) → resource → actions, everything sorted. What AWS defines for no single resource stands
        on `*`, in a statement of its own.
    """
    granted: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for call in calls():
        for permission, pattern in call.rights:
            resource = pattern.format(account=account, region=region, environment=environment)
            service = re.sub(r"[^a-z0-9]", "", permission.split(":")[0])
            sid = ("List" if resource == "*" else "Read") + service.capitalize()
            granted[sid][resource].add(permission)
    return {
        sid: {resource: sorted(actions) for resource, actions in sorted(by_resource.items())}
        for sid, by_resource in sorted(granted.items())
    }
