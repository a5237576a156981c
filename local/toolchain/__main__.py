"""Prints the folder of a Pulumi CLI that is recent enough, made if need be: `python -m local.toolchain`."""

import sys

from local.errors import LocalError
from local.toolchain import cli


def main() -> int:
    """Run the command: the folder goes to standard output, what is done to standard error."""
    try:
        found = cli.find(_tell)
    except LocalError as error:
        _tell(str(error))
        return error.code
    _tell(f"pulumi {found.version}, {found.origin}")
    sys.stdout.write(f"{found.path.parent}\n")
    return 0


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
