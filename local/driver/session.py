"""Everything a command works with, in the order it comes to be: toolchain, account, stack, and what a crash left."""

from dataclasses import dataclass

from rich.console import Console

from local.account import daemon as accounts
from local.account.daemon import Account, AccountError
from local.driver.adopt import adopted
from local.driver.engine import Engine
from local.driver.locks import remove_stale
from local.driver.searches import Clients
from local.driver.stack import Stack
from local.driver.workspace import Workspace, engine_environment
from local.errors import LocalError
from local.toolchain import cli, provider
from local.toolchain.choice import Choice, agreed
from local.toolchain.install import Toolchain, install


@dataclass(frozen=True)
class Session:
    """What a command works with.

    Attributes:
        workspace: the estate's folders.
        console: where the user reads.
        toolchain: what runs the program.
        account: where resources are made.
        engine: `pulumi` in the environment of all that.
        stack: the stack `local`.
        recovered: true if a killed operation left something behind, so that the state has to be read anew.
    """

    workspace: Workspace
    console: Console
    toolchain: Toolchain
    account: Account
    engine: Engine
    stack: Stack
    recovered: bool


def find_toolchain(
    workspace: Workspace, console: Console, wanted: Choice | None = None, *, tell: bool = False
) -> Toolchain:
    """Find or fetch the toolchain and, if asked to, say what it is.

    Args:
        workspace: the estate's folders.
        console: where the user reads.
        wanted: the provider asked for; None takes the estate's, or what can be had.
        tell: whether to say what is used.

    Raises:
        LocalError: a part can't be had, or the estate is made with another provider.
    """

    def progress(line: str) -> None:
        console.print(f"  {line}", style="dim", markup=False, highlight=False, soft_wrap=True)

    choice = agreed(workspace.provider, wanted)
    found_cli = cli.find(progress)
    found = install(
        workspace.home, found_cli, provider.find(choice, found_cli.path, workspace.state / "bridge", progress)
    )
    if tell:
        _say(console, "pulumi", f"{found.cli.version}, {found.cli.origin}")
        _say(console, "host", f"Python programs and policy packs by {found.host}")
        _say(console, "provider", found.provider.description)
    return found


def open_session(
    workspace: Workspace, console: Console, port: int = 0, wanted: Choice | None = None, *, tell: bool = False
) -> Session:
    """Start what is not running and mend what a killed command left.

    Args:
        workspace: the estate's folders, prepared and owned.
        console: where the user reads.
        port: where the account is to listen if it has to be started; 0 takes a free one.
        wanted: the provider asked for, if any.
        tell: whether to say what toolchain and account are used.

    Raises:
        LocalError: something can't be had or started, or another process uses the stack.
    """
    toolchain = find_toolchain(workspace, console, wanted, tell=tell)
    try:
        account = accounts.ensure(workspace.account, port)
    except AccountError as error:
        raise LocalError(str(error)) from error
    if tell:
        found = "started, empty" if account.fresh else "was running"
        _say(console, "account", f"{account.account_id} at {account.endpoint} ({found})")
    engine = Engine(toolchain.pulumi, engine_environment(workspace, toolchain, account))
    stack = Stack(workspace, engine)
    stack.ensure()
    workspace.provider.write_text(toolchain.provider.choice)
    return Session(workspace, console, toolchain, account, engine, stack, recovered=_recover(stack, account, console))


def _recover(stack: Stack, account: Account, console: Console) -> bool:
    """Bring the stack into a shape the engine can go on from; true if its resources have to be read anew."""
    stale = remove_stale(stack.lock_folder)
    deployment = stack.read()
    if account.fresh and (deployment.resources or deployment.pending):
        console.print(
            f"The account that held {len(deployment.resources)} resources is gone: it ended or this machine restarted. "
            "Starting from nothing.",
            style="yellow",
        )
        stack.forget()
        stack.ensure()
        return False
    if deployment.pending:
        known = frozenset(str(resource.get("id", "")) for resource in deployment.resources)
        stack.rewrite(adopted(deployment, Clients.of(account, known)))
    if stale or deployment.pending:
        console.print(
            f"The last run was killed; {len(deployment.pending)} operations were under way. Reading the account anew.",
            style="yellow",
        )
    return bool(stale or deployment.pending)


def _say(console: Console, what: str, text: str) -> None:
    console.print(f"{what:9} {text}", markup=False, highlight=False, soft_wrap=True)
