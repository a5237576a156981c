"""Writes what a preview found, plan and policy results, as one Markdown comment for a pull request.

    .venv/bin/python -m scripts.policy.preview_comment --stack prod
        previews the stack with the policy pack and writes the comment to standard output
    .venv/bin/python -m scripts.policy.preview_comment --stack prod --output comment.md
        writes it to a file

A comment is written whatever happens: where the program or Pulumi could not be started, it says so.
Exit code: 0 a deployment could follow; 1 it could not, the comment says why; 2 usage; 3 no comment could be written.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from scripts.policy.preview_events import SECRET, Change, Preview, Violation
from scripts.policy.run_preview import run_preview

LONGEST_COMMENT = 60_000
"""Characters. GitHub refuses a comment of more than 65,536."""
LONGEST_VALUE = 160
LONGEST_LINE = 500
SECRETS = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Variables of the environment whose values no comment may hold. GitHub hides them in its logs only."""

WORDS = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "create-replacement": "created as replacement",
    "delete-replaced": "deleted after replacement",
    "import": "imported",
}
"""Operation → what would be done."""


def marker(stack: str) -> str:
    """The comment's first line, by which the next run finds it. It is not shown."""
    return f"<!-- preview of {stack} -->"


def render(stack: str, preview: Preview) -> str:
    """Writes the comment."""
    parts = [marker(stack), f"## {_verdict(stack, preview)}", *_violations(preview), *_errors(preview), *_plan(preview)]
    text = "\n\n".join(parts) + "\n"
    if len(text) <= LONGEST_COMMENT:
        return text
    return text[:LONGEST_COMMENT].rsplit("\n", 1)[0] + "\n\nThe rest is too long for a comment; the job's log has it.\n"


def _verdict(stack: str, preview: Preview) -> str:
    mandatory = sum(v.level == "mandatory" for v in preview.violations)
    if mandatory:
        return f"❌ {stack}: {mandatory} disagreement{'' if mandatory == 1 else 's'} with the runbook"
    if not preview.passed:
        return f"❌ {stack}: the preview did not succeed"
    changing = {k: n for k, n in preview.counts.items() if k != "same"}
    return f"✅ {stack}: {'the runbook agrees' if changing else 'no changes, and the runbook agrees'}"


def _violations(preview: Preview) -> Iterator[str]:
    for level, title in (("mandatory", "Must be mended"), ("advisory", "Waived or advice")):
        rows = [v for v in preview.violations if v.level == level]
        if rows:
            table = ["| policy | resource | what disagrees |", "|---|---|---|", *map(_violation, rows)]
            yield f"### {title}\n\n" + "\n".join(table)


def _violation(violation: Violation) -> str:
    cells = (violation.policy, violation.resource or "(stack)", violation.message)
    return f"| {' | '.join(inert(c) for c in cells)} |"


def _errors(preview: Preview) -> Iterator[str]:
    if preview.errors:
        yield "### Errors\n\n" + "\n".join(map(_error, dict.fromkeys(preview.errors)))
    if not preview.finished:
        yield "The engine did not come to its summary: the plan below is incomplete."


def _error(text: str) -> str:
    """Writes an error as an item; what has several lines, as a traceback, as code."""
    lines = text.splitlines()
    if len(lines) < 2:
        return f"- {inert(text)}"
    return "\n".join(("```text", *(_visible(line)[:LONGEST_LINE].replace("`", "'") for line in lines), "```"))


def _plan(preview: Preview) -> Iterator[str]:
    counts = [f"{n} {WORDS.get(k, k)}" for k, n in sorted(preview.counts.items()) if k != "same"]
    total = ", ".join(counts) or "Nothing would change"
    yield f"### Plan\n\n{total}; {preview.counts.get('same', 0)} stay."
    if preview.changes:
        lines = [line for change in preview.changes for line in _change(change)]
        yield "<details><summary>Resources</summary>\n\n" + "\n".join(lines) + "\n\n</details>"


def _change(change: Change) -> Iterator[str]:
    yield f"- {WORDS.get(change.operation, change.operation)}: {code(change.type)} {code(change.name)}"
    for name, old, new in change.properties:
        yield f"  - {code(name)}: {code(old)} → {code(new)}"


ESCAPES = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]()#|~!"} | {c: f"&#{ord(c)};" for c in "<>&@"})
"""Characters that Markdown or HTML could act on → how to write them so that they don't."""


def inert(text: str) -> str:
    """Writes text so that Markdown and HTML find nothing in it to act on, on one line."""
    return _visible(text).translate(ESCAPES)


def code(text: str) -> str:
    """Writes text as code, shortened, on one line. A backtick would end it, so that it becomes an apostrophe."""
    visible = _visible(text).replace("`", "'").strip() or " "
    return f"`{visible if len(visible) <= LONGEST_VALUE else visible[: LONGEST_VALUE - 1] + '…'}`"


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def without_secrets(text: str, environment: Mapping[str, str]) -> str:
    """Replaces the values of secret variables, wherever they stand in a text."""
    for value in filter(None, map(environment.get, SECRETS)):
        text = text.replace(value, SECRET)
    return text


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.policy.preview_comment",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", required=True, help="the stack's name")
    parser.add_argument("--output", type=Path, help="file for the comment instead of standard output")
    options = parser.parse_args(arguments)
    preview = run_preview(options.stack)
    comment = without_secrets(render(options.stack, preview), os.environ)
    try:
        if options.output:
            options.output.write_text(comment, encoding="utf-8")
        else:
            sys.stdout.write(comment)
    except OSError as error:
        sys.stderr.write(f"No comment: {error}\n")
        return 3
    return 0 if preview.passed else 1


if __name__ == "__main__":
    sys.exit(main())
