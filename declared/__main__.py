"""Writes what a stack declares to a file: `python -m declared --stack NAME`, as `make estate` does.

The stack uploads the file, named by its hash, and tells the audit's function that name: so the function knows what is
declared without Pulumi or the program. Settings files and the hashes of the functions' code are in it.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from declared.complete import complete
from declared.program import declared_estate
from declared.stacks import ROOT, add_stack_option
from estate.errors import told, using
from estate.hash import estate_path, own_hash

EXAMPLES = """\
examples:
  python -m declared --stack prod            into build/estate-prod.json, where the program looks for it
  python -m declared --stack prod --output - to standard output

Needs the functions' zips (`make package`), and neither credentials nor the passphrase: a secret stands in the file as
[secret]. Prints the SHA-256 of what it wrote. Exit codes: 0 written, 1 not, with one line that says why."""


@told("estate", 1)
def main(arguments: Sequence[str] | None = None) -> int:
    """Writes one estate and returns the exit code."""
    parser = argparse.ArgumentParser(
        "python -m declared",
        description="Write what a stack declares to a file, for the audit in the account.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_stack_option(parser, default="local")
    parser.add_argument("--output", metavar="FILE", help="default: build/estate-STACK.json; - for standard output")
    options = parser.parse_args(arguments)
    estate = complete(declared_estate(options.stack), ROOT)
    _write(estate.to_json(), options.output or str(ROOT / estate_path(options.stack)))
    told = sys.stderr if options.output == "-" else sys.stdout
    told.write(f"{own_hash(estate)}  {options.output or estate_path(options.stack)}\n")
    return 0


def _write(text: str, output: str) -> None:
    if output == "-":
        sys.stdout.write(text)
        return
    path = Path(output)
    with using(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main())
