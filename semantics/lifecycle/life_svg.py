"""Draws the life of an object as a picture that stands alone, in light and dark, with words for screen readers."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from semantics.lifecycle.life import Life, Stage
from semantics.lifecycle.life_axis import Axis, axis

WIDTH, MARGIN, TOP, BAR = 960, 40, 132, 56
ROW, COST_STEP, COST_LEFT, COST_WIDTH = 38, 34, 440, 220
LINE, WRAP = 22, 114
NAME_WIDTH = 126.0
"""Pixels that the name of a class needs, on two lines if it must."""

CHARACTER = 7.4
"""Pixels of an average character at 14 px; labels are placed by it, since a picture can't measure its text."""

STYLE = """
.life { font: 14px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
.life-back { fill: #ffffff; } .life-ink { fill: #1b2430; } .life-soft { fill: #56616f; }
.life-line { stroke: #8994a3; } .life-track { fill: #e9edf2; } .life-best { fill: #1f7a4d; }
.life-title { font-size: 22px; font-weight: 600; } .life-head { font-weight: 600; } .life-on { fill: #ffffff; }
.life-late { stroke: #a4560a; } .life-late-ink { fill: #a4560a; }
.life-STANDARD { fill: #2b62b8; } .life-STANDARD_IA, .life-ONEZONE_IA { fill: #0f766e; }
.life-INTELLIGENT_TIERING { fill: #7a5c00; } .life-GLACIER_IR { fill: #35688f; } .life-GLACIER { fill: #4b5a8c; }
.life-DEEP_ARCHIVE { fill: #553c9a; } .life-noncurrent { fill: #7b8594; } .life-other { fill: #7b8594; }
@media (prefers-color-scheme: dark) {
.life-back { fill: #10161d; } .life-ink { fill: #e6ebf1; } .life-soft { fill: #a3afbd; }
.life-line { stroke: #6b7787; } .life-track { fill: #222c38; } .life-best { fill: #3fae78; }
.life-late { stroke: #f0a54a; } .life-late-ink { fill: #f0a54a; }
.life-STANDARD { fill: #3b74cc; } .life-STANDARD_IA, .life-ONEZONE_IA { fill: #15807a; }
.life-DEEP_ARCHIVE { fill: #7659c4; } .life-noncurrent, .life-other { fill: #667384; }
}
"""
"""A page that holds several pictures inline, or allows no inline style, puts this into its own style sheet once."""


def life_svg(life: Life, *, style: bool = True) -> str:
    """Draws a life as an SVG document.

    Args:
        life: what to draw; its texts are escaped.
        style: whether the picture carries `STYLE`; not where a page already does.
    """
    late = any(s.latest > s.day for s in life.stages)
    raised = 0 if late else 30  # without a mark above the bar the rest moves up
    scale = _axis(life)
    ticks = _ticks(life, scale)
    below = TOP + BAR + 34 + (1 + max(t.row for t in ticks)) * ROW
    notes = below + (66 + len(life.options) * COST_STEP if life.options else 0)
    remarks = list(_remarks(life.remarks, notes))
    height = notes + len(remarks) * LINE + (44 if life.options else 14) - raised
    identity = "".join(c if c.isascii() and c.isalnum() else "-" for c in life.bucket)
    prices = f"Prices of {life.prices.read}, {life.prices.region}, with minimum billed days, overhead and transitions."
    parts = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="life" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{identity}-title {identity}-desc">',
        f'<title id="{identity}-title">{_text(f"The life of an object in {life.bucket}")}</title>',
        f'<desc id="{identity}-desc">{_text(described(life))}</desc>',
        f"<style>{STYLE}</style>" if style else "",
        f'<rect class="life-back" width="{WIDTH}" height="{height}" rx="10"/>',
        _label(MARGIN, 46, life.bucket, "life-ink life-title"),
        _label(MARGIN, 72, _subtitle(life, scale), "life-soft"),
        f'<g transform="translate(0 -{raised})">',
        *_bar(life, scale),
        *(line for t in ticks for line in t.drawn()),
        *_costs(life, below),
        *remarks,
        _label(MARGIN, notes + len(remarks) * LINE + 20, prices, "life-soft") if life.options else "",
        "</g>",
        "</svg>\n",
    )
    return "\n".join(p for p in parts if p)


