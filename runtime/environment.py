"""What deployed code is told by its environment: one value at a time, refused in a sentence where it can't be meant."""

import re
from collections.abc import Mapping

from estate.errors import MendableError


class EnvironmentVariableError(MendableError):
    """A variable is missing or unusable; the message names it, what was found and what is expected."""


def matching(environment: Mapping[str, str], name: str, pattern: str, expected: str) -> str:
    """Reads a variable.

    Args:
        environment: as `os.environ`.
        name: of the variable.
        pattern: regular expression that the whole value must match.
        expected: the same in words.

    Raises:
        EnvironmentVariableError: it is missing, or does not match.
    """
    value = environment.get(name)
    if value is None:
        raise EnvironmentVariableError(f"{name} is not set; expected {expected}")
    if not re.fullmatch(pattern, value):
        raise EnvironmentVariableError(f"{name} is {value!r}; expected {expected}")
    return value
