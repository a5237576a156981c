"""Which account runs in a state folder: written by the server itself, believed only if its process is the same one."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
# The root user's key: allowed everything, as in AWS. The secret is checked by nobody.
ROOT_ACCESS_KEY = "AKIAROOTOFTHEACCOUNT"
ROOT_SECRET = "root"  # noqa: S105 - of an account that lives on loopback


@dataclass(frozen=True)
class Record:
    """What the server writes once it listens.

    Attributes:
        endpoint: `http://127.0.0.1:PORT`.
        region: the region whose resources the estate uses.
        account_id: the twelve digits STS answers.
        pid: the server's process.
        started: that process's start time in seconds since 1970, so that a recycled pid is not trusted.
    """

    endpoint: str
    region: str
    account_id: str
    pid: int
    started: float

    @classmethod
    def of_this_process(cls, port: int) -> "Record":
        """Describe the calling process as the server of `port`."""
        me = psutil.Process()
        return cls(f"http://127.0.0.1:{port}", REGION, ACCOUNT_ID, me.pid, me.create_time())

    def process(self) -> psutil.Process | None:
        """Return the recorded process if it still is the recorded one, else None."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.started) < 1 and found.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return found if same else None


def path(state: Path) -> Path:
    """Where the record of a state folder is kept."""
    return state / "account.json"


def log_path(state: Path) -> Path:
    """Where the server of a state folder writes its log."""
    return state / "account.log"


def read(state: Path) -> Record | None:
    """Read the record; None if there is none or it can't be read as one (written by another version)."""
    try:
        return Record(**json.loads(path(state).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def write(state: Path, record: Record) -> None:
    """Write the record whole or not at all."""
    state.mkdir(parents=True, exist_ok=True)
    fresh = path(state).with_suffix(f".{record.pid}.new")
    fresh.write_text(json.dumps(asdict(record), indent=2) + "\n")
    fresh.replace(path(state))


def forget(state: Path, record: Record) -> None:
    """Remove the record, unless another server has written its own meanwhile."""
    if read(state) == record:
        path(state).unlink(missing_ok=True)
