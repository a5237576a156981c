"""The estate on this machine: `python -m local up|preview|refresh|down|env|status|pulumi|run`."""

import argparse
import os
import shlex
import sys
from pathlib import Path

from rich.console import Console

from local.errors import ExitCode, LocalError
from local.launch import die_with_parent
from local.loopback import past_proxies

ROOT = Path(__file__).resolve().parents[1]
STATE_VARIABLE = "AUTHOR_STORAGE_STATE"
DESCRIPTION = """\
Provision the estate on an AWS account embedded in this machine, with the real Pulumi engine and the real AWS provider.

Everything is kept in `.local` of the project: the account's process, the stack's state, logs. Two checkouts have two
estates, which do not know of each other."""

EXAMPLES = """\
examples:
  python -m local up                          provision, or bring up to date; safe to repeat, and after a crash
  python -m local up --port 5005              the same, with the account on a port of your choice
  python -m local up --provider official      the same with Pulumi's own AWS plugin, which is downloaded
  python -m local preview                     what `up` would change, checked by the policy pack
  python -m local preview -- --expect-no-changes
  python -m local refresh                     what differs between the account and the stack's state
  eval "$(python -m local env)"               point aws, s5cmd, boto3 at the account
  python -m local pulumi -- stack export      any command of pulumi, with the local environment
  python -m local run -- COMMAND …            a command that starts pulumi itself, with the local environment
  python -m local down                        destroy everything, stop the account

exit codes:
  0 done                       1 failed; one line says why     2 wrong arguments
  3 no account runs            4 a tool is missing             5 a tool is broken
  6 the checkout is unusable   7 changes, with --expect-no-changes
  8 another process is at work 130 interrupted"""


def main() -> int:
    """Run one command and return its exit code."""
    os.environ.update(past_proxies(os.environ))
    if "MAKELEVEL" in os.environ:  # a killed `make` must not leave us at work
        die_with_parent(os.getppid())
    ours, passed_on = _split(sys.argv[1:])
    arguments = _parser().parse_args(ours)
    try:
        return _run(arguments, passed_on)
    except LocalError as error:
        sys.stderr.write(f"{arguments.command}: {error}\n")
        return error.code
    except KeyboardInterrupt:
        sys.stderr.write(f"{arguments.command}: interrupted\n")
        return ExitCode.INTERRUPTED


def _split(command_line: list[str]) -> tuple[list[str], list[str]]:
    """Return what comes before `--`, for us, and after it, for pulumi or the command."""
    if "--" not in command_line:
        return command_line, []
    at = command_line.index("--")
    return command_line[:at], command_line[at + 1 :]


def _run(arguments: argparse.Namespace, extra: list[str]) -> int:
    # Imported here: `--help` and a wrong Python need none of it.
    from local.account import daemon as accounts  # noqa: PLC0415
    from local.driver import commands  # noqa: PLC0415
    from local.driver.workspace import Workspace  # noqa: PLC0415
    from local.toolchain.choice import asked  # noqa: PLC0415

    project: Path = arguments.project.resolve()
    workspace = Workspace(project, (arguments.state or project / ".local").resolve())
    console = Console(highlight=False)
    provider = asked(arguments.provider)
    if arguments.command == "up":
        return commands.up(workspace, console, arguments.port, provider)
    if arguments.command == "preview":
        return commands.preview(workspace, console, extra, provider)
    if arguments.command == "refresh":
        return commands.refresh(workspace, console, extra)
    if arguments.command == "down":
        return commands.down(workspace, console)
    if arguments.command in ("pulumi", "run"):
        become = commands.passthrough if arguments.command == "pulumi" else commands.run
        return become(workspace, Console(stderr=True), extra)
    account = accounts.status(workspace.account)
    if account is None:
        raise LocalError("No account runs; `make up` starts it.", ExitCode.NOTHING_RUNS)
    if arguments.command == "env":
        for name, value in account.environment().items():
            sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    else:
        console.print(f"account {account.account_id} listens at {account.endpoint} (process {account.pid})")
    return ExitCode.DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local",
        usage="%(prog)s [-h] [--project DIR] [--state DIR] [--port N] [--provider NAME] COMMAND [-- ARGUMENT …]",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command",
        choices=["up", "preview", "refresh", "down", "env", "status", "pulumi", "run"],
        help="see the examples",
    )
    parser.add_argument("--project", type=Path, default=ROOT, help="folder of Pulumi.yaml (default: this checkout)")
    parser.add_argument(
        "--state",
        type=Path,
        default=os.environ.get(STATE_VARIABLE),
        help=f"folder of everything that is kept (default: ${STATE_VARIABLE}, else .local of the project)",
    )
    parser.add_argument("--port", type=int, default=0, help="where `up` starts the account (default: a free port)")
    parser.add_argument(
        "--provider",
        help="what serves AWS resources in a new estate: terraform (default), or official for Pulumi's own plugin",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