def described(life: Life) -> str:
    """Tells in sentences what the picture shows, for those who do not see it."""
    steps = [f"from day {s.day} in {s.name}" for s in life.stages]
    return f"An object is {', '.join(steps)}. {' '.join(life.remarks)}"


def _subtitle(life: Life, scale: Axis) -> str:
    end = "never expires" if life.window is None else f"expires after {_days(life.window)}"
    how = "in days since its upload" + ("" if scale.to_scale else ", short stays drawn wider")
    return f"The life of an object: {'versioned, ' if life.versioned else ''}{end}; {how}"


def _axis(life: Life) -> Axis:
    window = _current_until(life)
    days = [*(s.day for s in life.stages), window, *([life.last_day] if _outlives(life) and life.last_day else [])]
    least = [NAME_WIDTH] * len(life.stages) + [NAME_WIDTH / 4] * (len(days) - len(life.stages) - 1)
    return axis(days, least, MARGIN, WIDTH - 2 * MARGIN)


def _current_until(life: Life) -> int:
    """The window, or where nothing expires, room to show the last class."""
    return life.stages[-1].day + 30 if life.window is None else max(life.window, life.stages[-1].day + 1)


def _outlives(life: Life) -> bool:
    """Whether bytes can exist after the object has expired."""
    return life.last_day is not None and life.last_day > _current_until(life)


def _bar(life: Life, scale: Axis) -> Iterator[str]:
    """Draws the classes, and what remains as a noncurrent version."""
    window = _current_until(life)
    ends = [*(s.day for s in life.stages[1:]), window]
    for stage, end in zip(life.stages, ends, strict=True):
        length = "for ever" if life.window is None and end == window else _days(end - stage.day)
        yield from _segment(stage, scale.at(stage.day), scale.at(end) - scale.at(stage.day), length)
        if stage.latest > stage.day:
            yield from _late(stage, scale.at(stage.day), scale.at(min(stage.latest, window)))
    if _outlives(life):
        yield _box(scale.at(window), scale.xs[-1] - scale.at(window), "life-noncurrent")


def _moments(life: Life) -> list[tuple[int, str]]:
    """Lists the days on which something happens, with words for it."""
    moments = [(0, "uploaded"), *((s.day, "") for s in life.stages[1:])]
    if life.window is not None:
        last = life.window == life.last_day
        moments.append((life.window, "deleted" if last else "expires"))
    if life.last_day is not None and life.last_day != life.window:
        moments.append((life.last_day, "last bytes"))
    return moments


def _segment(stage: Stage, left: float, width: float, length: str) -> Iterator[str]:
    yield _box(left, width, f"life-{stage.storage_class}")
    lines = [stage.name, length]
    if not _fits(lines, width):
        lines = textwrap.wrap(stage.name, 15)
    if len(lines) <= 2 and _fits(lines, width):
        first = TOP + 25 + (2 - len(lines)) * 9
        yield _label(left + width / 2, first, lines[0], "life-on life-head", "middle")
        for line in lines[1:]:
            yield _label(left + width / 2, TOP + 44, line, "life-on", "middle")


def _fits(lines: Sequence[str], width: float) -> bool:
    return all((len(line) + 2) * CHARACTER < width for line in lines)


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _late(stage: Stage, start: float, end: float) -> Iterator[str]:
    """Marks how late a transition may come."""
    y = TOP - 10
    line = f"M{start:.1f} {y}H{end:.1f}M{end:.1f} {y - 5}v10"
    yield f'<path class="life-late" d="{line}" stroke-width="2" stroke-dasharray="4 3"/>'
    text = f"{stage.name}: day {stage.day}, latest {stage.latest}"
    fits = start + len(text) * CHARACTER < WIDTH - MARGIN
    yield _label(start if fits else end, y - 10, text, "life-late-ink", "start" if fits else "end")


