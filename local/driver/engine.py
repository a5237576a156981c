"""Running `pulumi`: quietly, on the terminal, or with its events."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from local.errors import LocalError
from local.processes import bound

Event = dict[str, Any]
POLL_SECONDS = 0.1


class Engine:
    """A `pulumi` executable in a fixed environment."""

    def __init__(self, pulumi: Path, environment: Mapping[str, str]) -> None:
        self.pulumi = pulumi
        self.environment = dict(environment)

    def quiet(self, arguments: Sequence[str], folder: Path) -> str:
        """Run a command to its end and return what it printed.

        Raises:
            LocalError: it failed; the text is its last line.
        """
        command = bound([str(self.pulumi), "--non-interactive", *arguments])
        done = subprocess.run(command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip() or "nothing").splitlines()[-1]
            raise LocalError(f"`pulumi {' '.join(arguments)}` failed: {said}")
        return done.stdout

    def on_terminal(self, arguments: Sequence[str], folder: Path) -> int:
        """Run a command whose output the user sees as it is, and return its exit code."""
        process = self._start(arguments, folder, None)
        with forwarding(process):
            return process.wait()

    def with_events(
        self, arguments: Sequence[str], folder: Path, log: Path, receive: Callable[[Event], None]
    ) -> tuple[int, bool]:
        """Run an operation, its output to a log, its events to a function as they come.

        Returns:
            The exit code, and whether the user interrupted it.
        """
        events = log.with_suffix(".events.json")
        events.write_bytes(b"")
        ended = threading.Event()
        with log.open("wb") as output:
            process = self._start([*arguments, "--event-log", str(events)], folder, output)
            reader = threading.Thread(target=follow, args=(events, receive, ended), daemon=True)
            reader.start()
            with forwarding(process) as interrupted:
                code = process.wait()
            ended.set()
            reader.join()
        return code, interrupted.is_set()

    def _start(self, arguments: Sequence[str], folder: Path, output: Any) -> subprocess.Popen[bytes]:
        # A group of its own: Ctrl-C reaches it once, from us.
        return subprocess.Popen(
            bound([str(self.pulumi), *arguments]),
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            process_group=0,
        )


@contextmanager
def forwarding(process: subprocess.Popen[bytes]) -> Generator[threading.Event]:
    """Pass SIGINT and SIGTERM on to a process as SIGINT: the engine then ends what runs and writes its state."""
    interrupted = threading.Event()

    def forward(_number: int, _frame: object) -> None:
        interrupted.set()
        if process.poll() is None:
            os.kill(process.pid, signal.SIGINT)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def follow(path: Path, receive: Callable[[Event], None], ended: threading.Event) -> None:
    """Hand on each event of a growing file of JSON lines, until `ended` is set and the file is read to its end."""
    with path.open() as file:
        partial = ""
        while True:
            last = ended.is_set()
            while line := file.readline():
                partial += line
                if partial.endswith("\n"):
                    receive(cast("Event", json.loads(partial)))
                    partial = ""
            if last:
                return
            time.sleep(POLL_SECONDS)
