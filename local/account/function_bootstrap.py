"""What Lambda's Python runtime does around a handler; run as a script, with nothing of this checkout on its path.

Usage: `python -I bootstrap.py ANSWER_FILE` in the folder of the unpacked function, the event on standard input.
Whatever the handler prints is its log. The answer file gets one JSON object: `payload`, `error` (null or `Unhandled`),
`memory` (MB).
"""

import ctypes
import importlib
import json
import logging
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1


@dataclass
class Context:
    """The context object of a handler, as Lambda's runtime documents it."""

    aws_request_id: str
    invoked_function_arn: str
    deadline: float
    function_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_NAME"])
    function_version: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_VERSION"])
    memory_limit_in_mb: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    log_group_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_LOG_GROUP_NAME"])
    log_stream_name: str = field(default_factory=lambda: os.environ["AWS_LAMBDA_LOG_STREAM_NAME"])
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the function."""
        return max(0, int((self.deadline - time.time()) * 1000))


def main() -> None:
    """Run the handler once and write its answer."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # the account's end is this process's end
    given = json.loads(sys.stdin.read())
    context = Context(given["request_id"], given["arn"], given["deadline"])
    _log_as_lambda_does(context.aws_request_id)
    try:
        answer: dict[str, Any] = {"payload": json.dumps(_handler()(given["event"], context)), "error": None}
    except Exception as error:
        answer = {"payload": json.dumps(_describe(error, context)), "error": "Unhandled"}
    answer["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.flush()
    Path(sys.argv[1]).write_text(json.dumps(answer))


def _handler() -> Callable[[Any, Context], Any]:
    sys.path.insert(0, str(Path.cwd()))
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), name)


def _describe(error: Exception, context: Context) -> dict[str, Any]:
    lines = traceback.format_exception(error)
    sys.stdout.write(f"[ERROR] {type(error).__name__}: {error}\n{''.join(lines)}")
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": context.aws_request_id,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _log_as_lambda_does(request_id: str) -> None:
    handler = logging.StreamHandler(sys.stdout)
    form = f"[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t{request_id}\t%(message)s"
    handler.setFormatter(logging.Formatter(form, "%Y-%m-%dT%H:%M:%S"))
    logging.getLogger().addHandler(handler)


if __name__ == "__main__":
    main()
