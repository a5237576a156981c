"""The stacks as the program declares them, and one careless edit at a time."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from declared.settings_files import with_settings
from declared.stacks import stacks
from estate.model import Estate, Resource
from estate.paths import GONE, put
from policies.runbook.claims import LifecycleClaim, WindowClaim
from policies.runbook.reader import C, Runbook, read_runbook
from policies.runbook.values import AfterDays
from tests.components.single import declared as declaration

ROOT = Path(__file__).resolve().parents[2]
STACKS = stacks()


@cache
def declared(stack: str) -> Estate:
    """A stack's resources and settings files."""
    return with_settings(declaration(stack).estate, ROOT)


@cache
def runbook() -> Runbook:
    """The runbook."""
    return read_runbook(ROOT / "docs" / "runbook.md")


def claim(kind: type[C], subject: str) -> C:
    """The claim of the runbook that speaks of something."""
    (found,) = (c for c in runbook().of(kind) if c.subject == subject)
    return found


def window(environment: str) -> int:
    """For how many days the runbook says that an environment keeps recordings."""
    return claim(WindowClaim, environment).days


def chain(buckets: str) -> tuple[int, ...]:
    """The days of a lifecycle that the runbook draws, in its order; a window is none."""
    life = claim(LifecycleClaim, buckets)
    ends = (life.end.days,) if isinstance(life.end, AfterDays) else ()
    return (*(move.days for move in life.moves), *ends)


def edited(estate: Estate, kind: str, name: str, path: str, value: object) -> Estate:
    """Sets one property of one resource, as `rules.0.expiration.days`; None removes it."""
    resource = one(estate, kind, name)
    steps = tuple(int(step) if step.isdecimal() else step for step in path.split("."))
    properties = put(resource.properties, steps, GONE if value is None else value)
    return plus(without(estate, kind, name), replace(resource, properties=properties))


def without(estate: Estate, kind: str, name: str) -> Estate:
    """Removes one resource."""
    gone = one(estate, kind, name)
    return replace(estate, resources=tuple(r for r in estate.resources if r is not gone))


def plus(estate: Estate, resource: Resource) -> Estate:
    """Adds one resource."""
    return replace(estate, resources=tuple(sorted([*estate.resources, resource], key=lambda r: r.key)))


def one(estate: Estate, kind: str, name: str) -> Resource:
    """The one resource of a kind, as `s3/bucketPolicy`, and a logical name."""
    (found,) = (r for r in estate.resources if r.type.split(":")[1] == kind and r.name == name)
    return found
