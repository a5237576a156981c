"""What to do about a finding: the command that puts it back, and the change that would accept it."""

from audit.model import Status, Subject
from audit.observe import Place
from policies.finding import Severity

CRITICAL = (
    "aws:s3/bucket:",
    "aws:s3/bucketPublicAccessBlock",
    "aws:s3/bucketPolicy",
    "aws:s3/bucketAcl",
    "aws:s3/bucketReplication",
    "aws:s3/bucketObjectLock",
    "aws:s3/bucketVersioning",
    "aws:s3/bucketLifecycle",
    "aws:iam/",
    "aws:kms/key:",
)
"""Types whose drift opens data, loses it or lets someone delete it."""


def severity(subject: Subject, status: Status) -> Severity:
    """Says how much a drift matters where no rule of the runbook says so."""
    if subject.property.startswith("tags"):
        return Severity.MEDIUM
    if status is Status.UNREADABLE:
        return Severity.HIGH
    return Severity.CRITICAL if subject.type.startswith(CRITICAL) else Severity.HIGH


def put_back(place: Place, status: Status, stack: str) -> str:
    """Returns the command that restores what is declared."""
    if status is Status.UNREADABLE:
        calls = {*(a.call for a in place.kind.attributes), *place.kind.discovered_by}
        return f"allow {', '.join(sorted({action for c in calls for action, _ in c.rights}))}, then audit again"
    if status is Status.UNMANAGED and place.declared is None:
        return place.kind.remove.format(*place.physical.split("/"), physical=place.physical)
    return f"pulumi refresh --stack {stack} --yes && pulumi up --stack {stack}"


def accept(subject: Subject, status: Status, source: str) -> str:
    """Returns the change that would make what was found right."""
    if status is Status.UNREADABLE:
        return "nothing: it has to be read"
    kind = subject.type.rsplit(":", 1)[-1]
    if status is Status.MISSING and not subject.property:
        return f"remove {kind} {subject.name} from the program ({source})"
    if status is Status.UNMANAGED and not subject.property:
        return f"declare {kind} {subject.physical} in a component, or import it: pulumi import {subject.type} NAME ID"
    return f"declare {subject.property} as found, in {source}, and what the runbook says of it"
