"""The audit's command line: `python -m audit`."""

import argparse
import gc
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from audit.api import Account, UnreadableError
from audit.document import against_account, against_stack
from audit.evidence import verify
from audit.explain import explain
from audit.model import Exit, Report
from audit.reports import as_json, as_text
from audit.reports.formats import FORMATS, render
from audit.reports.inert import visible
from audit.run import AuditError, Request, audit
from audit.waivers import draft, load
from audit.who import with_actors
from declared.complete import complete
from declared.program import declared_estate
from declared.stacks import EMBEDDED, ROOT, add_stack_option
from estate.errors import told, using
from estate.lives import lives
from estate.model import Estate
from estate.names import PREFIX
from policies.runbook.reader import read_runbook
from runtime.caller import account_of, identify, session
from semantics.lifecycle.life_svg import life_svg

DESCRIPTION = """\
Compare a live account with the runbook and with the program at this commit. Reads only.

While a deployment is under way the audit waits, and in the end gives no answer rather than drift. A repair, `pulumi up`
at the commit that is deployed already, can't be seen: audit again when it has ended.

commands:
  (none)             audit
  runbook FILE       hold any Markdown's lifecycle bullets and claims tables against the buckets of the account
                     (--profile), or against what a stack of this checkout declares (--stack)
  explain ID         tell all about a finding of the last report (--since names another)
  verify FILE        check that an evidence file is whole and unchanged"""

EXAMPLES = f"""\
examples:
  python -m audit --stack prod --profile prod-audit
  python -m audit --stack prod --scope {PREFIX}-exports-prod        one bucket and what belongs to it
  python -m audit --stack prod --format html --output audit.html  a page to send round
  python -m audit --stack prod --since last.json                  and what is new and resolved since then
  python -m audit runbook notes.md --profile mine                 anybody's document against anybody's buckets
  python -m audit explain 3f2a9c01de --since last.json
  python -m audit --stack prod --write-waiver 3f2a9c01de >>audit/waivers.yaml

exit codes, a mask:
  0 in sync and complete    1 no trustworthy answer    2 drift, complete    3 drift, and not everything could be read"""


FALLBACK_REGION = "us-east-1"
"""Where credentials without a region ask: S3 tells every bucket from there."""


class _Parser(argparse.ArgumentParser):
    """A usage error must not look like drift, whose exit code argparse would use."""

    def error(self, message: str) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        self.print_usage(sys.stderr)
        sys.stderr.write(f"audit: {message}; --help shows examples\n")
        sys.exit(Exit.NO_ANSWER)


