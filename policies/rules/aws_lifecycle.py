"""The lifecycle constraints as rules over an estate: each bucket's configuration, seen with its versioning."""

from collections.abc import Iterator

from estate.memo import once_per_estate
from estate.model import Estate, Resource
from estate.paths import Member, Path
from estate.views import LIFECYCLE, lifecycle_of, versioned_buckets
from policies.comparison import Comparison
from policies.finding import Severity
from policies.rule import Rule, rule
from policies.runbook.reader import Runbook
from semantics.lifecycle.checks import Defect, Subject
from semantics.lifecycle.constraints import CONSTRAINTS, Constraint, Kind
from semantics.lifecycle.model import MINIMUM_SIZE
from semantics.lifecycle.reader import LifecycleError


@once_per_estate
def _readable(estate: Estate) -> list[tuple[Resource, Subject]]:
    """Reads every lifecycle configuration but those that `lifecycle-readable` reports."""
    versioned, found = versioned_buckets(estate), list[tuple[Resource, Subject]]()
    for resource in estate.of_type(LIFECYCLE):
        try:
            configuration = lifecycle_of(resource)
        except LifecycleError:
            continue
        subject = Subject(configuration, str(resource.properties.get("bucket")) in versioned, MINIMUM_SIZE)
        found.append((resource, subject))
    return found


def _rule(constraint: Constraint) -> Rule:
    def compare(estate: Estate, _: Runbook) -> Iterator[Comparison]:
        for resource, subject in _readable(estate):
            for d in constraint.check(subject):
                yield Comparison(resource, _path(d, subject), d.expected, d.found, holds=False)

    severity = Severity.HIGH if constraint.kind is Kind.REFUSED else Severity.MEDIUM
    identity = f"lifecycle-{constraint.id}"
    return Rule(identity, constraint.title, severity, (), constraint.why, constraint.source, compare)


def _path(defect: Defect, subject: Subject) -> Path:
    """Returns where a defect stands: the lifecycle rule as a step, and what is below it in S3's own words."""
    for r in subject.configuration.rules:
        step = Member(r.id) if r.id else r.position
        if defect.property == r.path:
            return "rules", step
        if defect.property.startswith(f"{r.path}."):
            return "rules", step, defect.property.removeprefix(f"{r.path}.")
    return (defect.property,)


@rule(
    "lifecycle-readable",
    "Every lifecycle configuration is known in full.",
    Severity.HIGH,
    (),
    why="What cannot be read cannot be judged.",
)
def readable(estate: Estate, _: Runbook) -> Iterator[Comparison]:
    """Reports the lifecycle configurations that can't be read."""
    for resource in estate.of_type(LIFECYCLE):
        try:
            lifecycle_of(resource)
        except LifecycleError as error:
            expected = "a lifecycle configuration known in full"
            yield Comparison(resource, ("rules",), expected, str(error), holds=False)


LIFECYCLE_RULES = (readable, *map(_rule, CONSTRAINTS))
"""One rule a constraint, and one that refuses what cannot be read. None proves a claim: they guard what S3 does."""
