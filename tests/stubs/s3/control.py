"""Starts the stub as a process of its own and tells it what to hold and how to behave."""

import json
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.stubs.s3.behaviour import Behaviour
from tests.stubs.s3.services import CONTROL, behaviour_as_json

LONG_AGO = "2020-01-01T00:00:00.000Z"
BUCKET = "author-temporary-uploads-local"
ACCOUNT = "123456789012"
STOP_PARAMETER = "/author/deleters"


@dataclass(frozen=True)
class Stub:
    """A running stub.

    Attributes:
        port: where it listens.
        pid: its process.
    """

    port: int
    pid: int

    @property
    def endpoint(self) -> str:
        """Its URL."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self, *, versioned: bool = False, locked: bool = False, tags: Mapping[str, str] | None = None) -> None:
        """Empties it, well behaved, with the tag that a temporary bucket carries and deleters allowed.

        Args:
            versioned: whether it keeps versions.
            locked: whether these can be held and retained; then it is versioned too.
            tags: the bucket's tags.
        """
        tagged = dict(tags if tags is not None else {"temporary": "true"})
        self._send("reset", versioned=versioned, locked=locked, tags=tagged)
        self.parameters({STOP_PARAMETER: "run"})

    def fill(
        self,
        keys: list[str],
        *,
        size: int = 1024,
        modified: str = LONG_AGO,
        history: Sequence[str] = ("version",),
        hold: str = "",
    ) -> None:
        """Stores one small object under each key, or a whole history.

        Args:
            keys: what to store.
            size: bytes of each object.
            modified: when each version was written.
            history: what each key went through, oldest first: `version`, `marker`, `null` (an object) or `null marker`.
            hold: `ON` or `OFF`: the legal hold of every version; empty puts none.
        """
        more = {"size": size, "modified": modified, "history": list(history), "hold": hold}
        for start in range(0, len(keys), 100_000):
            self._send("fill", keys=keys[start : start + 100_000], **more)

    def put(self, key: str, body: str, *, modified: str = LONG_AGO) -> None:
        """Stores one object."""
        self._send("put", key=key, body=body, modified=modified)

    def delete(self, key: str, *, modified: str = LONG_AGO) -> None:
        """Deletes one object; where it is versioned, that leaves a delete marker of this age."""
        self._send("delete", key=key, modified=modified)

    def suspend(self, *, suspended: bool = True) -> None:
        """Suspends the versioning of a versioned bucket, or enables it again."""
        self._send("suspend", suspended=suspended)

    def upload(self, key: str, began: str) -> None:
        """Begins a multipart upload."""
        self._send("upload", key=key, id=f"upload-of-{len(key)}", began=began)

    def behave(self, behaviour: Behaviour | None = None, *, clock_ahead: float = 0.0) -> None:
        """Sets latencies, throttling and faults, and counts requests from zero."""
        self._send("behave", **behaviour_as_json(behaviour or Behaviour(), clock_ahead))

    def parameters(self, values: Mapping[str, str]) -> None:
        """Sets SSM's parameters."""
        self._send("parameters", **values)

    def state(self) -> dict[str, Any]:
        """What it holds and what it was asked: objects, keys, versions, history, uploads, counts, invocations."""
        return self._send("state")

    def _send(self, what: str, **given: object) -> dict[str, Any]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", CONTROL + what, json.dumps(given))
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()


@contextmanager
def running_stub() -> Generator[Stub]:
    """A stub of its own for the time of a `with` block."""
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "tests.stubs.s3"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            if not line:
                raise RuntimeError("the stub of S3 did not start; run `python -m tests.stubs.s3` to see why")
            stub = Stub(int(line), process.pid)
            stub.reset()
            yield stub
        finally:
            process.terminate()
