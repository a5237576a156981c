"""The clock by hand: `python -m local.clock fire SCHEDULE` and `python -m local.clock tick`."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Column, Table

from estate.errors import told
from local.account.daemon import ROOT
from local.clock.alarms import Judged, tick
from local.clock.aws import Clients, running
from local.clock.schedules import Fired, fire
from local.loopback import past_proxies

DESCRIPTION = """\
Make happen in the embedded account what AWS does by itself as time passes.

`fire` lets a schedule start its function now: the deployed zip, in a process of its own, under the function's role. Its
log goes to its log group, and the metrics in it become metric data at once. `tick` judges every alarm on that data and
sets its state. All of it is emulation; the heads of local/clock/*.py say where it differs."""

EXAMPLES = """\
examples:
  python -m local.clock fire author-temporary-uploads-clean        what happens every 24 hours, now
  python -m local.clock fire author-retention --even-if-disabled   although AWS would not
  python -m local.clock tick                                       which alarms ring
  python -m local.clock tick --later 60                            which ring in an hour if nothing more is published
  python -m local.clock tick --json                                the same for a program

exit codes: 0 done, 1 it can't be done (one sentence says why) or the function failed, 2 wrong arguments"""

COLOURS = {"OK": "green", "ALARM": "red", "INSUFFICIENT_DATA": "yellow"}


@told("clock", 1)
def main() -> int:
    """Run one command and return its exit code."""
    os.environ.update(past_proxies(os.environ))
    arguments = _parser().parse_args()
    console = Console(soft_wrap=True)
    clients = Clients(running(arguments.state))
    if arguments.command == "tick":
        with console.status("Judging the alarms…"):
            judged = tick(clients, datetime.now(UTC) + timedelta(minutes=arguments.later))
        _show_alarms(console, judged, as_json=arguments.json)
        return 0
    with console.status(f"Firing {arguments.schedule}…"):
        fired = fire(clients, arguments.schedule, even_if_disabled=arguments.even_if_disabled)
    _show_run(console, fired, as_json=arguments.json)
    return 1 if fired.error else 0


def _show_alarms(console: Console, judged: list[Judged], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([asdict(one) for one in judged], indent=2) + "\n")
        return
    table = Table(Column("alarm", overflow="fold"), "was", "is", Column("note", overflow="fold"))
    for one in judged:
        table.add_row(one.name, one.before, f"[{COLOURS[one.after]}]{one.after}[/]", one.note)
    console.print(table if judged else "There is no alarm in the account.")


def _show_run(console: Console, fired: Fired, *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(asdict(fired), indent=2) + "\n")
        return
    console.print(fired.log, markup=False, highlight=False)
    how = f"[red]failed ({fired.error})[/]" if fired.error else "[green]done[/]"
    console.print(f"{fired.target.rsplit(':', 1)[-1]} {how}:", end=" ")
    console.print(fired.payload, markup=False)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.clock",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    firing = commands.add_parser("fire", help="let a schedule start its function now, and wait for it")
    firing.add_argument("schedule", help="its name, whatever its group")
    firing.add_argument("--even-if-disabled", action="store_true", help="fire it although AWS would not")
    ticking = commands.add_parser("tick", help="judge every alarm once and set its state")
    ticking.add_argument("--later", type=float, default=0, metavar="MINUTES", help="judge as if it were so much later")
    for command in (firing, ticking):
        command.add_argument("--json", action="store_true", help="answer in JSON")
        command.add_argument("--state", type=Path, default=ROOT / ".local" / "account", help="folder of the account")
    return parser


if __name__ == "__main__":
    sys.exit(main())
