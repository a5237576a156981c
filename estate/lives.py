"""The life of an object in each data bucket of an estate; needs no Pulumi, so the function in the account can draw."""

from collections.abc import Iterator

from estate.errors import MendableError
from estate.model import Estate
from estate.names import PREFIX, Names
from estate.views import LIFECYCLE, lifecycle_of, versioned_buckets
from semantics.lifecycle.constraints import Kind, Problem, problems
from semantics.lifecycle.costs import PriceError, load_prices
from semantics.lifecycle.life import Life, life_of
from semantics.lifecycle.reader import LifecycleError

BUCKET = "s3/bucket:Bucket"


class TimelineError(MendableError):
    """The timeline can't be shown; the message says what was found and what to do."""


def lives(estate: Estate) -> Iterator[tuple[Life, tuple[Problem, ...]]]:
    """Yields the life of an object in each data bucket of an estate, with what is wrong with the bucket's rules.

    Raises:
        TimelineError: a data bucket has no readable lifecycle that S3 would take.
    """
    names = Names(estate.environment, estate.account, estate.region)
    locked = {r.properties.get("bucket") for r in estate.of_type(BUCKET) if r.properties.get("objectLockEnabled")}
    declared = {r.properties.get("bucket"): r for r in estate.of_type(LIFECYCLE)}
    for bucket in names.data_buckets:
        if bucket not in declared:
            raise TimelineError(f"{bucket} has no lifecycle configuration in stack {estate.stack}; declare one")
        versioned = bucket in versioned_buckets(estate)
        try:
            configuration = lifecycle_of(declared[bucket])
            found = tuple(problems(configuration, versioned=versioned))
            if refused := [p for p in found if p.constraint.kind is Kind.REFUSED]:
                raise TimelineError(f"{bucket}: S3 would refuse these rules. {refused[0]}")
            yield life_of(bucket, configuration, load_prices(), versioned=versioned, locked=bucket in locked), found
        except (LifecycleError, PriceError) as error:
            raise TimelineError(f"{bucket}: {error}") from error


def picture_name(life: Life, estate: Estate) -> str:
    """Returns the file name of a bucket's picture, as `timeline-prod-recordings.svg`."""
    short = life.bucket.removeprefix(f"{PREFIX}-").removesuffix(f"-{estate.environment}")
    return f"timeline-{estate.stack}-{short}.svg"
