"""Run a deployed function once, in a process of its own, from its zip, under its role's credentials.

An emulation of Lambda: this machine's Python instead of the function's runtime, the packages of this environment beside
those in the zip, no memory limit, no network of its own, a cold start every time.
"""

import io
import json
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

BOOTSTRAP = Path(__file__).with_name("function_bootstrap.py")


@dataclass(frozen=True)
class Function:
    """A deployed function.

    Attributes:
        name: its name.
        arn: what it was invoked by.
        version: `$LATEST` or a number.
        handler: `module.function`.
        timeout: seconds.
        memory: MB; only told to the handler.
        role: ARN.
        environment: its own variables.
        code: its zip.
        log_group: where its log goes.
        json_logs: whether Lambda's own lines are JSON.
    """

    name: str
    arn: str
    version: str
    handler: str
    timeout: float
    memory: int
    role: str
    environment: dict[str, str]
    code: bytes
    log_group: str
    json_logs: bool


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        request_id: of this run.
        payload: what the handler returned, or what Lambda says of its failure; JSON.
        error: None, or `Unhandled`.
        milliseconds: how long it took.
        log: all its lines.
    """

    request_id: str
    payload: str
    error: str | None
    milliseconds: float
    log: str


def run(
    function: Function, event: Any, surroundings: dict[str, str], log: Callable[[str], None], request_id: str = ""
) -> Outcome:
    """Run a function once and wait for it.

    Args:
        function: what to run.
        event: what it gets.
        surroundings: credentials, region and endpoint as environment variables.
        log: called with each line as it is written.
        request_id: made anew if empty.
    """
    request_id = request_id or str(uuid.uuid4())
    written: list[str] = []

    def record(line: str) -> None:
        written.append(line)
        log(line)

    record(_platform(function, "start", f"START RequestId: {request_id} Version: {function.version}", request_id))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="function-") as folder:
        given = {"event": event, "request_id": request_id, "arn": function.arn}
        answer = _answer(function, given, surroundings, record, Path(folder))
    milliseconds = (time.monotonic() - began) * 1000
    record(_platform(function, "runtimeDone", f"END RequestId: {request_id}", request_id))
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
        f"Billed Duration: {int(milliseconds) + 1} ms\t"
        f"Memory Size: {function.memory} MB\tMax Memory Used: {answer['memory']} MB"
    )
    record(_platform(function, "report", report, request_id))
    return Outcome(request_id, answer["payload"], answer["error"], milliseconds, "\n".join(written))


def _answer(
    function: Function, given: dict[str, Any], surroundings: dict[str, str], record: Callable[[str], None], folder: Path
) -> dict[str, Any]:
    task, result = folder / "task", folder / "answer.json"
    with zipfile.ZipFile(io.BytesIO(function.code)) as archive:
        archive.extractall(task)
    child = subprocess.Popen(
        [sys.executable, "-I", str(BOOTSTRAP), str(result)],
        cwd=task,
        env=_environment(function, surroundings, task),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    expired = threading.Event()

    def end() -> None:
        expired.set()
        child.kill()

    killer = threading.Timer(function.timeout, end)
    killer.start()
    try:
        _talk(child, json.dumps({**given, "deadline": time.time() + function.timeout}), record)
    finally:
        killer.cancel()
    if result.exists():
        return json.loads(result.read_text())
    return _ended_early(function, child.returncode, given["request_id"], record, timed_out=expired.is_set())


def _talk(child: "subprocess.Popen[str]", given: str, record: Callable[[str], None]) -> None:
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    try:
        child.stdin.write(given)
        child.stdin.close()
    except BrokenPipeError:
        pass
    for line in child.stdout:
        record(line.rstrip("\n"))
    child.wait()


def _ended_early(
    function: Function, code: int, request_id: str, record: Callable[[str], None], *, timed_out: bool
) -> dict[str, Any]:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    if timed_out:
        said = f"{moment} {request_id} Task timed out after {function.timeout:.2f} seconds"
        payload = {"errorMessage": said}
    else:
        said = f"RequestId: {request_id} Error: Runtime exited with error: exit status {code}"
        payload = {"errorMessage": said, "errorType": "Runtime.ExitError"}
    record(said)
    return {"payload": json.dumps(payload), "error": "Unhandled", "memory": 0}


def _environment(function: Function, surroundings: dict[str, str], task: Path) -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "LAMBDA_TASK_ROOT": str(task),
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": surroundings.get("AWS_LAMBDA_LOG_STREAM_NAME", ""),
        **function.environment,
        **surroundings,
    }


def _platform(function: Function, kind: str, text: str, request_id: str) -> str:
    """Say what Lambda says of a run, in the log format the function has."""
    if not function.json_logs:
        return text
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    return json.dumps({"time": moment, "type": f"platform.{kind}", "record": {"requestId": request_id}})
