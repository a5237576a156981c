"""What nearly is a claim: a careless edit must not turn a claim into prose that nobody compares."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from policies.runbook.chain import BUCKETS_FIRST, CHAIN, is_class, is_step
from policies.runbook.markdown import Text
from policies.runbook.tables import BY_HEADER

_ARROW = re.compile(r"[→⇒⟶⟹➔➜➝➞]|[-=–—]{1,3}>")
_MARKS = re.compile(r"[\s*_`~○:.]+")
_CELLS = re.compile(r"(?<!\\)\|")

Miss = tuple[int, str, str]
"""A line of a text, from 0, what stands there, and what would be a claim."""


def nearly_header(cells: Sequence[str]) -> str | None:
    """Returns the header of a claims table that these headings are one column or word away from, or None."""
    plain = tuple(_plain(c) for c in cells)
    return next((" | ".join(header) for header, known in _KNOWN if _one_away(plain, known)), None)


def _plain(heading: str) -> str:
    return _MARKS.sub(" ", heading).strip().lower()


_KNOWN = tuple((header, tuple(_plain(heading) for heading in header)) for header in BY_HEADER)


def _one_away(found: Sequence[str], known: Sequence[str]) -> bool:
    """Says whether one column more, less, changed or moved, or a word in each of them, makes one of the other."""
    if abs(len(found) - len(known)) > 1:
        return False
    shared = (Counter(found) & Counter(known)).total()
    if shared and shared >= max(len(found), len(known)) - 1:
        return True
    return len(found) == len(known) and all(map(_alike, found, known))


def _alike(found: str, known: str) -> bool:
    """Says whether two headings share a word, or all but two of their letters."""
    if set(found.split()) & set(known.split()):
        return True
    return abs(len(found) - len(known)) <= 2 and (Counter(found) - Counter(known)).total() <= 1 < len(known)


def nearly_chain(text: str) -> bool:
    """Says whether a line means to tell the life of an object."""
    first = BUCKETS_FIRST.match(text)
    rest = text[first.end() :] if first else text.rpartition(":")[2] if ":" in text else text
    pieces = _ARROW.split(rest) if first else _ARROW.split(text.partition(":")[2] or text)
    if len(pieces) > 1:
        return first is not None or any(map(is_step, pieces)) or is_class(pieces[0])
    words = rest.lower().split()
    timed = "after" in words[:-1] and words[-1].rstrip(".").startswith(("day", "week", "month", "year"))
    return first is not None and (timed or rest.rstrip(" .").lower().endswith("retention expiry"))


def misses(text: Text, *, code: bool = False) -> Iterator[Miss]:
    """Yields what nearly is a claim in a paragraph, heading, item, or, with `code`, in what nobody reads as text."""
    for number, line in enumerate(text.text.split("\n")):
        bare = line.strip()
        if expected := _row(bare, code=code) if "|" in bare else _item(bare):
            yield number, bare, expected


def _row(line: str, *, code: bool) -> str | None:
    header = nearly_header([c.strip() for c in _CELLS.split(line.strip("|"))])
    if header is not None:
        return f"a table with the header {header}, outside of code, and the line of dashes below it"
    alone = not code and len(line) > 1 and line[0] == line[-1] == "|"
    return "a table's row within its table, below header and line of dashes" if alone else None


def _item(line: str) -> str | None:
    return f"a list item of its own, outside of code: {CHAIN}" if nearly_chain(line.lstrip("-*+>#/; \t")) else None
