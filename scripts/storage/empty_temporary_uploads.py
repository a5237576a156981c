"""Empties the temporary uploads by hand, when their backlog is over 1 GB (runbook: Hygiene)."""

import argparse
import json
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.prompt import Confirm

from declared.stacks import add_stack_option
from estate.errors import MendableError
from estate.names import PREFIX
from scripts.storage.estimates import estimate
from scripts.storage.following import follow
from scripts.storage.target import Target, target_of

DESCRIPTION = f"""\
Empties {PREFIX}-temporary-uploads by hand: shows what lies there and how old it is, asks, starts the cleanup function,
and follows its log until it is over. The function deletes what was last modified before it began; what is uploaded
meanwhile stays. Looking deletes nothing, and a no, a dry run or a limit holds for this command; the schedules go on
deleting until the deleters are stopped. Null delete markers, which suspended versioning leaves, are counted and stay.
Credentials come from the environment, as for any AWS tool; they must be of the stack's account."""

EPILOG = f"""\
examples:
  make empty-temporary-uploads STACK=prod
  python -m scripts.storage.empty_temporary_uploads --stack prod --dry-run       list and log, delete nothing
  python -m scripts.storage.empty_temporary_uploads --stack prod --max-deletes 10000
  python -m scripts.storage.empty_temporary_uploads --stack prod --yes --json    for another program

to stop it and every other deleter, the schedules' too, before its next batch:
  aws ssm put-parameter --overwrite --name /{PREFIX}/storage/DELETERS --value stop

exit codes: 0 the bucket is empty, or the dry run is over; 1 something could not be deleted; 2 wrong arguments; 3 the
stack, the account or the function could not be used; 4 the run ended early and something is left; 5 you said no;
130 interrupted"""

EMPTY, FAILED, UNUSABLE, LEFT, DECLINED, INTERRUPTED = 0, 1, 3, 4, 5, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    given = _parser().parse_args(arguments)
    console = Console(stderr=True)
    try:
        target = target_of(given.stack)
        return _run(target, given, console)
    except MendableError as error:
        console.print(f"empty-temporary-uploads: {error}", style="red", highlight=False)
    except (BotoCoreError, ClientError) as error:
        console.print(f"empty-temporary-uploads: AWS refused: {error}", style="red", highlight=False)
    except KeyboardInterrupt:
        console.print("interrupted; nothing more is started, and a cleanup that was started goes on")
        return INTERRUPTED
    return UNUSABLE


def _run(target: Target, given: argparse.Namespace, console: Console) -> int:
    with console.status(f"Measuring {target.bucket}…"):
        backlog = target.measure()
    console.print(f"{target.bucket}: {describe(backlog)}", highlight=False)
    if not backlog["objects"]:
        nothing = {"result": "clean", "deleted": 0, "remaining": 0, "null_markers": backlog["null_markers"]}
        return _end(given, console, nothing)
    if advice := estimate(backlog, datetime.now(UTC)).advice:
        console.print(advice, highlight=False)
    if not given.dry_run and not given.yes and not _agreed(target, given.max_deletes, console):
        console.print("nothing was deleted")
        return DECLINED
    chain = f"by-hand-{uuid.uuid4().hex[:12]}"
    target.clean(chain, dry_run=given.dry_run, max_deletes=given.max_deletes)
    console.print(f"started {chain}; its log: {target.log_group}", highlight=False)
    expected = min(backlog["objects"], given.max_deletes or backlog["objects"])
    return _end(given, console, follow(target, chain, expected, console))


def describe(backlog: dict[str, Any]) -> str:
    """A backlog in words."""
    least = "at least " if backlog["at_least"] else ""
    hours = backlog["oldest_age"] / 3600
    found = f"{least}{backlog['objects']:,} objects, {_size(backlog['bytes'])}, the oldest {hours:.1f} hours old"
    return (found if backlog["objects"] else "empty") + _kept(backlog)


def _kept(counted: dict[str, Any]) -> str:
    """What is never deleted, where there is any."""
    markers = counted.get("null_markers", 0)
    return f", but for {markers:,} null delete markers, which are never deleted" if markers else ""


def _size(size: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} TB"


def _agreed(target: Target, limit: int | None, console: Console) -> bool:
    what = f"at most {limit:,} of it" if limit else "all of it"
    try:
        return Confirm.ask(f"Delete {what} from {target.bucket}?", console=console, default=False)
    except EOFError:
        console.print("there is nobody to ask; say --yes to delete without a question")
    except KeyboardInterrupt:
        console.print()
    return False


def _end(given: argparse.Namespace, console: Console, summary: dict[str, Any]) -> int:
    if given.json:
        print(json.dumps(summary))
    console.print(_verdict(summary), highlight=False)
    if summary["result"] == "failed":
        return FAILED
    rehearsed = summary.get("dry_run") and summary.get("reason") in {None, "max_deletes"}
    return EMPTY if summary["result"] == "clean" or rehearsed else LEFT


def _verdict(summary: dict[str, Any]) -> str:
    done = f"{summary['deleted']:,} deleted"
    least = "at least " if summary.get("remaining_at_least") else ""
    if summary.get("dry_run") and summary["result"] != "failed":
        early = f" ({summary['reason']})" if summary.get("reason") else ""
        found = f"{least}{summary['remaining']:,}{early}"
        return f"dry run: {summary['would_delete']:,} of {found} would be deleted, each named in the log"
    if summary["result"] == "clean":
        return f"[green]clean[/]: {done}, nothing older than the run is left{_kept(summary)}"
    left = f"{least}{summary['remaining']:,} left"
    why = _refused(summary) or summary.get("error") or summary.get("reason") or "see the log"
    return f"[red]{summary['result']}[/]: {done}, {left} ({why})"


def _refused(summary: dict[str, Any]) -> str:
    """What could not be deleted, and why."""
    uploads = summary.get("uploads", {})
    counted = [
        *((count, code) for code, count in summary.get("failed", {}).items()),
        *((summary.get(outcome, 0), outcome) for outcome in ("denied", "held")),
        *((count, f"{code}, multipart uploads") for code, count in uploads.get("failed", {}).items()),
        *((uploads.get(outcome, 0), f"{outcome}, multipart uploads") for outcome in ("denied", "held")),
    ]
    return "; ".join(f"{count:,} {what}" for count, what in counted if count)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scripts.storage.empty_temporary_uploads",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_stack_option(parser)
    parser.add_argument("--dry-run", action="store_true", help="list and log what would be deleted; delete nothing")
    parser.add_argument("--max-deletes", type=_limit, metavar="N", help="delete at most so many")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print the run's summary as JSON on standard output")
    return parser


def _limit(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
