"""Where a day stands on the picture of a life: to scale, except that no stretch becomes too narrow for its name."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True)
class Axis:
    """Positions in pixels of the days on which something changes, in order.

    Attributes:
        days: at least two, ascending.
        xs: the position of each.
        to_scale: whether equal stretches are equal days throughout.
    """

    days: tuple[int, ...]
    xs: tuple[float, ...]
    to_scale: bool

    def at(self, day: float) -> float:
        """Returns the position of any day, between two changes in proportion."""
        for (early, late), (left, right) in zip(pairwise(self.days), pairwise(self.xs), strict=True):
            if day <= late:
                return left + (day - early) / (late - early) * (right - left)
        return self.xs[-1]


def axis(days: Sequence[int], least: Sequence[float], left: float, width: float) -> Axis:
    """Spreads stretches of days over a width.

    Args:
        days: ascending, without repetition; a stretch lies between two of them.
        least: the pixels that each stretch needs; together less than the width.
        left: position of the first day.
        width: pixels for all of them.
    """
    lengths = [late - early for early, late in pairwise(days)]
    widened: set[int] = set()
    while True:
        free = width - sum(least[i] for i in widened)
        scale = free / max(sum(n for i, n in enumerate(lengths) if i not in widened), 1)
        narrow = {i for i, n in enumerate(lengths) if i not in widened and n * scale < least[i]}
        if not narrow:
            break
        widened |= narrow
    widths = [least[i] if i in widened else n * scale for i, n in enumerate(lengths)]
    return Axis(tuple(days), tuple(accumulate(widths, initial=left)), not widened)
