"""How much of what the program declares was actually compared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from audit.model import Coverage, Exemption
from audit.table import Kind
from estate.model import Estate
from estate.paths import keys, leaves

NO_READER = "the table has no row that reads it"


def coverage(estate: Estate, kinds: Iterable[Kind], unreadable: frozenset[tuple[str, str]] = frozenset()) -> Coverage:
    """Counts the declared input values.

    Args:
        estate: the declared one.
        kinds: the table.
        unreadable: (logical name, property) of what the account did not tell.
    """
    by_type = {kind.type: kind for kind in kinds}
    compared, declared = 0, 0
    left_out: Counter[tuple[str, str, str]] = Counter()
    for resource in estate.resources:
        if not resource.type.startswith("aws:"):
            continue
        kind = by_type.get(resource.type)
        for path in counted(resource.properties):
            declared += 1
            reason = _why_not(kind, path, unread=(resource.name, path.partition(".")[0]) in unreadable)
            if reason:
                left_out[resource.type, path, reason] += 1
            else:
                compared += 1
    exempt = tuple(Exemption(t, p, r, n) for (t, p, r), n in sorted(left_out.items()))
    return Coverage(compared, declared, exempt)


def counted(properties: Mapping[str, Any]) -> Iterator[str]:
    """Yields the paths of all plain values, list positions left out; a list of plain values counts as one."""
    for path, value in leaves(properties):
        further = isinstance(path[-1], int) and path[-1] > 0
        if not further and value != {}:
            yield ".".join(keys(path))


def _why_not(kind: Kind | None, path: str, *, unread: bool) -> str | None:
    if kind is None:
        return NO_READER
    if unread:
        return "the account did not tell"
    for exempt, reason in kind.exempt.items():
        if path == exempt or path.startswith(f"{exempt}."):
            return reason
    top = path.partition(".")[0]
    return None if top in kind.identity or any(a.path == top for a in kind.attributes) else NO_READER
