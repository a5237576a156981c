"""Picks the comment or issue that a workflow keeps up to date out of what GitHub lists.

    gh api --paginate "repos/$GITHUB_REPOSITORY/issues?state=all" >issues.json
    python3 scripts/own_post.py '<!-- author-storage-audit -->' number <issues.json

Prints a field of the first one that a bot wrote and whose body begins with the marker; nothing where there is none or
its field is empty. A person's post is never taken, nor a pull request. Needs nothing but Python: it runs in workflows
whose environment could not be filled.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any


def own_posts(pages: str, marker: str) -> Iterator[dict[str, Any]]:
    """Yields the bot's posts that begin with the marker.

    Args:
        pages: JSON arrays one after the other, as `gh api --paginate` prints them.
        marker: how their bodies begin.
    """
    decoder, rest = json.JSONDecoder(), pages.lstrip()
    while rest:
        page, end = decoder.raw_decode(rest)
        rest = rest[end:].lstrip()
        for post in page:
            body = post.get("body") or ""
            if post["user"]["type"] == "Bot" and body.startswith(marker) and not post.get("pull_request"):
                yield post


def main() -> int:
    """Runs the command; see the module's text."""
    if len(sys.argv) != 3:
        sys.stderr.write("usage: python3 scripts/own_post.py MARKER FIELD <posts.json\n")
        return 2
    _, marker, field = sys.argv
    post = next(own_posts(sys.stdin.read(), marker), None)
    value = post.get(field) if post else None
    sys.stdout.write("" if value is None else str(value))
    return 0


if __name__ == "__main__":
    sys.exit(main())
