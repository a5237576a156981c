"""What the benchmark found, as a table and as JSON."""

import os
import platform
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.cleanup.rounds import Scenario, Times


@dataclass(frozen=True)
class Target:
    """Something that must hold: what was found, and the bound it must keep.

    Attributes:
        name: what is compared, with its unit.
        found: the figure.
        bound: the least it may be, or the most where `most`.
        most: whether the bound is from above.
    """

    name: str
    found: float
    bound: float
    most: bool = False

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return self.found <= self.bound if self.most else self.found >= self.bound


def show_race(console: Console, scenario: Scenario, times: dict[str, Times], objects: int) -> None:
    """Prints a scenario's table."""
    table = Table(title=f"{scenario.name}: {objects:,} objects", title_justify="left")
    for heading in ("client", "objects/s (median)", "slowest … fastest", "left behind", "CPU, s", "ours is faster by"):
        table.add_column(heading, justify="left" if heading == "client" else "right")
    ours = times["ours"].rate(objects)
    for name, found in times.items():
        rates = sorted(objects / seconds for seconds in found.seconds)
        ratio = "" if name == "ours" else f"{ours / found.rate(objects):.1f}x"
        cells = [
            name,
            f"{found.rate(objects):,.0f}",
            f"{rates[0]:,.0f} … {rates[-1]:,.0f}",
            str(max(found.left)),
            f"{median(found.cpu):.1f}",
            ratio,
        ]
        table.add_row(*cells)
    console.print(table)


def show_targets(console: Console, targets: list[Target]) -> None:
    """Prints what must hold."""
    table = Table(title="targets", title_justify="left")
    for heading in ("target", "found", "wanted", ""):
        table.add_column(heading, justify="right" if heading in {"found", "wanted"} else "left")
    for target in targets:
        wanted = f"{'at most' if target.most else 'at least'} {target.bound:g}"
        table.add_row(target.name, f"{target.found:.1f}", wanted, "met" if target.met else "[bold red]missed[/]")
    console.print(table)


def race_as_json(scenario: Scenario, times: dict[str, Times], objects: int) -> dict[str, Any]:
    """A scenario for machines."""
    rows = {name: {"objects_per_second": found.rate(objects), **asdict(found)} for name, found in times.items()}
    return {"scenario": scenario.name, "objects": objects, "clients": rows}


def machine() -> dict[str, Any]:
    """Where it ran: other work on the machine shows in the load."""
    return {"cpus": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
