"""Shows what becomes of an object in each data bucket of a stack: classes by day, last bytes, cost. See --help."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table
from rich.text import Text

from declared.program import declared_estate
from declared.stacks import add_stack_option
from estate.errors import told, using
from estate.lives import lives, picture_name
from semantics.lifecycle.constraints import Problem
from semantics.lifecycle.life import Life
from semantics.lifecycle.life_svg import life_svg

HELP = """Shows what becomes of an object in each data bucket of a stack, as its lifecycle rules have it: the
storage class on each day, the last day on which bytes can exist, and what it costs beside alternatives.
It reads the program and semantics/lifecycle/prices.yaml, no account."""

EXAMPLES = """examples:
  .venv/bin/python -m scripts.storage.timeline --stack prod
  .venv/bin/python -m scripts.storage.timeline --stack prod --svg docs     also draw a picture of each bucket
  .venv/bin/python -m scripts.storage.timeline --stack staging --json      the same for other programs

exit codes: 0 shown; 1 not shown, or S3 would refuse the rules, or usage"""


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message}; --help shows examples\n")


@told("timeline", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see --help."""
    parser = _Parser(
        "python -m scripts.storage.timeline", None, HELP, EXAMPLES, formatter_class=RawDescriptionHelpFormatter
    )
    add_stack_option(parser)
    parser.add_argument("--svg", type=Path, metavar="DIR", help="write timeline-STACK-BUCKET.svg there, too")
    parser.add_argument("--json", action="store_true", help="write JSON instead of tables")
    options = parser.parse_args(arguments)
    estate = declared_estate(options.stack)
    shown = list(lives(estate))
    for life, _ in shown if options.svg else ():
        with using(options.svg):
            options.svg.mkdir(parents=True, exist_ok=True)
            (options.svg / picture_name(life, estate)).write_text(life_svg(life), encoding="utf-8")
    if options.json:
        sys.stdout.write(json.dumps([_as_json(life, found) for life, found in shown], indent=2) + "\n")
    else:
        _show(Console(), shown)
    return 0


def _as_json(life: Life, found: Sequence[Problem]) -> dict[str, Any]:
    costs = [{"name": o.name, "usd_per_tb": o.per_tb, "usd_per_million_objects": o.per_million} for o in life.options]
    prices = {"region": life.prices.region, "read": str(life.prices.read), "source": life.prices.source}
    silent = [str(p) for p in found]
    return {**asdict(life), "options": costs, "prices": prices, "problems": silent}


def _show(console: Console, shown: Sequence[tuple[Life, Sequence[Problem]]]) -> None:
    for life, found in shown:
        console.print()
        console.print(Text(life.bucket, style="bold"))
        console.print(_days_table(life))
        if life.options:
            console.print(_costs_table(life))
        for remark in life.remarks:
            console.print(Text(f"• {remark}"))
        for problem in found:
            console.print(Text(f"! {problem}", style="bold red"))
    prices = shown[0][0].prices
    console.print()
    console.print(
        Text(f"Prices: {prices.source}, {prices.region}, read {prices.read}. Deletion by the retention job and the")
    )
    console.print(
        Text("scheduled cleanup comes first; S3's expiration is the backstop, and knows neither holds nor contracts.")
    )


def _days_table(life: Life) -> Table:
    table = Table("Day", "Latest", "The object is", box=None, padding=(0, 2))
    for stage in life.stages:
        table.add_row(str(stage.day), str(stage.latest) if stage.latest > stage.day else "", f"in {stage.name}")
    if life.window is not None:
        ended = "hidden by a delete marker, a noncurrent version" if life.versioned else "deleted"
        table.add_row(str(life.window), "", ended)
    if life.versioned and life.last_day is not None:
        table.add_row(str(life.last_day), "", "deleted for good by the end of the day")
    return table


def _costs_table(life: Life) -> Table:
    days = (life.window or 0) + life.noncurrent_days
    head = f"Cost a month, if as much arrives every month ({days} days billed)"
    table = Table(head, "per TB", "+ per million objects", box=None, padding=(0, 2))
    cheapest = min(o.per_tb for o in life.options)
    for option in life.options:
        style = "green" if option.per_tb == cheapest else ""
        table.add_row(option.name, f"${option.per_tb:,.2f}", f"${option.per_million:,.2f}", style=style)
    return table


if __name__ == "__main__":
    raise SystemExit(main())
