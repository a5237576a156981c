"""The lifecycle constraints as rules over an estate: each bucket's configuration, seen with its versioning."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from estate.memo import once_per_estate
from estate.model import Estate, Resource
from estate.views import LIFECYCLE, named, versioned_buckets
from policies.finding import Finding, Rule, Severity
from semantics.lifecycle.checks import Subject
from semantics.lifecycle.constraints import CONSTRAINTS, Constraint, Kind
from semantics.lifecycle.model import MINIMUM_SIZE
from semantics.lifecycle.reader import LifecycleError, from_properties

if TYPE_CHECKING:
    from policies.runbook.reader import Runbook


@once_per_estate
def _readable(estate: Estate) -> list[tuple[Resource, Subject]]:
    """Reads every lifecycle configuration but those that `lifecycle-readable` reports."""
    versioned, found = versioned_buckets(estate), list[tuple[Resource, Subject]]()
    for resource in estate.of_type(LIFECYCLE):
        try:
            configuration = from_properties(_rules_of(resource))
        except LifecycleError:
            continue
        subject = Subject(configuration, str(resource.properties.get("bucket")) in versioned, MINIMUM_SIZE)
        found.append((resource, subject))
    return found


def _rule(constraint: Constraint) -> Rule:
    severity = Severity.HIGH if constraint.kind is Kind.REFUSED else Severity.MEDIUM
    identity = f"lifecycle-{constraint.id}"

    def check(estate: Estate, runbook: "Runbook") -> Iterator[Finding]:  # noqa: ARG001
        for resource, subject in _readable(estate):
            for d in constraint.check(subject):
                yield Finding(identity, severity, named(resource), d.property, d.expected, d.found, why=constraint.why)

    return Rule(identity, constraint.title, severity, (), check)


def _unreadable(estate: Estate, runbook: "Runbook") -> Iterator[Finding]:  # noqa: ARG001
    for resource in estate.of_type(LIFECYCLE):
        try:
            from_properties(_rules_of(resource))
        except LifecycleError as error:
            yield Finding(
                "lifecycle-readable",
                Severity.HIGH,
                named(resource),
                "rules",
                "a lifecycle configuration known in full",
                str(error),
                why="What cannot be read cannot be judged.",
            )


def _rules_of(resource: Resource) -> dict[str, Any]:
    keys = ("rules", "transitionDefaultMinimumObjectSize")
    return {k: v for k, v in resource.properties.items() if k in keys}


LIFECYCLE_RULES = (
    Rule("lifecycle-readable", "Every lifecycle configuration is known in full.", Severity.HIGH, (), _unreadable),
    *map(_rule, CONSTRAINTS),
)
"""One rule a constraint, and one that refuses what cannot be read. None proves a claim: they guard what S3 does."""
