"""What stands after `up`: a table of components and buckets, where the account listens, what to try next."""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from local.driver.session import Session

Json = dict[str, Any]
LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
NEXT = (
    ('eval "$(make -s env)"', "point any AWS tool at the account: aws s3 ls"),
    ("make preview", "what a change would do, checked by the runbook's rules"),
    ("make refresh", "what somebody changed by hand"),
    ("make down", "destroy it all"),
)


def summary(session: "Session", changes: Mapping[str, int], seconds: float) -> RenderableType:
    """Return what `up` ends with."""
    resources = session.stack.read().resources
    changed = {kind: number for kind, number in changes.items() if kind not in ("same", "read")}
    done = ", ".join(f"{number} {kind}" for kind, number in changed.items()) or "no changes"
    lines = [Text(f"{command:24} {what}", overflow="ignore", no_wrap=True) for command, what in NEXT]
    return Group(
        components(resources),
        buckets(resources),
        Text(
            f"{done}; {sum(is_aws(item) for item in resources)} AWS resources stand, {seconds:.0f} s",
            style="bold green",
        ),
        Text(f"account {session.account.account_id} listens at {session.account.endpoint}"),
        Text(),
        *lines,
    )


def components(resources: list[Json]) -> Table:
    """Count the AWS resources of each component directly below the stack."""
    parents = {item["urn"]: item.get("parent", "") for item in resources}
    counts = Counter(_top(item["urn"], parents) for item in resources if is_aws(item))
    table = Table(title="What stands", title_justify="left")
    table.add_column("component")
    table.add_column("kind")
    table.add_column("resources", justify="right")
    for urn, number in sorted(counts.items()):
        table.add_row(urn.split("::")[-1], urn.split("::")[2].split("$")[-1].split(":")[-1], str(number))
    return table


def buckets(resources: list[Json]) -> Table:
    """List the lifecycle of each bucket that has one."""
    table = Table(title="Buckets", title_justify="left")
    table.add_column("bucket")
    table.add_column("lifecycle")
    for item in resources:
        if item["type"] == LIFECYCLE:
            rules: list[Json] = item["outputs"].get("rules") or []
            table.add_row(str(item["outputs"]["bucket"]), "\n".join(_rule(rule) for rule in rules))
    return table


def is_aws(resource: Json) -> bool:
    """Tell whether a resource of the state stands in the account."""
    return str(resource["type"]).startswith("aws:")


def _top(urn: str, parents: Mapping[str, str]) -> str:
    while "pulumi:pulumi:Stack" not in parents.get(urn, "pulumi:pulumi:Stack"):
        urn = parents[urn]
    return urn


def _rule(rule: Json) -> str:
    transitions: list[Json] = rule.get("transitions") or []
    expiration: Json = rule.get("expiration") or {}
    noncurrent: Json = rule.get("noncurrentVersionExpiration") or {}
    uploads: Json = rule.get("abortIncompleteMultipartUpload") or {}
    parts = [f"day {step['days']}: {step['storageClass']}" for step in transitions]
    if expiration.get("days"):
        parts.append(f"day {expiration['days']}: expires")
    if expiration.get("expiredObjectDeleteMarker"):
        parts.append("lone delete markers: removed")
    if noncurrent:
        parts.append(f"noncurrent {noncurrent['noncurrentDays']} days: deleted")
    if uploads:
        parts.append(f"incomplete uploads {uploads['daysAfterInitiation']} days: aborted")
    return f"{rule['id']}: {', '.join(parts)}"
