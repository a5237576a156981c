"""Holds every stack against checkov, the common scanner, beside the project's own rules.

    .venv/bin/python -m scripts.policy.checkov                  all stacks
    .venv/bin/python -m scripts.policy.checkov --stack staging  one of them

Checkov's dependencies contradict the project's, so it runs in an environment of its own through `uv tool run`, on a
Terraform plan document made from the program's graph. What it may complain of stands in checkov-skips.yaml with the
reasons. Exit code: 0 nothing else; 1 a complaint, a reason that nothing needs, or checkov could not look; 2 usage.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import yaml

from declared.program import declared_estate
from declared.stacks import ROOT, stacks
from estate.errors import MendableError, told
from estate.model import Estate
from scripts.policy.terraform_plan import plan

SKIPS = Path(__file__).with_name("checkov-skips.yaml")
VERSION = "3.3.30"


class CheckovError(MendableError):
    """Checkov could not look, so its silence means nothing."""


@dataclass(frozen=True)
class Failure:
    """A check that failed: which estate, its id and title, and the resource's Terraform address."""

    estate: str
    check: str
    title: str
    resource: str

    def __str__(self) -> str:
        return f"{self.estate}: {self.resource}: {self.check} {self.title}"


@dataclass(frozen=True)
class Skip:
    """A check that may fail on some resources, and why."""

    check: str
    resources: tuple[str, ...]
    why: str

    def covers(self, failure: Failure) -> bool:
        """Says whether the failure is meant."""
        return failure.check == self.check and any(fnmatchcase(failure.resource, r) for r in self.resources)


def skips(path: Path = SKIPS) -> list[Skip]:
    """Reads the reasons.

    Raises:
        CheckovError: a row lacks its reason.
    """
    rows = cast("list[dict[str, Any]]", yaml.safe_load(path.read_text(encoding="utf-8")))
    if bare := [r for r in rows if not r.get("why")]:
        raise CheckovError(f"{path.name}: {bare[0].get('check')} has no reason; write `why`")
    return [Skip(r["check"], tuple(r["resources"]), r["why"]) for r in rows]


def scan(estates: Mapping[str, Estate]) -> list[Failure]:
    """Runs checkov once over several estates.

    Args:
        estates: name for messages → estate.

    Raises:
        CheckovError: it did not run, found nothing to look at, or could not read something.
    """
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.json" for name in estates}
        for name, file in files.items():
            file.write_text(json.dumps(plan(estates[name])), encoding="utf-8")
        return read_results(run_checkov(list(files.values())), list(estates))


def run_checkov(files: Sequence[Path]) -> str:
    """Runs checkov on plan documents and returns its JSON.

    Raises:
        CheckovError: uv or checkov could not be started.
    """
    uv = shutil.which("uv") or str(ROOT / ".local" / "uv" / "bin" / "uv")
    command = [uv, "tool", "run", "--quiet", "--from", f"checkov=={VERSION}", "checkov"]
    options = ["--framework", "terraform_plan", "--output", "json", "--quiet", "--compact", "--skip-download"]
    try:
        done = subprocess.run(
            [*command, *options, "--file", *map(str, files)], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise CheckovError(f"{uv} can't be started ({error.strerror}); `make environment` installs uv") from None
    if done.returncode not in (0, 1):
        raise CheckovError(f"checkov ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return done.stdout


def read_results(text: str, names: Sequence[str]) -> list[Failure]:
    """Reads checkov's JSON. Its exit code is 0 even where it read nothing; so every estate must show up in it.

    Raises:
        CheckovError: an estate was not looked at, or something in one could not be read.
    """
    try:
        report: Any = json.loads(text)
    except ValueError:
        raise CheckovError(f"expected checkov's JSON, found {text[:80]!r}") from None
    whole: Mapping[str, Any] = cast("Mapping[str, Any]", report) if isinstance(report, dict) else {}
    results = cast("Mapping[str, Any]", whole.get("results", {}))
    checks: list[Mapping[str, str]] = [*results.get("passed_checks", ()), *results.get("failed_checks", ())]
    seen = {Path(c["file_path"]).stem for c in checks}
    if unseen := [n for n in names if n not in seen]:
        raise CheckovError(f"checkov looked at nothing in {', '.join(unseen)}")
    if broken := results.get("parsing_errors"):
        raise CheckovError(f"checkov could not read {broken}")
    failed: list[Mapping[str, str]] = results.get("failed_checks", [])
    return [Failure(Path(c["file_path"]).stem, c["check_id"], c["check_name"], c["resource"]) for c in failed]


@told("checkov", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.policy.checkov",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", action="append", choices=stacks(), help="a stack; may be given several times")
    chosen = parser.parse_args(arguments).stack or stacks()
    known, failures = skips(), scan({s: declared_estate(s) for s in chosen})
    complaints = [str(f) for f in failures if not any(s.covers(f) for s in known)]
    complaints += [
        f"checkov-skips.yaml: {s.check} on {', '.join(s.resources)}: no failure needs this; remove it"
        for s in known
        if not any(s.covers(f) for f in failures)
    ]
    for line in complaints:
        sys.stderr.write(f"{line}\n")
    sys.stdout.write(
        f"checkov {VERSION}: {len(chosen)} stacks, {len(failures)} failures with a reason\n" if not complaints else ""
    )
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
