"""The account by hand: `python -m local.account start|stop|status|serve`."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from local.account.daemon import ROOT, Account, AccountError, ensure, status, stop
from local.account.server import PortTakenError, serve
from local.loopback import past_proxies

DESCRIPTION = """\
Start, stop and look at the embedded AWS account of this checkout.

It is moto behind a wrapper (local/account/README.md lists what it closes and what it can't). It keeps everything in
memory: stopping it forgets every resource."""

EXAMPLES = """\
examples:
  python -m local.account start              start it on a free port, or find the one that runs
  python -m local.account start --port 5005  the same on a port of your choice
  python -m local.account status             where it listens
  python -m local.account stop               end it; its resources are gone

exit codes: 0 done, 1 the account can't be used (one sentence says why), 2 wrong arguments, 3 `status`: none runs"""


def main() -> int:
    """Run one command and return its exit code."""
    os.environ.update(past_proxies(os.environ))
    arguments = _parser().parse_args()
    console = Console()
    try:
        return _run(arguments, console)
    except (AccountError, PortTakenError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _run(arguments: argparse.Namespace, console: Console) -> int:
    state: Path = arguments.state
    if arguments.command == "serve":
        serve(state, arguments.port)
    elif arguments.command == "start":
        with console.status("Starting the account…"):
            account = ensure(state, arguments.port)
        _show(console, account, "started, empty" if account.fresh else "was running")
    elif arguments.command == "stop":
        console.print("stopped" if stop(state) else "none was running")
    else:
        account = status(state)
        if account is None:
            console.print("no account runs")
            return 3
        _show(console, account, "running")
    return 0


def _show(console: Console, account: Account, how: str) -> None:
    console.print(
        f"account [bold]{account.account_id}[/] at [bold]{account.endpoint}[/] (process {account.pid}, {how})"
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local.account",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=["start", "stop", "status", "serve"], help="serve stays in the foreground")
    parser.add_argument("--state", type=Path, default=ROOT / ".local" / "account", help="folder of record and log")
    parser.add_argument("--port", type=int, default=0, help="where to listen on 127.0.0.1 (default: a free port)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
