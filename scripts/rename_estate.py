#!/usr/bin/env -S .venv/bin/python
"""Makes a copy of this checkout in which the estate, the runbook and their tests have another name prefix. See --help.

Renamed is a word, `author`, spelled so or `Author` or `AUTHOR`, wherever it stands in a tracked file; `authorize` is
another word. One rule for all: the names of local tools too (the cache folder, the AUTHOR_STORAGE_… variables), so that
the copy shares nothing with this checkout and builds its tools once. LICENSE stays: it says who holds the copyright.
"""

import re
import shutil
import subprocess
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # where it is started by its path

from declared.program import declared_estate
from declared.stacks import ROOT, stacks
from estate.errors import MendableError, told, using
from estate.model import Estate
from estate.names import PREFIX
from policies.limits.all import LIMITS
from policies.runbook.reader import read_runbook

HELP = f"""Makes a copy of this checkout in which everything that is called {PREFIX} is called otherwise: estate,
runbook, grants, stack files, dashboards, documents, tests. Without --to it writes nothing and shows what it would
change. Copied is what git tracks, as it stands in the checkout, with uncommitted changes. LICENSE stays as it is.
Code is formatted anew; after a longer name, make lint may still find lines too long."""

EXAMPLES = f"""examples:
  scripts/rename_estate.py {PREFIX}2                  would AWS take the name, and which files would change how often?
  scripts/rename_estate.py {PREFIX}2 --to ../renamed  make the copy
  cd ../renamed && git init && git add --all && make unit

exit codes: 0 shown, or copied; 1 refused, with one line that says why, or usage"""

KEPT = frozenset({"LICENSE"})

SPELLINGS = (str, str.capitalize, str.upper)
_WORD = re.compile(
    # A letter before it makes it another word, unless that letter is an escape's, as in "\nauthor".
    rf"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))(?:{'|'.join(spell(PREFIX) for spell in SPELLINGS)})(?![A-Za-z0-9])"
)


class RenameError(MendableError):
    """The copy can't be made; the message says why and what to do."""


@dataclass(frozen=True)
class Edited:
    """A file of the copy.

    Attributes:
        path: relative to the checkout.
        content: what stands in it afterwards.
        places: how often the word stood in it.
    """

    path: str
    content: bytes
    places: int


def renamed(text: str, name: str) -> tuple[str, int]:
    """Puts a name in the prefix's place, in each spelling; says how often."""
    instead = {spell(PREFIX): spell(name) for spell in SPELLINGS}
    return _WORD.subn(lambda found: instead[found[0]], text)


def check_spelling(name: str) -> None:
    """Refuses what is no prefix whatever the estate declares.

    Raises:
        RenameError: the name is not one lower-case word, or the present one.
    """
    if not re.fullmatch("[a-z][a-z0-9]*", name):
        raise RenameError(
            f"{name!r} can't be the prefix: expected one word of a-z and 0-9 that begins with a letter, "
            "since S3 takes no capitals and Datadog makes of a hyphen something else"
        )
    if name == PREFIX:
        raise RenameError(f"the estate is called {PREFIX} already; expected another name")


def check_limits(name: str, estates: Iterable[Estate]) -> None:
    """Refuses a name with which AWS would refuse an estate: too long for a role, reserved for a parameter.

    Raises:
        RenameError: it names stack, resource and limit of the first such thing.
    """
    runbook = read_runbook(ROOT / "docs" / "runbook.md")
    for estate in estates:
        would_be = Estate.from_json(renamed(estate.to_json(), name)[0])
        for finding in (f for limit in LIMITS for f in limit.check(would_be, runbook)):
            raise RenameError(f"{name!r} can't be the prefix of stack {estate.stack}: {finding}")


def edited(name: str, root: Path = ROOT) -> list[Edited]:
    """Reads every file that git tracks and that is there, with the name in the prefix's place.

    Raises:
        RenameError: the folder is no git checkout.
        FileError: git is not installed, or a file can't be read.
    """
    with using("git", "install it"):
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise RenameError(f"{root} is no git checkout ({listed.stderr.strip()}); clone the repository and start there")
    return [_edited(path, name, root) for path in listed.stdout.split("\0") if path and (root / path).is_file()]


def _edited(path: str, name: str, root: Path) -> Edited:
    with using(root / path):
        content = (root / path).read_bytes()
    try:
        text, places = renamed(content.decode(), name)
    except UnicodeDecodeError:
        return Edited(path, content, 0)
    return Edited(path, content, 0) if path in KEPT else Edited(path, text.encode(), places)


def check_folder(folder: Path) -> None:
    """Refuses a place where something would be overwritten.

    Raises:
        RenameError: it exists and is no empty folder.
    """
    with using(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RenameError(f"{folder} exists and is no empty folder; name another with --to")


def write(files: Iterable[Edited], folder: Path, root: Path = ROOT) -> None:
    """Writes the copy, and breaks its lines where a name of this length wants them.

    Raises:
        FileError: the folder can't be written to.
        RenameError: ruff did not take the copy.
    """
    with using(folder):
        for file in files:
            target = folder / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.content)
            shutil.copymode(root / file.path, target)
    ruff = [sys.executable, "-m", "ruff", "format", "--quiet", "--no-cache", "."]
    formatted = subprocess.run(ruff, cwd=folder, capture_output=True, text=True, check=False)
    if formatted.returncode:
        raise RenameError(f"the copy in {folder} could not be formatted: {formatted.stderr}; run make lint in it")


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(1, f"{self.prog}: {message}; --help shows examples\n")


@told("rename_estate", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see --help."""
    parser = _Parser("scripts/rename_estate.py", None, HELP, EXAMPLES, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("name", metavar="NAME", help="the new prefix: one word of a-z and 0-9")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="make the copy there; it must not exist, or be empty")
    options = parser.parse_args(arguments)
    check_spelling(options.name)
    if options.to:
        check_folder(options.to)
    check_limits(options.name, map(declared_estate, stacks()))
    files = edited(options.name)
    changed = [file for file in files if file.places]
    for file in changed:
        sys.stdout.write(f"{file.places:5} {file.path}\n")
    places = sum(file.places for file in changed)
    sys.stdout.write(f"{PREFIX} → {options.name}: {places} places in {len(changed)} of {len(files)} files\n")
    if options.to:
        write(files, options.to)
        sys.stdout.write(f"Copied to {options.to}. Next: cd there, git init && git add --all && make unit\n")
    else:
        sys.stdout.write("Nothing is written; --to FOLDER makes the copy.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
