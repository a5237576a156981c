"""The commands: up, preview, refresh, down, and with any arguments `pulumi` and what starts it itself."""

import os
import shutil
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from local.account import daemon as accounts
from local.driver.ownership import owned
from local.driver.progress import Progress
from local.driver.session import Session, find_toolchain, open_session
from local.driver.summary import summary
from local.driver.workspace import STACK, Workspace, engine_environment
from local.errors import ExitCode, LocalError
from local.toolchain.choice import Choice

# Commands of pulumi that read the stack's configuration, and where it is read from.
CONFIGURED = ("up", "update", "preview", "pre", "refresh", "destroy", "down", "import", "config", "logs", "watch")
TEN_YEARS = 10 * 366 * 86400.0
WITHOUT_STACK = (["stack", "ls"], ["stack", "init"])


def up(workspace: Workspace, console: Console, port: int = 0, wanted: Choice | None = None) -> int:
    """Provision the estate; say what stands."""
    begin = time.monotonic()
    workspace.prepare()
    with owned(workspace.state):
        session = open_session(workspace, console, port, wanted, tell=True)
        changes = _operate(session, "up", "--skip-preview", "--refresh")
        console.print(summary(session, changes, time.monotonic() - begin))
    return ExitCode.DONE


def preview(workspace: Workspace, console: Console, arguments: Sequence[str], wanted: Choice | None = None) -> int:
    """Show what `up` would change, in Pulumi's own words."""
    return _shown(workspace, console, ["preview", "--diff", *_policy_packs(workspace), *arguments], wanted)


def refresh(workspace: Workspace, console: Console, arguments: Sequence[str]) -> int:
    """Show how the account differs from the state, in Pulumi's own words; changes neither."""
    return _shown(workspace, console, ["refresh", "--preview-only", "--diff", *arguments])


def down(workspace: Workspace, console: Console) -> int:
    """Destroy every resource, stop the account, forget the stack.

    Raises:
        LocalError: Pulumi could not destroy everything. The account is stopped even so, and with it all it held.
    """
    workspace.prepare()
    with owned(workspace.state):
        failed: LocalError | None = None
        if accounts.status(workspace.account):
            try:
                _destroy(open_session(workspace, console))
            except LocalError as error:
                if error.code == ExitCode.INTERRUPTED:
                    raise
                failed = error
            accounts.stop(workspace.account)
            console.print("account stopped")
        else:
            console.print("no account runs, so nothing stands")
        for folder in (workspace.backend, workspace.state / "project"):
            shutil.rmtree(folder, ignore_errors=True)
        workspace.provider.unlink(missing_ok=True)
    if failed:
        raise LocalError(
            f"Not everything was destroyed in order; the account is stopped and forgotten all the same. {failed}"
        )
    return ExitCode.DONE


def passthrough(workspace: Workspace, console: Console, arguments: Sequence[str]) -> int:
    """Become `pulumi` with the given arguments, on the local stack and the running account."""
    workspace.prepare()
    account = accounts.status(workspace.account)
    toolchain = find_toolchain(workspace, console)
    environment = engine_environment(workspace, toolchain, account)
    config_file = workspace.state / "project" / f"Pulumi.{STACK}.yaml"
    command = [str(toolchain.pulumi), *with_stack(arguments, config_file)]
    os.chdir(workspace.project)
    os.execve(command[0], command, environment)  # noqa: S606 - becoming pulumi is the purpose


def run(workspace: Workspace, console: Console, command: Sequence[str]) -> int:
    """Become a command that finds the local `pulumi` on its PATH, with the stack's backend, configuration and account.

    Raises:
        LocalError: there is no such command, or something it needs can't be had or started.
    """
    if not command:
        raise LocalError("Nothing to run: name a command after --", ExitCode.USAGE)
    workspace.prepare()
    with owned(workspace.state):
        session = _opened(workspace, console)
    environment = dict(session.engine.environment)
    environment["PATH"] = f"{session.engine.pulumi.parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
    environment["PULUMI_OPTION_CONFIG_FILE"] = str(session.stack.config_file)  # `--config-file` where there is one
    try:
        os.execvpe(command[0], list(command), environment)  # noqa: S606 - becoming it is the purpose
    except OSError as error:
        raise LocalError(f"{command[0]} can't be run: {error.strerror}") from error


def _shown(workspace: Workspace, console: Console, arguments: Sequence[str], wanted: Choice | None = None) -> int:
    workspace.prepare()
    with owned(workspace.state):
        session = _opened(workspace, console, wanted)
        return session.engine.on_terminal([*arguments, *_common(session)], workspace.project)


def _opened(workspace: Workspace, console: Console, wanted: Choice | None = None) -> Session:
    session = open_session(workspace, console, wanted=wanted)
    if session.recovered:
        _operate(session, "refresh", "--skip-preview")
    return session


def _destroy(session: Session) -> None:
    if session.recovered:
        _operate(session, "refresh", "--skip-preview")
    if session.stack.read().resources:
        changes = _destroyed_in_ten_years(session)
        session.console.print(f"destroyed {changes.get('delete', 0)} resources")


def _destroyed_in_ten_years(session: Session) -> dict[str, int]:
    """Destroy when no object is locked any more: evidence is kept for seven years, by a lock that nobody can lift."""
    accounts.shift_clock(session.account, TEN_YEARS)
    try:
        return _operate(session, "destroy", "--skip-preview")
    finally:
        accounts.shift_clock(session.account, 0)


def _operate(session: Session, *arguments: str) -> dict[str, int]:
    """Run an operation with visible progress; return the numbers of changes by kind.

    Raises:
        LocalError: it failed or was interrupted.
    """
    log = session.workspace.logs / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{arguments[0]}.log"
    progress = Progress(session.console)
    command = [*arguments, "--yes", *_common(session)]
    folder = session.workspace.project
    with progress.shown():
        code, interrupted = session.engine.with_events(command, folder, log, progress.receive)
    if interrupted:
        raise LocalError("Interrupted; what was done is recorded. Run it again to go on.", ExitCode.INTERRUPTED)
    if code:
        why = _brief(progress.failures[0] if progress.failures else log.read_text(errors="replace"))
        raise LocalError(f"`pulumi {arguments[0]}` failed: {why} (all of it: {log})")
    return progress.changes


def _common(session: Session) -> list[str]:
    return ["--stack", STACK, "--config-file", str(session.stack.config_file), "--non-interactive"]


def _policy_packs(workspace: Workspace) -> list[str]:
    pack = workspace.project / "policies" / "pack"
    return ["--policy-pack", str(pack)] if (pack / "PulumiPolicy.yaml").exists() else []


def with_stack(arguments: Sequence[str], config_file: Path) -> list[str]:
    """Return the arguments of a `pulumi` command, with the local stack and its configuration where it takes them."""
    command = list(arguments)
    if not command or command[0] not in (*CONFIGURED, "stack", "state") or command[:2] in WITHOUT_STACK:
        return command
    if command[0] in CONFIGURED:
        command += ["--config-file", str(config_file)]
    if not any(argument in ("-s", "--stack") or argument.startswith("--stack=") for argument in command):
        command += ["--stack", STACK]
    return command


def _brief(text: str) -> str:
    """Return the line that says what is wrong: of a Python traceback the last, of other output the first error."""
    lines = text.strip().splitlines() or ["it said nothing"]
    if any(line.startswith("Traceback") for line in lines):
        return lines[-1].strip()
    return next((line for line in lines if line.startswith("error: ")), lines[0]).removeprefix("error: ")
