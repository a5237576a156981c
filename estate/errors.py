"""The one root of what a user can mend: every command tells such an error in one line, without a traceback."""


class MendableError(Exception):
    """Names the thing, what was found, what was expected, and what to do."""
