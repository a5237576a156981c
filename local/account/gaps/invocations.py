"""Invoking a function runs its code, from its zip and under its role; plain moto needs Docker for it.

`local/account/function_runner.py` says what differs from Lambda. Invocations of type Event are answered at once,
repeated as the function's configuration says (without Lambda's pauses of minutes), and end in its on-failure
destination and its dead-letter target. A function's sixteenth descendant of itself is stopped, as Lambda's recursive
loop detection does.
"""

import json
import threading
from typing import Any
from urllib.parse import unquote

from moto.awslambda.responses import LambdaResponse

from local.account.invoking import Invocation, invoke, send, tail
from local.account.patching import Response, around


def install() -> None:
    """Run functions where moto would start a container."""

    @around(LambdaResponse, "invoke")
    def _invoke(_original: Any, call: LambdaResponse) -> Response:
        return respond(call)


def respond(call: LambdaResponse) -> Response:
    """Answer an Invoke request."""
    name = unquote(call.path.rstrip("/").rsplit("/", 2)[-2])
    found = call.backend.get_function(name, call.querystring.get("Qualifier", [None])[0])
    event: Any = json.loads(call.body or "null")
    invocation = Invocation(found, event, unquote(call.headers.get("X-Amzn-Trace-Id", "")))
    kind = call.headers.get("X-Amz-Invocation-Type", "RequestResponse")
    if kind == "DryRun":
        return 204, {"status": "204"}, ""
    if kind == "Event":
        threading.Thread(target=send, args=[invocation], daemon=True).start()
        return 202, {"status": "202"}, ""
    outcome = invoke(invocation)
    headers = {"content-type": "application/json", "x-amz-executed-version": "$LATEST"}
    if outcome.error:
        headers["x-amz-function-error"] = outcome.error
    if call.headers.get("X-Amz-Log-Type") == "Tail":
        headers["x-amz-log-result"] = tail(outcome)
    return 200, headers, outcome.payload
