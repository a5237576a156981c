"""Running a Pulumi program: the child process, what it is told, and what its end means."""

import json
import os
import subprocess
import threading
from pathlib import Path

from pulumi.runtime.proto import language_pb2

from local.host.environments import EnvironmentUnfitError, python_of
from local.processes import bound

EXECUTOR = Path(__file__).with_name("executor.py")
# The executor ends with this when it has already reported the error to the engine.
EXIT_REPORTED = 32


class Programs:
    """The programs that run now, so that a cancelled operation can end them."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()

    def run(self, request: language_pb2.RunRequest, engine: str) -> language_pb2.RunResponse:
        """Run a program to its end.

        Args:
            request: the engine's request.
            engine: the engine's address, for the program's messages.
        """
        try:
            command = [*bound([str(python_of(request.info)), "-u", str(EXECUTOR), *arguments(request, engine)])]
        except EnvironmentUnfitError as error:
            return language_pb2.RunResponse(error=str(error))
        # The output goes to the engine through our own; this thread waits, so the child lives as long as we do.
        child = subprocess.Popen(command, cwd=request.pwd, env=os.environ | configuration(request))
        with self._lock:
            self._running.add(child)
        try:
            return _meaning(child.wait())
        finally:
            with self._lock:
                self._running.discard(child)

    def end(self) -> None:
        """End every program that still runs."""
        with self._lock:
            for child in self._running:
                child.terminate()


def arguments(request: language_pb2.RunRequest, engine: str) -> list[str]:
    """Return the executor's arguments: where the engine listens and what the program is."""
    named = {
        "monitor": request.monitor_address,
        "engine": engine,
        "project": request.project,
        "stack": request.stack,
        "organization": request.organization or "organization",
        "parallel": str(request.parallel),
        "root_directory": request.info.root_directory,
    }
    flags = [f"--{name}={value}" for name, value in named.items()]
    if request.dryRun:
        flags.append("--dry_run")
    entry_point = Path(request.info.program_directory) / request.info.entry_point
    return [*flags, str(entry_point), *request.args]


def configuration(request: language_pb2.RunRequest) -> dict[str, str]:
    """Return the environment variables that carry the stack configuration."""
    return {
        "PULUMI_CONFIG": json.dumps(dict(request.config)),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(list(request.configSecretKeys)),
    }


def _meaning(code: int) -> language_pb2.RunResponse:
    if code == 0:
        return language_pb2.RunResponse()
    if code == EXIT_REPORTED:
        return language_pb2.RunResponse(bail=True)
    return language_pb2.RunResponse(error=f"Program exited with non-zero exit code: {code}")
