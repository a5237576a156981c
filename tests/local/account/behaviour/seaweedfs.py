"""SeaweedFS as a server of S3 on loopback: one that shares no code with moto."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from local.processes import bound

ROLES = tuple(f"{server}.port{kind}" for server in ("s3", "master", "volume", "filer") for kind in ("", ".grpc"))
START_SECONDS = 60.0
ATTEMPTS = 3
# Else each bucket takes seven volumes.
ONE_VOLUME = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
CREDENTIALS = {"accessKey": "AKIAADMINADMINADMIN1", "secretKey": "any"}
IDENTITY = {"name": "admin", "credentials": [CREDENTIALS], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}


@contextmanager
def running_seaweedfs(folder: Path) -> Generator[str]:
    """Serve S3 out of a folder for the time of a `with` block; yields the endpoint."""
    (folder / "s3.json").write_text(json.dumps({"identities": [IDENTITY]}))
    server, endpoint = _start(folder)
    try:
        yield endpoint
    finally:
        server.kill()
        server.wait()


def _start(folder: Path) -> "tuple[subprocess.Popen[bytes], str]":
    """Start it; again if another process took one of the ports in between."""
    for _ in range(ATTEMPTS):
        ports = dict(zip(ROLES, _free_ports(len(ROLES)), strict=True))
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                bound(_command(folder, ports)), stdout=log, stderr=log, cwd=folder, env={**os.environ, **ONE_VOLUME}
            )
        endpoint = f"http://127.0.0.1:{ports['s3.port']}"
        if _answers(server, endpoint):
            return server, endpoint
        server.kill()
        server.wait()
    log_end = (folder / "log").read_text(errors="replace")[-500:]
    raise RuntimeError(f"SeaweedFS did not start in {ATTEMPTS} attempts; the end of its log: {log_end}")


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    command = [str(Path(sys.executable).parent / "weed"), "server", f"-dir={folder}", "-ip=127.0.0.1"]
    command += ["-ip.bind=127.0.0.1", "-s3", f"-s3.config={folder}/s3.json", "-volume.max=1000"]
    command += ["-master.volumeSizeLimitMB=64", f"-filer.localSocket={folder}/filer.sock"]
    return [*command, f"-s3.localSocket={folder}/s3.sock", *(f"-{role}={port}" for role, port in ports.items())]


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _answers(server: "subprocess.Popen[bytes]", endpoint: str) -> bool:
    """Wait until it answers at all; False if it ends, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/healthz", timeout=5):  # noqa: S310 - loopback
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            time.sleep(0.1)
    return False