@dataclass(frozen=True)
class _Tick:
    """A day below the bar, with words for what happens, in a row of its own where it would run into another."""

    x: float
    row: int
    anchor: str
    day: int
    words: str

    def drawn(self) -> Iterator[str]:
        y = TOP + BAR + 24 + self.row * ROW
        yield f'<path class="life-line" d="M{self.x:.1f} {TOP + BAR}V{y - 12}"/>'
        yield _label(self.x, y, f"day {self.day}", "life-ink life-head", self.anchor)
        yield _label(self.x, y + 17, self.words, "life-soft", self.anchor) if self.words else ""


def _ticks(life: Life, scale: Axis) -> list[_Tick]:
    ticks: list[_Tick] = []
    free: list[float] = [0.0]
    for day, words in _moments(life):
        x = scale.at(day)
        width = (max(len(words), len(f"day {day}")) + 1) * CHARACTER
        anchor = "start" if x + width < WIDTH - MARGIN else "end"
        left = x if anchor == "start" else x - width
        row = next((n for n, taken in enumerate(free) if left >= taken), len(free))
        free[row:] = [left + width + 4]
        ticks.append(_Tick(x, row, anchor, day, words))
    return ticks


def _costs(life: Life, top: int) -> Iterator[str]:
    """Draws what each lifecycle costs, to scale, the cheapest marked."""
    if not life.options or life.window is None:
        return
    per_tb, per_million = WIDTH - MARGIN - 170, WIDTH - MARGIN
    head = f"Cost a month, if as much arrives every month ({life.window + life.noncurrent_days} days billed)"
    yield f'<path class="life-line" d="M{MARGIN} {top}H{WIDTH - MARGIN}" stroke-width="0.5"/>'
    yield _label(MARGIN, top + 28, head, "life-ink life-head")
    yield _label(per_tb, top + 28, "per TB", "life-soft", "end")
    yield _label(per_million, top + 28, "+ per million objects", "life-soft", "end")
    most, least = max(o.per_tb for o in life.options), min(o.per_tb for o in life.options)
    for row, option in enumerate(life.options):
        y = top + 42 + row * COST_STEP
        kind = "life-ink life-head" if row == 0 else "life-ink"
        width = max(COST_WIDTH * option.per_tb / most, 2)
        yield _label(MARGIN, y + 16, option.name, kind)
        yield f'<rect class="life-track" x="{COST_LEFT}" y="{y}" width="{COST_WIDTH}" height="22" rx="4"/>'
        best = "life-best" if option.per_tb == least else "life-other"
        yield f'<rect class="{best}" x="{COST_LEFT}" y="{y}" width="{width:.1f}" height="22" rx="4"/>'
        yield _label(per_tb, y + 16, f"${option.per_tb:,.2f}", kind, "end")
        yield _label(per_million, y + 16, f"${option.per_million:,.2f}", kind, "end")


def _box(left: float, width: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="{TOP}" width="{max(width - 1.5, 1):.1f}" height="{BAR}" rx="4"/>'


def _label(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.0f}" text-anchor="{anchor}">{_text(text)}</text>'


def _remarks(remarks: Sequence[str], top: int) -> Iterator[str]:
    lines = [(n == 0, line) for remark in remarks for n, line in enumerate(textwrap.wrap(remark, WRAP))]
    for row, (first, line) in enumerate(lines):
        y = top + row * LINE
        dot = f'<circle class="life-soft" cx="{MARGIN + 3}" cy="{y - 5}" r="2.5"/>' if first else ""
        yield dot + _label(MARGIN + 16, y, line, "life-ink")


def _text(text: str) -> str:
    """Escapes a text; what does not print (control characters, direction overrides) becomes U+FFFD."""
    return escape("".join(c if c.isprintable() else "�" for c in text))
