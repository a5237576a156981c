"""Writes what a preview found, plan and policy results, as one Markdown comment for a pull request.

    .venv/bin/python -m scripts.policy.preview_comment --stack prod
        runs `pulumi preview` of the stack with the policy pack and writes the comment to standard output
    .venv/bin/python -m scripts.policy.preview_comment --stack prod --events events.jsonl --output comment.md
        writes the comment of a preview that was run with `--event-log events.jsonl`

Exit code: 0 a deployment could follow; 1 it could not, the comment says why; 2 usage; 3 no comment could be written.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.policy.preview_events import Change, EventsError, Preview, Violation, read_events

ROOT = Path(__file__).resolve().parents[2]
LONGEST_COMMENT = 60_000
"""Characters. GitHub refuses a comment of more than 65,536."""
LONGEST_VALUE = 160

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
        yield "### Errors\n\n" + "\n".join(f"- {inert(e)}" for e in dict.fromkeys(preview.errors))
    if not preview.finished:
        yield "The engine did not come to its summary: the plan below is incomplete."


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
    return "".join(c if c.isprintable() else " " for c in text).translate(ESCAPES)


def code(text: str) -> str:
    """Writes text as code, shortened, on one line. A backtick would end it, so that it becomes an apostrophe."""
    visible = "".join(c if c.isprintable() else " " for c in text).replace("`", "'").strip() or " "
    return f"`{visible if len(visible) <= LONGEST_VALUE else visible[: LONGEST_VALUE - 1] + '…'}`"


def _run_preview(stack: str, events: Path) -> None:
    """Runs Pulumi; what it says goes to standard error, and the events say whether it succeeded."""
    command = ["pulumi", "preview", "--stack", stack, "--policy-pack", "policies/pack", "--non-interactive"]
    subprocess.run([*command, "--event-log", str(events)], cwd=ROOT, stdout=sys.stderr, check=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.policy.preview_comment",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", required=True, help="the stack's name")
    parser.add_argument("--events", type=Path, help="events of a preview that has run already")
    parser.add_argument("--output", type=Path, help="file for the comment instead of standard output")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            events = options.events or Path(folder) / "events.jsonl"
            if not options.events:
                _run_preview(options.stack, events)
            preview = read_events(events.read_text(encoding="utf-8").splitlines())
        comment = render(options.stack, preview)
        if options.output:
            options.output.write_text(comment, encoding="utf-8")
        else:
            sys.stdout.write(comment)
    except (OSError, EventsError) as error:
        sys.stderr.write(f"No comment: {error}\n")
        return 3
    return 0 if preview.passed else 1


if __name__ == "__main__":
    sys.exit(main())
