"""The server process: moto's own application with our gaps closed, on 127.0.0.1 only."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from estate.errors import MendableError
from local.account import record as records
from local.account.record import ACCOUNT_ID, REGION, Record

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Read by moto when it is imported: bucket names stand in the path, and the account id is ours.
SETTINGS = {"S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true", "MOTO_ACCOUNT_ID": ACCOUNT_ID, "AWS_DEFAULT_REGION": REGION}

WATCH_SECONDS = 2.0
OWNER_VARIABLE = "AUTHOR_STORAGE_ACCOUNT_OWNER"
"""Names a process that the account is not to outlive; tests set it, so that none that is killed leaves a server."""

_STARTED = time.time()


class PortTakenError(MendableError):
    """Another program listens on the port asked for."""


def serve(state: Path, port: int) -> None:
    """Serve until SIGTERM or SIGINT; port 0 takes a free one.

    Raises:
        PortTakenError: the port asked for is in use.
    """
    os.environ.update(SETTINGS)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)

    # Imported here: moto reads its settings on import, and only this process wants the 2 s that takes.
    from moto.moto_server.werkzeug_app import MotoRequestHandler  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    try:
        server = make_server("127.0.0.1", port, application(), threaded=True, request_handler=MotoRequestHandler)
    except (OSError, SystemExit) as error:  # werkzeug turns a taken port into SystemExit
        raise PortTakenError(f"Port {port} on 127.0.0.1 is taken; choose another, or leave it out.") from error
    record = Record.of_this_process(server.port)
    os.environ["MOTO_PORT"] = str(server.port)
    records.write(state, record)
    sys.stderr.write(f"account {ACCOUNT_ID} listens at {record.endpoint}\n")
    threading.Thread(target=_watch, args=[state, record, server.shutdown], daemon=True).start()
    try:
        server.serve_forever()
    finally:
        server.server_close()
        records.forget(state, record)


def application() -> "WSGIApplication":
    """Moto's application with our gaps closed, behind our own endpoints."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415

    from local.account import endpoints  # noqa: PLC0415
    from local.account.gaps import all as gaps  # noqa: PLC0415
    from local.account.turns import in_turn  # noqa: PLC0415

    gaps.close_all()
    return in_turn(endpoints.before(DomainDispatcherApplication(create_backend_app)))


def _watch(state: Path, record: Record, end: Callable[[], None]) -> None:
    """End the server once its record is gone, or another's (nobody could find or stop it any more), or its owner is."""
    pid = os.environ.get(OWNER_VARIABLE)
    while records.read(state) == record and (pid is None or _lives(int(pid))):
        time.sleep(WATCH_SECONDS)
    end()


def _lives(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.create_time() < _STARTED and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _leave(*_: object) -> None:
    sys.exit(0)
