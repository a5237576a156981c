"""The runbook's rows: which apply in an environment, which contradict each other, and what has none."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from estate.model import Estate, Resource
from estate.views import Bucket
from policies.comparison import Comparison
from policies.finding import Entry
from policies.runbook.claims import AlarmClaim, Claim, ScheduleClaim
from policies.runbook.reader import Runbook
from policies.runbook.tables import BY_CLAIM
from policies.runbook.values import EVERY
from semantics.words import ABSENT

R = TypeVar("R", AlarmClaim, ScheduleClaim)


@dataclass(frozen=True)
class Rows(Generic[R]):
    """The rows that apply in an environment, and what is odd about them."""

    claims: list[R]
    odd: list[Comparison]


def a_row(kind: type[Claim], runbook: Runbook) -> str:
    """Says where a claim of a kind is to be written."""
    table = BY_CLAIM.get(kind)
    return f'a row in the table "{table.header[0]}" of {runbook.path}' if table else f"arrows in {runbook.path}"


def without_row(declared: Iterable[Bucket], kind: type[Claim], runbook: Runbook) -> Iterator[Comparison]:
    """Reports the buckets that no claim of a kind speaks of."""
    patterns = [str(vars(c)["buckets"]) for c in runbook.of(kind)]
    for bucket in declared:
        if not any(map(bucket.matches, patterns)):
            yield Comparison(bucket.resource, ("bucket",), a_row(kind, runbook), ABSENT, holds=False)


def rows_of(
    kind: type[R], declared: Mapping[str, Resource], estate: Estate, runbook: Runbook, name: Callable[[R], str]
) -> Rows[R]:
    """Picks the rows of the estate's environment.

    Odd is a declared resource without a row, and a second row for one resource. The comparison speaks of the row of
    the same name in another environment, if there is one.
    """
    rows = list(runbook.of(kind))
    applying = [c for c in rows if c.environment in (estate.environment, EVERY)]
    odd: list[Comparison] = []
    for claim in applying:
        twins = [c for c in applying if name(c) == name(claim)]
        if len(twins) > 1:
            found = f"lines {', '.join(str(c.line) for c in twins)}"
            row, expected = Entry("row", name(claim)), f"one row for {estate.environment}"
            odd.append(Comparison(row, ("Environment",), expected, found, holds=False, claim=claim))
    known = {name(c) for c in applying}
    for physical, resource in declared.items():
        if physical not in known:
            other = next((c for c in rows if name(c) == physical), None)
            expected = f"{a_row(kind, runbook)} for {estate.environment}"
            odd.append(Comparison(resource, ("name",), expected, physical, holds=False, claim=other, scope=None))
    return Rows(applying, odd)
