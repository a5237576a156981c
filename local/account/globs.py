"""IAM's wildcards: `*` is any text, `?` is one character, all else stands for itself."""

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether the pattern covers the whole text, newlines included."""
    return _compiled(pattern, ignore_case=ignore_case).fullmatch(text) is not None
