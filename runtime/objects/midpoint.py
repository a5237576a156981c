"""Finds a string about halfway between two keys: where to look for more of a listing that nothing divides."""

from bisect import bisect_left
from collections.abc import Sequence

DEPTH = 16
"""Characters after the common beginning that are calculated with."""

TOP = "\U0010fffd"
"""Sorts after the characters that keys have."""


def midpoint(low: str, high: str | None, alphabet: Sequence[str]) -> str | None:
    """A string between two keys, as if keys were spread evenly over an alphabet.

    Args:
        low: the lower key.
        high: the upper one; None for no bound.
        alphabet: characters that the keys have, sorted.

    Returns:
        A string with `low < it < high`, as S3 sorts; None where there is none to be found.
    """
    base = len(alphabet) + 2
    start = common(low, high or "")
    first = _number(low[start:], alphabet, base)
    second = base**DEPTH if high is None else _number(high[start:], alphabet, base)
    found = low[:start] + _text((first + second) // 2, alphabet, base)
    return found if low < found and (high is None or found < high) else None


def ceiling(low: str, high: str | None, shared: int) -> str | None:
    """The next guess at where the keys end that lie between a key and a bound of which nothing is known.

    Each guess keeps one character more of what keys have in common: asked at once, they tell how far keys reach.

    Args:
        low: the key.
        high: the bound: the last guess, or None at first.
        shared: characters that the keys around `low` have in common.
    """
    if high is not None and not high.endswith(TOP):
        return None
    level = common(low, high or "") + 1
    return low[:level] + TOP if level <= shared else None


def common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (first, second) in pairs if first != second), min(len(one), len(other)))


def _number(text: str, alphabet: Sequence[str], base: int) -> int:
    """Reads characters as digits from 1; 0 is the end of the text."""
    number = 0
    for at in range(DEPTH):
        number = number * base + (bisect_left(alphabet, text[at]) + 1 if at < len(text) else 0)
    return number


def _text(number: int, alphabet: Sequence[str], base: int) -> str:
    digits: list[int] = []
    for _ in range(DEPTH):
        number, digit = divmod(number, base)
        digits.append(digit)
    text = ""
    for digit in reversed(digits):
        if not digit:
            break
        text += alphabet[digit - 1] if digit <= len(alphabet) else TOP
    return text
