"""IAM's wildcards: matched against one text, or compared as languages rather than as text.

`arn:aws:s3:::a/*` and the pair `arn:aws:s3:::a/x*`, `arn:aws:s3:::a/*` name the same objects; two lists of
strings would differ. A pattern is a sequence of literals, `*` (any run of characters, `/`, `:` and newlines too) and
`?` (any one character). The guide lets only a `*` that ends a segment reach beyond its colon; here every `*` does.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html, read 2026-11-28.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

OTHER = "\x00"
"""Stands for every character that no pattern spells out: they all lead to the same states."""

LIMIT = 200_000
"""States explored before giving up. A hundred policies need a few hundred."""


@dataclass(frozen=True)
class Atom:
    """A set of strings that the same patterns match.

    Attributes:
        witness: its shortest member, `…` for a character no pattern spells out.
        members: indexes of the patterns that match it; never empty.
    """

    witness: str
    members: frozenset[int]


_Positions = frozenset[int]
NOWHERE: _Positions = frozenset()


@cache
def atoms(patterns: tuple[str, ...]) -> tuple[Atom, ...]:
    """Splits all strings that any pattern matches into the classes that the patterns can tell apart.

    Two unions of patterns are equal exactly if no atom belongs to only one of them.

    Raises:
        ValueError: the patterns are too entangled to compare.
    """
    start = tuple(_closure(p, frozenset({0})) for p in patterns)
    seen = {start}
    queue: deque[tuple[tuple[_Positions, ...], str]] = deque([(start, "")])
    found: dict[frozenset[int], str] = {}
    while queue:
        state, text = queue.popleft()
        members = frozenset(i for i, p in enumerate(patterns) if len(p) in state[i])
        if members and members not in found:
            found[members] = text
        for character in _next_characters(patterns, state):
            after = tuple(
                _step(p, positions, character) if positions else NOWHERE
                for p, positions in zip(patterns, state, strict=True)
            )
            if any(after) and after not in seen:
                seen.add(after)
                queue.append((after, text + ("…" if character == OTHER else character)))
        if len(seen) > LIMIT:
            raise ValueError(f"the patterns {', '.join(patterns)} are too entangled to compare; write simpler ones")
    return tuple(Atom(witness, members) for members, witness in found.items())


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Says whether a pattern covers a whole text; actions are compared without regard to case, resources with it."""
    return compiled(pattern, ignore_case=ignore_case).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def compiled(pattern: str, *, ignore_case: bool = False) -> re.Pattern[str]:
    """Returns a pattern as a regular expression, for `fullmatch`."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def may_overlap(left: str, right: str) -> bool:
    """Says quickly, by what stands before the first wildcard, whether two patterns could match one string."""
    one, other = (re.split(r"[*?]", p, maxsplit=1)[0] for p in (left, right))
    return one.startswith(other) or other.startswith(one)


def _closure(pattern: str, positions: _Positions) -> _Positions:
    """Adds what is reached without reading a character: `*` may match nothing."""
    reached = set(positions)
    for position in positions:
        at = position
        while at < len(pattern) and pattern[at] == "*":
            at += 1
            reached.add(at)
    return frozenset(reached)


@lru_cache(maxsize=100_000)
def _step(pattern: str, positions: _Positions, character: str) -> _Positions:
    after: set[int] = set()
    for position in positions:
        if position == len(pattern):
            continue
        if pattern[position] == "*":
            after.add(position)
        elif pattern[position] in ("?", character):
            after.add(position + 1)
    return _closure(pattern, frozenset(after)) if after else NOWHERE


def _next_characters(patterns: tuple[str, ...], state: tuple[_Positions, ...]) -> Iterator[str]:
    tokens = {p[i] for p, positions in zip(patterns, state, strict=True) for i in positions if i < len(p)}
    yield from sorted(tokens - {"*", "?"})
    if tokens & {"*", "?"}:
        yield OTHER
