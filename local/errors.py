"""What the user is told when something can't be done: one sentence and an exit code."""

from enum import IntEnum

from estate.errors import MendableError


class ExitCode(IntEnum):
    """How `python -m local` ends; listed by `python -m local --help`."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOTHING_RUNS = 3
    TOOL_MISSING = 4
    TOOL_BROKEN = 5
    CHECKOUT_UNUSABLE = 6
    CHANGES = 7
    BUSY = 8
    INTERRUPTED = 130


class LocalError(MendableError):
    """A command can't be done; the text names the thing, what was found and what to do, in one line."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code
