"""How long the runbook and its rules take over all stacks, beside checkov in the same run.

    .venv/bin/python -m benchmarks.policies            median of five, and checkov once
    .venv/bin/python -m benchmarks.policies --no-peer  without checkov, which needs the network the first time

Exit code: 0 the targets are met (3 s for the program, 0.1 s for reading the runbook and all rules but the permission
equation, 3 s for that); 1 they are not.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.table import Table

from declared.program import declared_estate
from declared.settings_files import with_settings
from declared.stacks import ROOT, stacks
from estate.model import Estate
from policies.rule import Rule
from policies.rules.all import RULES, THEMES, judge
from policies.runbook.reader import read_runbook
from scripts.policy.checkov import scan

ROUNDS = 5
PROGRAM_SECONDS, RULES_SECONDS, EQUATION_SECONDS = 3.0, 0.1, 3.0


def seconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Returns the median of several rounds, in seconds."""
    times: list[float] = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def judge_all(rules: Iterable[Rule], estates: Iterable[Estate]) -> None:
    """Reads the runbook and holds every estate against rules."""
    runbook = read_runbook(ROOT / "docs" / "runbook.md")
    for estate in estates:
        for rule in rules:
            list(judge(rule, estate, runbook))


def main() -> int:
    """Runs the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.policies", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--no-peer", action="store_true", help="leave checkov out")
    options = parser.parse_args()
    program = seconds(lambda: [declared_estate(s) for s in ("prod", "staging")], 1)
    estates = {s: with_settings(declared_estate(s), ROOT) for s in stacks()}
    equation = THEMES["permissions"].rules
    others = [r for r in RULES if r not in equation]
    rows = {
        "program of prod and staging, under mocks": (program, PROGRAM_SECONDS),
        f"runbook and {len(others)} rules": (seconds(lambda: judge_all(others, estates.values())), RULES_SECONDS),
        "permission equation": (seconds(lambda: judge_all(equation, estates.values())), EQUATION_SECONDS),
    }
    peer = None if options.no_peer else seconds(lambda: scan(estates), 1)
    table = Table("what, over " + ", ".join(stacks()), "seconds", "at most", "checkov takes as long, times")
    for name, (took, target) in rows.items():
        table.add_row(name, f"{took:.3f}", f"{target}", f"{peer / took:.0f}" if peer else "")
    if peer:
        table.add_row("checkov", f"{peer:.1f}", "(peer)", "1")
    Console().print(table)
    return 0 if all(took <= target for took, target in rows.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
