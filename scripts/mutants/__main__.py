"""Changes the code that deletes and that says what AWS does, at random, and counts what the unit tests notice.

    .venv/bin/python -m scripts.mutants                       100 changes from a seed that is printed
    .venv/bin/python -m scripts.mutants --seed 7 --count 300  the same ones again, or more
    .venv/bin/python -m scripts.mutants runtime/objects       of one room, or of one file

A change is noticed where a test fails, can't begin or takes far too long. What changes nothing stands in
equivalents.yaml with the reason. Exit code: 0 at least 95 % were noticed; 1 fewer, a test that fails without a change,
or an equivalent whose code is gone; 2 usage.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from estate.errors import MendableError, told
from functions.imports import ROOT, closure
from scripts.mutants.changes import Change, changes
from scripts.mutants.trial import NO_TESTS, PASSED, Trial, begin

ROOMS = ("runtime/objects", "semantics")
TESTS = {"runtime": ("runtime", "functions"), "semantics": ("semantics",)}
"""Room → folders of tests that are to notice what changes in it; what others notice by chance does not count."""
EQUIVALENTS = Path(__file__).with_name("equivalents.yaml")
WANTED = 0.95
LONGEST_SECONDS = 600.0


class MutantsError(MendableError):
    """Nothing can be counted; the message says why and what to do."""


@dataclass(frozen=True)
class Mutant:
    """A change of a file, relative to the checkout."""

    file: str
    change: Change

    def row(self) -> dict[str, str | int]:
        """Returns it as a row of a file."""
        change = self.change
        return {
            "file": self.file,
            "line": change.line,
            "within": change.within,
            "before": change.before,
            "after": change.after,
        }

    def __str__(self) -> str:
        return f"{self.file}:{self.change.line}: {self.change.before}  →  {self.change.after}"


@dataclass(frozen=True)
class Equivalent:
    """A change that changes nothing: file, the text of its line, the code before and after, and why."""

    file: str
    within: str
    before: str
    after: str
    why: str

    def covers(self, mutant: Mutant) -> bool:
        """Says whether a change is this one."""
        change = mutant.change
        it = (mutant.file, change.within, change.before, change.after)
        return it == (self.file, self.within, self.before, self.after)


def equivalents(path: Path = EQUIVALENTS) -> list[Equivalent]:
    """Reads the file of equivalents."""
    return [Equivalent(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8")) or ()]


def without_equivalents(mutants: Sequence[Mutant], known: Sequence[Equivalent]) -> list[Mutant]:
    """Leaves out the changes that change nothing.

    Raises:
        MutantsError: one of those that are known is gone from a file that is looked at.
    """
    looked_at = {mutant.file for mutant in mutants}
    for one in known:
        if one.file in looked_at and not any(one.covers(mutant) for mutant in mutants):
            raise MutantsError(
                f"{EQUIVALENTS.name} names {one.before!r} within {one.within!r} of {one.file}, "
                "which is not there; remove it"
            )
    return [mutant for mutant in mutants if not any(one.covers(mutant) for one in known)]


def files(places: Sequence[str], root: Path = ROOT) -> list[str]:
    """Lists the modules of rooms and files, relative to the checkout.

    Raises:
        MutantsError: there is nothing of that name.
    """
    found: set[str] = set()
    for place in places:
        path = root / place
        here = {path} if path.is_file() else set(path.rglob("*.py"))
        if not here:
            raise MutantsError(f"{place} is no module and no folder of modules; expected one as {', '.join(ROOMS)}")
        found |= {file.relative_to(root).as_posix() for file in here}
    return sorted(found)


@cache
def tests_of(file: str) -> tuple[str, ...]:
    """Lists the test files that import a module, directly or not, those named after it first."""
    folders = TESTS[file.split("/", 1)[0]]
    every = (path for folder in folders for path in (ROOT / "tests" / folder).rglob("test_*.py"))
    reaching = [path for path in every if file in closure(path.relative_to(ROOT).as_posix())]
    module = Path(file).stem
    return tuple(map(str, sorted(reaching, key=lambda path: (module not in path.stem, path.stat().st_size))))


def noticed(mutants: Sequence[Mutant], trial: Trial, jobs: int, console: Console) -> Iterator[Mutant]:
    """Tries changes, some at a time, and yields those that a test notices."""
    waiting, running = list(reversed(mutants)), dict[int, Mutant]()
    for _ in track(mutants, "Changing", console=console):
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            pid = begin(trial, tests_of(mutant.file), mutant.file, mutant.change.tree)
            running[pid] = mutant
        pid, status = os.wait()
        if os.waitstatus_to_exitcode(status) not in (PASSED, NO_TESTS):
            yield running[pid]
        del running[pid]


def _unchanged(changed: Sequence[str], seed: int) -> float:
    """Runs the tests without a change and returns how long they took.

    Raises:
        MutantsError: one fails already.
    """
    tests = sorted({test for file in changed for test in tests_of(file)})
    begun = time.monotonic()
    _, status = os.waitpid(begin(Trial(ROOT, LONGEST_SECONDS, seed), tests), 0)
    if os.waitstatus_to_exitcode(status) not in (PASSED, NO_TESTS):
        raise MutantsError("the tests fail without a change, so that nothing would be proved; run make unit")
    return time.monotonic() - begun


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.mutants", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("places", nargs="*", default=ROOMS, metavar="PLACE", help=f"default: {' '.join(ROOMS)}")
    parser.add_argument("--seed", type=int, help="of the draw; without it another one each time, which is printed")
    parser.add_argument("--count", type=int, default=100, help="how many changes are drawn (default 100)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many are tried at a time")
    parser.add_argument("--survivors", type=Path, help="file for the changes that nobody noticed, a line of JSON each")
    return parser


@told("mutants", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see the module's text."""
    options = _parser().parse_args(arguments)
    console = Console(stderr=True)
    seed: int = random.randrange(10**6) if options.seed is None else options.seed  # noqa: S311 - no secret
    every = [Mutant(file, c) for file in files(options.places) for c in changes((ROOT / file).read_text("utf-8"))]
    real = without_equivalents(every, equivalents())
    drawn = random.Random(seed).sample(real, min(options.count, len(real)))  # noqa: S311 - no secret
    known = f"{len(every) - len(real)} known to change nothing"
    console.print(f"{len(drawn)} of {len(real)} changes from seed {seed}, {known}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder  # what a changed module breaks is no example to keep
        trial = Trial(ROOT, 30 + 3 * _unchanged([mutant.file for mutant in drawn], seed), seed)
        caught = set(map(id, noticed(drawn, trial, options.jobs, console)))
    survivors = [mutant for mutant in drawn if id(mutant) not in caught]
    _report(drawn, survivors, console)
    if options.survivors:
        lines = (json.dumps(survivor.row()) + "\n" for survivor in survivors)
        options.survivors.write_text("".join(lines), encoding="utf-8")
    return 0 if len(caught) >= WANTED * len(drawn) else 1


def _report(drawn: Sequence[Mutant], survivors: Sequence[Mutant], console: Console) -> None:
    tried, left = Counter(m.file for m in drawn), Counter(s.file for s in survivors)
    table = Table("module", "changed", "noticed")
    for file, number in sorted(tried.items()):
        table.add_row(file, str(number), str(number - left[file]), style="red" if left[file] else None)
    console.print(table)
    for survivor in survivors:
        console.print(f"not noticed: {survivor}", style="red", markup=False, highlight=False, soft_wrap=True)
    share = 100 * (1 - len(survivors) / len(drawn)) if drawn else 100
    sys.stdout.write(f"noticed {len(drawn) - len(survivors)} of {len(drawn)} ({share:.1f} %), wanted {WANTED:.0%}\n")


if __name__ == "__main__":
    raise SystemExit(main())
