"""The one root of what a user can mend, and how every command tells it: in one line, without a traceback."""

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import ParamSpec

P = ParamSpec("P")


class MendableError(Exception):
    """Names the thing, what was found, what was expected, and what to do."""


class FileError(MendableError):
    """A file that a user named, or that another command makes, can't be used."""


@contextmanager
def using(path: Path | str, remedy: str = "") -> Generator[None]:
    """Turns what the system says of a file into one sentence.

    Args:
        path: the file.
        remedy: what to do, as "run `make package`".

    Raises:
        FileError: it can't be read or written, or is not UTF-8.
    """
    try:
        yield
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else f"not UTF-8 at byte {error.start}"
        raise FileError(f"{path} can't be used ({why})" + (f"; {remedy}" if remedy else "")) from None


def told(program: str, code: int) -> Callable[[Callable[P, int]], Callable[P, int]]:
    """Lets a command's `main` end with an exit code and one line on standard error for what a user can mend."""

    def around(main: Callable[P, int]) -> Callable[P, int]:
        @wraps(main)
        def run(*arguments: P.args, **named: P.kwargs) -> int:
            try:
                return main(*arguments, **named)
            except MendableError as error:
                sys.stderr.write(f"{program}: {' '.join(str(error).split())}\n")
                return code

        return run

    return around
