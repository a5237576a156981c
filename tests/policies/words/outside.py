"""Values just outside a limit."""

from collections.abc import Iterator
from typing import Any

import regex

from tests.policies.words.models import Limit

ODD = ("\x00", "\n", " ", "!", "*", "é", "\U0001f512", "~ ~", "a b", "", "-", "/", "A", "0", "aws:", "x" * 300)
"""Texts that one pattern or another does not take."""

MANY = 2000
"""More items than this need no list: no declared one comes near."""


def outside(limit: Limit, value: str) -> Iterator[Any]:
    """Yields values that break a limit: plain, as an item of a list, and as a key of a mapping.

    Args:
        limit: of one of AWS's models.
        value: a text that keeps it, where there is one.
    """
    kind, _, of = limit.kind.partition(" ")
    if of == "number":
        yield int(limit.allows) + (1 if kind == "most" else -1)
    elif of == "count":
        count = int(limit.allows) + (1 if kind == "most" else -1)
        yield from (["a"] * count, {f"k{n}": "v" for n in range(min(count, MANY))})
    elif kind == "type":
        yield "no number, and no truth value"
    else:
        for text in _texts(limit, value, kind):
            yield from (text, [text], {text: "v"})


def _texts(limit: Limit, value: str, kind: str) -> Iterator[str]:
    if kind == "pattern":
        texts = (*(f"{value}{odd}" for odd in ODD), *(f"{odd}{value}" for odd in ODD), *ODD)
        yield from (t for t in texts if not regex.fullmatch(limit.allows, t, flags=regex.VERSION0))
    elif kind == "enum":
        yield from (f"{value}x", "x")
    else:
        yield "a" * (int(limit.allows) + (1 if kind == "most" else -1))