@told("audit", Exit.NO_ANSWER)
def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "verify":
        sys.stdout.write(verify(Path(options.subject)) + "\n")
        return Exit.CLEAN
    if options.command == "explain":
        sys.stdout.write(explain(options.subject, Path(options.since or ROOT / ".local/audit.json")) + "\n")
        return Exit.CLEAN
    if options.command == "runbook":
        return _hold(options)
    return _audit(options)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser("python -m audit", description=DESCRIPTION, epilog=EXAMPLES,
                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("command", nargs="?", choices=("runbook", "explain", "verify"), metavar="COMMAND")
    parser.add_argument("subject", nargs="?", metavar="ID|FILE")
    add_stack_option(parser, default=EMBEDDED)
    parser.set_defaults(stack=None)
    parser.add_argument("--profile", help="of the AWS configuration; default: the environment's credentials")
    parser.add_argument("--scope", metavar="GLOB", help="only resources whose physical name or 'Type name' matches")
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report there")
    parser.add_argument("--waivers", type=Path, metavar="FILE", default=ROOT / "audit" / "waivers.yaml")
    parser.add_argument("--since", type=Path, metavar="REPORT", help="a JSON report to compare with")
    parser.add_argument("--who", action="store_true", help="ask CloudTrail who made each change")
    parser.add_argument("--write-waiver", metavar="ID", help="print a draft waiver for a finding")
    return parser


def _hold(options: argparse.Namespace) -> int:
    """Holds a document against a stack's program, or against the account of the credentials."""
    if options.subject is None or (options.stack and options.profile):
        raise AuditError("runbook takes a FILE, and --stack or --profile: what is declared, or what is in the account")
    document = read_runbook(Path(options.subject), lenient=True)
    if options.stack:
        answer = against_stack(document, complete(declared_estate(options.stack), ROOT))
    else:
        asking = session(options.profile)
        region = asking.region_name or FALLBACK_REGION
        try:
            answer = against_account(document, Account(asking, account_of(asking, region), region))
        except UnreadableError as error:
            raise AuditError(f"the buckets can't be listed: {error}") from error
    sys.stdout.writelines(f"{visible(line)}\n" for line in answer.lines())
    return int(answer.exit)


def _audit(options: argparse.Namespace) -> int:
    gc.disable()  # the program's imports make a million objects that all stay: looking for garbage costs a second
    estate = complete(declared_estate(options.stack or EMBEDDED), ROOT)
    request = Request(
        estate,
        read_runbook(ROOT / "docs" / "runbook.md"),
        _commit(),
        load(options.waivers),
        options.scope,
        _earlier(options.since) if options.since else None,
    )
    asking = session(options.profile)
    caller = identify(asking, estate.account, estate.region)
    account = Account(asking, estate.account, estate.region)
    report = _with_progress(account, request, caller)
    if options.who:
        report = with_actors(account, report)
    if options.write_waiver:
        return _write_waiver(report, options.write_waiver)
    _keep(report)
    _write(report, options, estate)
    return int(report.exit)


def _earlier(path: Path) -> Report:
    with using(path):
        text = path.read_text(encoding="utf-8")
    try:
        return as_json.read(text)
    except as_json.ReportError as error:
        raise as_json.ReportError(f"{path}: {error}") from error


def _with_progress(account: Account, request: Request, caller: str) -> Report:
    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        return audit(
            account,
            request,
            lambda done, total: bar.update(task, completed=done, total=total),
            today=datetime.now(UTC).date(),
            caller=caller,
        )


def _write_waiver(report: Report, key: str) -> int:
    finding = next((f for f in report.findings if f.id == key), None)
    if finding is None:
        raise AuditError(f"no finding {key} now; the ids are {', '.join(f.id for f in report.findings) or '(none)'}")
    sys.stdout.write(draft(finding, datetime.now(UTC).date()))
    return Exit.CLEAN


def _keep(report: Report) -> None:
    """Keeps the last report, for `explain`; a checkout that can't be written to only loses that."""
    try:
        (ROOT / ".local").mkdir(exist_ok=True)
        (ROOT / ".local" / "audit.json").write_text(as_json.render(report), encoding="utf-8")
    except OSError as error:
        sys.stderr.write(f"audit: the report is not kept for `explain`: {error}\n")


def _write(report: Report, options: argparse.Namespace, estate: Estate) -> None:
    if options.format == "text" and not options.output:
        as_text.show(report, Console())
        return
    text = render(report, options.format, _pictures(estate) if options.format == "html" else {})
    if options.output:
        with using(options.output):
            options.output.write_text(text, encoding="utf-8")
        sys.stderr.write(f"audit: {report.outcome}; the report is in {options.output}\n")
    else:
        sys.stdout.write(text)


def _pictures(estate: Estate) -> dict[str, str]:
    """Draws the pictures by bucket; the first carries the style of all."""
    return {life.bucket: life_svg(life, style=i == 0) for i, (life, _) in enumerate(lives(estate))}


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(("git", *arguments), cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    try:
        commit = git("rev-parse", "HEAD")
        return f"uncommitted changes on {commit}" if git("status", "--porcelain") else commit
    except (OSError, subprocess.CalledProcessError):
        return "no commit known"


if __name__ == "__main__":
    sys.exit(main())
