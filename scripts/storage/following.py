"""Follows a cleanup by its log: progress while it runs, over all runs of its chain, and its last summary."""

import json
import time
from collections.abc import Iterator
from typing import Any, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from estate.errors import MendableError
from scripts.storage.target import Target

PAUSE = 2.0
"""Seconds between two looks at the log."""

SILENCE = 180.0
"""Seconds without a line after which nobody is believed to work; a run logs its progress every 5."""

BROKEN = ("failed", "the continuation could not be started")
"""Messages after which nothing follows."""

LOOK_BACK = 60_000
"""Milliseconds before now from which the log is read: clocks differ."""


class SilenceError(MendableError):
    """The log says nothing any more; the message says where to look."""


def follow(target: Target, chain: str, expected: int, console: Console) -> dict[str, Any]:
    """Shows a chain's progress and returns the summary of its last run, `deleted` being that of all its runs.

    Raises:
        SilenceError: nothing was logged for `SILENCE` seconds.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    before, summary = 0, dict[str, Any](remaining=0)
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("deleting", total=expected)
        for line in lines_of(target, chain):
            message = line.get("message")
            if "deleted" in line:
                progress.update(task, completed=before + line["deleted"])
            if message in BROKEN:
                return {**summary, **_failure(line), "deleted": before}
            if message == "summary":
                before += line["deleted"]
                summary = line
                if not line["continues"]:
                    return {**line, "deleted": before}
    raise SilenceError(
        f"nothing was heard of {chain} for {SILENCE:.0f} seconds; it may still run. "
        f"Look into {target.log_group} for it, and into the dead-letter queue of {target.function}."
    )


def lines_of(target: Target, chain: str) -> Iterator[dict[str, Any]]:
    """A chain's log lines as they appear, each once; it ends after `SILENCE` seconds without one."""
    since = int(time.time() * 1000) - LOOK_BACK
    pattern = f'{{ $.chain = "{chain}" && $.keys NOT EXISTS }}'  # lines that name keys are many and not for here
    seen: set[str] = set()
    heard = time.monotonic()
    while time.monotonic() - heard < SILENCE:
        pages = target.logs.get_paginator("filter_log_events").paginate(
            logGroupName=target.log_group, startTime=since, filterPattern=pattern
        )
        for page in pages:
            for event in page["events"]:
                name = event.get("eventId", "")
                if name in seen:
                    continue
                seen.add(name)
                heard = time.monotonic()
                if line := _parsed(event.get("message", ""), chain):
                    yield line
        time.sleep(PAUSE)


def _parsed(text: str, chain: str) -> dict[str, Any] | None:
    try:
        line: object = json.loads(text)
    except ValueError:
        return None
    if not isinstance(line, dict):
        return None
    fields = cast("dict[str, Any]", line)
    return fields if fields.get("chain") == chain else None


def _failure(line: dict[str, Any]) -> dict[str, Any]:
    error = str(line.get("exception", "see the log")).strip().rsplit("\n", 1)[-1]
    return {"result": "failed", "remaining_at_least": True, "error": f"{line['message']}: {error}"}
