"""What the user sees while the engine works: what it is at, what it has done, and everything that went wrong."""

import re
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from local.driver.engine import Event

Json = dict[str, Any]
DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "replace": "replaced",
    "create-replacement": "replaced",
    "delete-replaced": "replaced",
    "refresh": "read",
    "same": "unchanged",
}
SHOWN = 6
SECONDS_BETWEEN_LINES = 3.0
COLOUR = re.compile(r"<\{%[^%]*%\}>")


class Progress:
    """The state of one operation, fed with the engine's events."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[str, str] = {}
        self._done: Counter[str] = Counter()
        self._told = time.monotonic()
        self._said = ""
        self.failures: list[str] = []
        self.changes: dict[str, int] = {}

    def receive(self, event: Event) -> None:
        """Take one event."""
        if step := event.get("resourcePreEvent"):
            self._begin(step["metadata"])
        elif step := event.get("resOutputsEvent"):
            self._end(step["metadata"])
        elif step := event.get("resOpFailedEvent"):
            self._running.pop(step["metadata"]["urn"], None)
        elif said := event.get("diagnosticEvent"):
            self._diagnostic(said)
        elif said := event.get("policyEvent"):
            self._policy(said)
        elif summary := event.get("summaryEvent"):
            self.changes = dict(summary.get("resourceChanges") or {})
        self._tell()

    def __rich__(self) -> RenderableType:
        """Show what runs now, for a terminal."""
        lines = [Text(f"  {name}", style="dim") for name in list(self._running.values())[:SHOWN]]
        hidden = len(self._running) - SHOWN
        if hidden > 0:
            lines.append(Text(f"  and {hidden} more", style="dim"))
        return Group(Spinner("dots", Text(self.counts())), *lines)

    def counts(self) -> str:
        """Say in a few words what is done."""
        return ", ".join(f"{number} {what}" for what, number in self._done.items()) or "starting"

    @contextmanager
    def shown(self) -> Generator[None]:
        """Keep the display up to date while the operation runs."""
        if not self._console.is_terminal:
            yield
            return
        with Live(self, console=self._console, transient=True, refresh_per_second=8):
            yield

    def _begin(self, step: Json) -> None:
        if step["op"] != "same" and _stands_in_account(step):
            self._running[step["urn"]] = describe(step["urn"])

    def _end(self, step: Json) -> None:
        self._running.pop(step["urn"], None)
        done = DONE.get(step["op"])
        if done and _stands_in_account(step):
            self._done[done] += 1

    def _diagnostic(self, said: Json) -> None:
        if said.get("severity") not in ("error", "warning") or said.get("ephemeral"):
            return
        text = COLOUR.sub("", str(said["message"])).strip()
        where = describe(said["urn"]) if said.get("urn") else ""
        line = f"{where}: {text}" if where and "pulumi:pulumi:Stack" not in said["urn"] else text
        if said["severity"] == "error" and line not in self.failures:
            self.failures.append(line)
        self._show(line, bad=said["severity"] == "error")

    def _policy(self, said: Json) -> None:
        text = COLOUR.sub("", str(said["message"])).strip()
        level = said.get("enforcementLevel", "advisory")
        line = f"policy {said['policyName']} ({level}): {describe(said.get('resourceUrn', ''))} {text}"
        if level == "mandatory":
            self.failures.append(line)
        self._show(line, bad=level == "mandatory")

    def _show(self, line: str, *, bad: bool) -> None:
        self._console.print(line, style="red" if bad else "yellow", markup=False, soft_wrap=True)

    def _tell(self) -> None:
        """Where there is no terminal to redraw, print a line now and then."""
        if self._console.is_terminal or time.monotonic() - self._told < SECONDS_BETWEEN_LINES:
            return
        self._told = time.monotonic()
        now = ", ".join(list(self._running.values())[:2])
        line = f"  {self.counts()}" + (f"; now {now}" if now else "")
        if line != self._said:
            self._console.print(line, markup=False, soft_wrap=True)
        self._said = line


def _stands_in_account(step: Json) -> bool:
    """Tell a resource from a component, a stack or a provider, which exist in the state only."""
    state: Json = step.get("new") or step.get("old") or {}
    return bool(state.get("custom")) and not str(step["type"]).startswith("pulumi:")


def describe(urn: str) -> str:
    """Return type and name of a URN, short: `s3 BucketVersioning recordings`."""
    if not urn:
        return ""
    kinds, name = urn.split("::")[2:4]
    package, _, kind = kinds.split("$")[-1].partition(":")
    module, _, short = kind.partition(":")
    return " ".join(part for part in (module.split("/")[0] if package == "aws" else "", short or module, name) if part)
