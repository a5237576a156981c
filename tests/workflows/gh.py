"""Stands in for GitHub's CLI and the posts of one repository: `gh.py STATE api …`, as far as our workflows use it.

STATE is a JSON file: `posts` by their path, `may_write` the paths that the job's token may write to. A listing comes
one post a page, one page after the other, as `gh api --paginate` prints them.
https://cli.github.com/manual/gh_api
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def main() -> int:
    state = Path(sys.argv[1])
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["api"])
    parser.add_argument("path")
    parser.add_argument("--method")
    parser.add_argument("--field", action="append", default=[])
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--jq", choices=[".number"])
    options = parser.parse_args(sys.argv[2:])
    if not os.environ.get("GH_TOKEN"):
        sys.stderr.write("gh: set the GH_TOKEN environment variable\n")
        return 4
    kept = json.loads(state.read_text())
    fields = dict(_field(argument) for argument in options.field)
    path = str(urlsplit(str(options.path)).path)
    method = options.method or ("POST" if fields else "GET")
    if method == "GET":
        posts = kept["posts"].get(path, [])
        sys.stdout.write("".join(json.dumps([post]) for post in (posts if options.paginate else posts[:1])) or "[]")
        return 0
    if not any(path.startswith(prefix) for prefix in kept["may_write"]):
        sys.stderr.write("gh: Resource not accessible by integration (HTTP 403)\n")
        return 1
    post = _post(kept["posts"], path) if method == "POST" else _found(kept["posts"], path)
    post |= fields
    state.write_text(json.dumps(kept))
    if not options.silent:
        sys.stdout.write(f"{post['number']}\n" if options.jq else json.dumps(post))
    return 0


def _field(argument: str) -> tuple[str, str]:
    name, _, value = argument.partition("=")
    return name, Path(value[1:]).read_text() if value.startswith("@") else value


def _post(posts: dict[str, list[dict[str, Any]]], path: str) -> dict[str, Any]:
    number = 1 + sum(map(len, posts.values()))
    posts.setdefault(path, []).append({"id": 1000 + number, "number": number, "user": {"type": "Bot"}, "state": "open"})
    return posts[path][-1]


def _found(posts: dict[str, list[dict[str, Any]]], path: str) -> dict[str, Any]:
    folder, _, key = path.rpartition("/")
    name = "id" if folder.endswith("/comments") else "number"
    return next(post for listed in posts.values() for post in listed if str(post[name]) == key)


if __name__ == "__main__":
    sys.exit(main())
