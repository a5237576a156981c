"""A stand-in for the publisher of Terraform's provider: a small zip, served whole, cut, changed, late or not at all."""

import hashlib
import io
import random
import ssl
import threading
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local.toolchain.provider import Machine
from local.toolchain.terraform_provider import Release

EXECUTABLE = random.Random(0).randbytes(900_000)  # noqa: S311 - the same in each process
"""Incompressible, so that it takes several pieces to send."""
EXECUTABLE_SHA256 = hashlib.sha256(EXECUTABLE).hexdigest()


def zipped(executable: bytes = EXECUTABLE) -> bytes:
    """Return a zip as the publisher makes it, with a member besides that would be written elsewhere."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("LICENSE.txt"), "a licence")
        archive.writestr(zipfile.ZipInfo("../../escaped"), "never written")
        archive.writestr(zipfile.ZipInfo("terraform-provider-aws_v5.100.0_x5"), executable)
    return buffer.getvalue()


ARCHIVE = zipped()
RELEASE = Release("5.100.0", "linux_amd64", hashlib.sha256(ARCHIVE).hexdigest())


def machine(
    folder: Path, environment: dict[str, str] | None = None, release: Release | None = RELEASE, *folders: Path
) -> Machine:
    """Return a machine whose every folder is below `folder`, with no provider on it."""
    return Machine(
        {"PULUMI_HOME": str(folder / "pulumi"), **(environment or {})}, list(folders), folder / "cache", release
    )


@dataclass
class Publisher:
    """What was asked of it, and how it is to answer."""

    url: str = ""
    answer: "Answer" = lambda handler: handler.whole()
    asked: list[str] = field(default_factory=list[str])
    done: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """One request; each method is a way to answer."""

    publisher: Publisher

    def do_GET(self) -> None:
        self.publisher.asked.append(self.path)
        self.publisher.answer(self)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""

    def log_error(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Say nothing."""

    def whole(self) -> None:
        self.send(ARCHIVE)

    def changed(self) -> None:
        self.send(ARCHIVE[:1000] + bytes([ARCHIVE[1000] ^ 1]) + ARCHIVE[1001:])

    def cut(self) -> None:
        self.send(ARCHIVE[:300_000], announced=len(ARCHIVE))

    def cut_without_a_length(self) -> None:
        self.send(ARCHIVE[:300_000], announced=None)

    def not_found(self) -> None:
        self.send_error(404)

    def moved(self) -> None:
        if self.path.startswith("/moved"):
            self.whole()
            return
        self.send_response(302)
        self.send_header("Location", f"/moved{self.path}")
        self.end_headers()

    def silent(self) -> None:
        """Answer nothing for as long as the test takes."""
        self.publisher.done.wait()

    def stalled(self) -> None:
        """Send a third, then nothing for as long as the test takes."""
        self.cut()
        self.publisher.done.wait()

    def send(self, content: bytes, announced: int | None = len(ARCHIVE)) -> None:
        self.send_response(200)
        if announced is not None:
            self.send_header("Content-Length", str(announced))
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


Answer = Callable[[Handler], None]


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Generator[Publisher]:
    """Serve on 127.0.0.1 until the block ends."""
    publisher = Publisher()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"publisher": publisher}))
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    publisher.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield publisher
    finally:
        publisher.done.set()
        server.shutdown()
        thread.join()
        server.server_close()
