"""Rows that hold in one environment or in every one: which apply, and which leave a gap or contradict each other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from estate.model import Estate, Resource
from policies.comparison import Comparison
from policies.finding import Entry
from policies.runbook.claims import AlarmClaim, ScheduleClaim
from policies.runbook.values import EVERY

R = TypeVar("R", AlarmClaim, ScheduleClaim)


@dataclass(frozen=True)
class Rows(Generic[R]):
    """The rows that apply in an environment, and what is odd about them."""

    claims: list[R]
    odd: list[Comparison]


def rows_of(claims: Iterable[R], declared: Mapping[str, Resource], estate: Estate, name: Callable[[R], str]) -> Rows[R]:
    """Picks the rows of the estate's environment.

    Odd is a declared resource without a row, and a second row for one resource. The comparison speaks of the row of
    the same name in another environment, if there is one.
    """
    rows = list(claims)
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
            expected = f"a row of the runbook for {estate.environment}"
            odd.append(Comparison(resource, ("name",), expected, physical, holds=False, claim=other, scope=None))
    return Rows(applying, odd)
