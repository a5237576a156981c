"""Start, find and stop the account of one state folder."""

import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from estate.errors import MendableError
from local.account import record as records
from local.account.record import ROOT_ACCESS_KEY, ROOT_SECRET, Record
from local.loopback import past_proxies

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
HEALTH_SECONDS = 5.0
STOP_SECONDS = 10.0


class AccountError(MendableError):
    """The account can't be used; the text is one sentence on what was found and what to do."""


@dataclass(frozen=True)
class Account:
    """A running account.

    Attributes:
        endpoint: what AWS_ENDPOINT_URL has to be.
        region: what AWS_REGION has to be.
        account_id: what STS GetCallerIdentity answers.
        pid: the server's process.
        fresh: True if it had to be started anew, so whatever stood in an earlier one is gone.
    """

    endpoint: str
    region: str
    account_id: str
    pid: int
    fresh: bool

    def environment(self) -> dict[str, str]:
        """Return the variables that point any AWS tool at the account, as its root user."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ACCESS_KEY_ID": ROOT_ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ROOT_SECRET,
        } | past_proxies(os.environ)


def ensure(state: Path, port: int = 0) -> Account:
    """Return the account of a state folder, starting it if none runs.

    Args:
        state: folder for the record, the log and the lock; made if absent.
        port: where to listen on 127.0.0.1 if it has to be started; 0 takes any free port.

    Raises:
        AccountError: the port is taken, the server did not start, or a running one does not answer.
    """
    state.mkdir(parents=True, exist_ok=True)
    with _locked(state):
        found = _running(state)
        return _account(found, fresh=False) if found else _account(_start(state, port), fresh=True)


def status(state: Path) -> Account | None:
    """Return the running account, or None if none runs.

    Raises:
        AccountError: it runs but does not answer.
    """
    found = _running(state)
    return _account(found, fresh=False) if found else None


def stop(state: Path) -> bool:
    """Stop the recorded server and forget it; True if one was running."""
    if not state.is_dir():
        return False
    with _locked(state):
        found = records.read(state)
        process = found.process() if found else None
        if process:
            _end(process)
        records.path(state).unlink(missing_ok=True)
        return process is not None


def authorization(account: Account, *, on: bool) -> None:
    """Switch IAM authorization on or off in a running account; it starts switched off.

    Switched on, the root user may do everything and any other caller what the policies of its user or role say. Ignored
    are conditions on what the account does not know (README.md), and resource policies other than a bucket's.
    """
    _post(f"{account.endpoint}/moto-api/reset-auth", b"0" if on else b"inf")


def shift_clock(account: Account, seconds: float) -> None:
    """Shift what S3 takes for the time: objects and uploads are stamped that far in the future, or past if negative."""
    _post(f"{account.endpoint}/_account/shift", str(seconds).encode())


def reset(account: Account) -> None:
    """Empty a running account of every resource."""
    _post(f"{account.endpoint}/moto-api/reset", b"")


def _account(found: Record, *, fresh: bool) -> Account:
    return Account(found.endpoint, found.region, found.account_id, found.pid, fresh)


def _running(state: Path) -> Record | None:
    found = records.read(state)
    process = found.process() if found else None
    if found is None or process is None or _healthy(found):
        return found if process else None
    try:
        process.wait(1)  # it may be about to end
    except psutil.TimeoutExpired as error:
        raise AccountError(
            f"The account (process {found.pid}) runs but does not answer at {found.endpoint}; "
            f"see {records.log_path(state)}, then stop it with `make down`."
        ) from error
    return None


@contextmanager
def _locked(state: Path) -> Generator[None]:
    with (state / "account.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _start(state: Path, port: int) -> Record:
    command = [sys.executable, "-m", "local.account", "serve", "--state", str(state.resolve()), "--port", str(port)]
    with records.log_path(state).open("ab") as log:
        begin = log.tell()
        server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise AccountError(f"The account did not start: {_last_line(state, begin)}")
        found = records.read(state)
        if found and found.pid == server.pid and _healthy(found):
            return found
        time.sleep(0.05)
    server.kill()
    server.wait()
    raise AccountError(f"The account did not answer within {START_SECONDS:.0f} s; see {records.log_path(state)}.")


def _last_line(state: Path, begin: int) -> str:
    written = records.log_path(state).read_bytes()[begin:].decode(errors="replace").strip()
    return written.splitlines()[-1] if written else "it wrote nothing to its log."


def _healthy(found: Record) -> bool:
    """Ask the endpoint who it is: another server on a reused port is not this account."""
    try:
        with urllib.request.urlopen(f"{found.endpoint}/_account/health", timeout=HEALTH_SECONDS) as answer:  # noqa: S310 - loopback
            return json.load(answer).get("pid") == found.pid
    except (OSError, ValueError):
        return False


def _post(url: str, body: bytes) -> None:
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "text/plain"})  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - loopback
            return
    except urllib.error.URLError as error:
        raise AccountError(f"The account did not accept {url}: {error}") from error


def _end(process: psutil.Process) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
