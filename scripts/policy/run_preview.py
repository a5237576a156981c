"""Runs a stack's preview with the policy pack, by Pulumi's Automation API, and reads what it found."""

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from pulumi.automation import CommandError, InvalidVersionError, LocalWorkspace, Stack
from pulumi.automation.events import EngineEvent

from scripts.policy.preview_events import Preview, read_events

ROOT = Path(__file__).resolve().parents[2]
KEPT_LINES = 20
"""How much of what a command said before it failed is kept: its end, where the reason stands."""


class _Workspace(LocalWorkspace):
    def select_stack(self, stack_name: str) -> None:
        """Selects nothing: a preview names its stack, and what the user has selected stays selected."""


def run_preview(stack: str) -> Preview:
    """Writes what a stack declares (`make estate`), then previews the stack.

    Args:
        stack: its name. `pulumi` is taken from PATH; backend, passphrase and credentials from the environment.

    Returns:
        What the preview found. What could not be done is among its errors; what the tools print goes to standard error.
    """
    command = ("make", "estate", f"STACK={stack}")
    declared = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, stderr=subprocess.PIPE, text=True, check=False)
    sys.stderr.write(declared.stderr)
    if declared.returncode:
        return _broken(_end(line for line in declared.stderr.splitlines() if not line.startswith("make")))
    return previewed(stack)


def previewed(stack: str) -> Preview:
    """Previews a stack whose estate file has been written; see `run_preview`."""
    events: list[EngineEvent] = []
    complaints: list[str] = []
    why = ""

    def tell(line: str) -> None:
        sys.stderr.write(f"{line}\n")

    def complain(line: str) -> None:
        complaints.append(line)
        tell(line)

    try:
        Stack.select(stack, _Workspace(str(ROOT))).preview(
            policy_packs=["policies/pack"], color="never", on_event=events.append, on_output=tell, on_error=complain
        )
    except FileNotFoundError:
        why = "pulumi is not on PATH; https://www.pulumi.com/docs/install/ says how to install it"
    except CommandError:
        why = _end(complaints)
    except (InvalidVersionError, RuntimeError) as error:
        why = str(error)
    found = read_events(events)
    return replace(found, errors=(why,)) if why and not found.refused else found


def _broken(why: str) -> Preview:
    return Preview((), {}, (), (why,), finished=False)


def _end(lines: Iterable[str]) -> str:
    said = [line for line in lines if line.strip()]
    return "\n".join(said[-KEPT_LINES:]) or "it failed and said nothing"
