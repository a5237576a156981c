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
CREDENTIALS = {"accessKey": "AKIAADMINADMINADMIN1", "secretKey": "any"}
IDENTITY = {"name": "admin", "credentials": [CREDENTIALS], "actions": ["Admin", "Read", "Write", "List", "Tagging"]}


@contextmanager
def running_seaweedfs(folder: Path) -> Generator[str]:
    """Serve S3 out of a folder for the time of a `with` block; yields the endpoint."""
    config = folder / "s3.json"
    config.write_text(json.dumps({"identities": [IDENTITY]}))
    ports = dict(zip(ROLES, _free_ports(len(ROLES)), strict=True))
    command = [str(Path(sys.executable).parent / "weed"), "server", f"-dir={folder}", "-ip=127.0.0.1"]
    command += ["-ip.bind=127.0.0.1", "-s3", f"-s3.config={config}", "-volume.max=1000", "-master.volumeSizeLimitMB=64"]
    command += [f"-filer.localSocket={folder}/filer.sock", f"-s3.localSocket={folder}/s3.sock"]
    command += [f"-{role}={port}" for role, port in ports.items()]
    # Each bucket would take seven volumes.
    environment = {**os.environ, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(bound(command), stdout=log, stderr=log, env=environment, cwd=folder) as server,
    ):
        try:
            endpoint = f"http://127.0.0.1:{ports['s3.port']}"
            _wait(server, endpoint, folder / "log")
            yield endpoint
        finally:
            server.kill()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def _wait(server: "subprocess.Popen[bytes]", endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{endpoint}/healthz", timeout=5):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"SeaweedFS did not start; the end of its log: {log.read_text(errors='replace')[-500:]}")
