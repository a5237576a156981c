"""One request at a time: moto's stores are plain dictionaries, and looking through one fails while another adds to it.

The request is then half done and answered with a 500, which SDKs repeat: `CreateRole` finds the role it has just made.
"""

import io
from collections.abc import Iterable
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TURN = RLock()
"""Held by whoever reads or changes what the account holds."""


def in_turn(inner: "WSGIApplication") -> "WSGIApplication":
    """Let one request in at a time, except those that wait for others' requests: they take turns inside."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        _read_body(environ)
        if _waits(environ):
            return inner(environ, start_response)
        with TURN:
            return inner(environ, start_response)

    return answer


def _read_body(environ: "WSGIEnvironment") -> None:
    """Read a body of known length, so that nobody waits for a slow sender."""
    if environ.get("CONTENT_LENGTH"):
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))


def _waits(environ: "WSGIEnvironment") -> bool:
    """Say whether a request ends only after others: a function calls the account, a queue waits for a message."""
    asked, path = str(environ.get("HTTP_X_AMZ_TARGET", "")), str(environ.get("PATH_INFO", ""))
    return asked == "AmazonSQS.ReceiveMessage" or path.endswith(("/invocations", "/invoke-async"))
