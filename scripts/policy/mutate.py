"""Changes the runbook and the estate in every way that a claim speaks of, and counts what the rules notice.

    .venv/bin/python -m scripts.policy.mutate                 all stacks
    .venv/bin/python -m scripts.policy.mutate --stack prod    one stack, sooner
    .venv/bin/python -m scripts.policy.mutate --survivors FILE   and write each survivor as a line of JSON

A mutant is caught by a finding that names the claim's line and the mutated place. Mutants that change nothing stand in
equivalents.yaml with the reason. Exit code: 0 all caught; 1 a survivor, a claim without a mutant, an equivalent that
matches nothing, or a finding on the unchanged estate; 2 usage.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml
from rich.console import Console
from rich.progress import track
from rich.table import Table

from declared.program import declared_estate
from declared.settings_files import with_settings
from declared.stacks import ROOT, stacks
from estate.errors import told
from policies.rules.all import check
from policies.runbook.reader import parse_runbook
from scripts.policy.mutants import Mutant, document_mutants, graph_mutants

RUNBOOK = ROOT / "docs" / "runbook.md"
EQUIVALENTS = Path(__file__).with_name("equivalents.yaml")


@dataclass(frozen=True)
class Equivalent:
    """Mutants that change nothing: patterns of claim, resource, property and change, and why."""

    claim: str
    resource: str
    property: str
    why: str
    change: str = "*"

    def covers(self, mutant: Mutant) -> bool:
        """Says whether a mutant is one of them. In patterns `[` stands for itself."""
        pairs = (
            (mutant.claim.id, self.claim),
            (mutant.resource, self.resource),
            (mutant.property, self.property),
            (mutant.change, self.change),
        )
        return all(fnmatchcase(text, pattern.replace("[", "[[]")) for text, pattern in pairs)


def equivalents(path: Path = EQUIVALENTS) -> list[Equivalent]:
    """Reads the file of equivalents."""
    return [Equivalent(**row) for row in yaml.safe_load(path.read_text(encoding="utf-8"))]


@dataclass(frozen=True)
class Result:
    """What became of the mutants; `unused` are equivalents that no survivor needs."""

    mutants: Sequence[Mutant]
    survivors: Sequence[Mutant]
    unused: Sequence[Equivalent]
    barren: Sequence[str]

    @property
    def complete(self) -> bool:
        """Whether all mutants were caught, each claim had some, and each equivalent is needed."""
        return not (self.survivors or self.unused or self.barren)


def settle(mutants: Iterable[Mutant], claims: Iterable[str], known: Sequence[Equivalent]) -> Result:
    """Sets equivalent mutants aside and looks for survivors, unused equivalents and claims without a mutant."""
    real: list[Mutant] = []
    used: set[Equivalent] = set()
    for mutant in mutants:
        covering = [e for e in known if not mutant.caught and e.covers(mutant)]
        used.update(covering)
        if not covering:
            real.append(mutant)
    tried = {m.claim.id for m in real}
    return Result(
        real,
        [m for m in real if not m.caught],
        [e for e in known if e not in used],
        [c for c in claims if c not in tried],
    )


@told("mutate", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.policy.mutate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", action="append", choices=stacks(), help="a stack; may be given several times")
    parser.add_argument("--survivors", type=Path, help="file for the survivors, a line of JSON each")
    options = parser.parse_args(arguments)
    source = RUNBOOK.read_text(encoding="utf-8")
    runbook = parse_runbook(source)
    estates = [with_settings(declared_estate(s), ROOT) for s in options.stack or stacks()]
    console = Console(stderr=True)
    if findings := [f for e in estates for f in check(e, runbook)]:
        for finding in findings:
            console.print(str(finding), style="red", markup=False)
        console.print("The unchanged estate disagrees with the runbook: mutants would prove nothing. Mend that first.")
        return 1
    mutants = [*document_mutants(runbook, estates)]
    for estate in track(estates, "Mutating", console=console):
        mutants += graph_mutants(estate, runbook)
    result = settle(mutants, [c.id for c in runbook.claims], equivalents())
    _report(result, options.survivors)
    return 0 if result.complete else 1


def _report(result: Result, survivors: Path | None) -> None:
    console = Console()
    tried = Counter(m.claim.id for m in result.mutants)
    caught = Counter(m.claim.id for m in result.mutants if m.caught)
    table = Table("claim", "caught", "of", box=None)
    for claim in sorted(tried):
        table.add_row(claim, str(caught[claim]), str(tried[claim]))
    console.print(table)
    for mutant in result.survivors:
        console.print(f"survived: {mutant}", markup=False, soft_wrap=True)
    for equivalent in result.unused:
        console.print(f"no survivor needs the equivalent {equivalent}", markup=False, soft_wrap=True)
    for claim in result.barren:
        console.print(f"no mutant for {claim}", markup=False, soft_wrap=True)
    if survivors:
        rows = [
            {"claim": m.claim.id, "resource": m.resource, "property": m.property, "change": m.change}
            for m in result.survivors
        ]
        survivors.write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    print(f"caught {sum(caught.values())} of {len(result.mutants)}")


if __name__ == "__main__":
    sys.exit(main())
