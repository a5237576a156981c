"""One invocation of a function of this account, and what Lambda does around it."""

import base64
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from moto.awslambda.models import LambdaFunction
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.sts.models import sts_backends

from local.account.function_runner import Function, Outcome, run
from local.account.gaps import log_metrics
from local.account.record import ACCOUNT_ID, REGION
from local.account.turns import TURN
from semantics.logs.metric_filters import Datum

PARTITION = "aws"
SERVICE = "lambda.amazonaws.com"
TAIL_BYTES = 4096
FLUSH_SECONDS = 0.3
MOST_IN_A_LOOP = 16
RETRIES = 2


@dataclass(frozen=True)
class Invocation:
    """A request to run a function.

    Attributes:
        function: moto's.
        event: what the handler gets.
        trace: the X-Amzn-Trace-Id header, in which SDKs inside a function pass on its lineage; empty from elsewhere.
    """

    function: LambdaFunction
    event: Any
    trace: str

    @property
    def generation(self) -> int:
        """How many invocations of the same function this one descends from."""
        found = re.search(rf"Lineage={self._ancestor}:(\d+)", self.trace)
        return int(found[1]) if found else 0

    @property
    def handed_on(self) -> str:
        """The trace that the function's own calls carry."""
        return f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]};Lineage={self._ancestor}:{self.generation + 1}"

    @property
    def _ancestor(self) -> str:
        return sha256(self.function.function_name.encode()).hexdigest()[:8]


class RoleError(Exception):
    """Lambda can't take the function's role; the text is what Lambda says."""


def invoke(invocation: Invocation) -> Outcome:
    """Run a function and wait for its end; its log and metrics are written meanwhile."""
    try:
        with TURN:
            function = _described(invocation.function)
            credentials = _credentials(function)
    except RoleError as error:
        payload = json.dumps({"errorMessage": str(error), "errorType": "AccessDeniedException"})
        return Outcome(str(uuid4()), payload, "Unhandled", 0, str(error))
    log = _LogWriter(function)
    surroundings = {
        **credentials,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_LAMBDA_LOG_STREAM_NAME": log.stream,
        "_X_AMZN_TRACE_ID": invocation.handed_on,
    }
    outcome = run(function, invocation.event, surroundings, log.write)
    log.flush()
    with TURN:
        log_metrics.publish(ACCOUNT_ID, REGION, _metrics(function, outcome))
    return outcome


def send(invocation: Invocation) -> None:
    """Run a function as an invocation of type Event: repeat it if it fails, and hand on what finally failed."""
    configured = invocation.function.event_invoke_config
    settings: dict[str, Any] = configured[0].config if configured else {}
    if invocation.generation >= MOST_IN_A_LOOP and not _may_loop(invocation.function):
        _hand_on(invocation, settings, Outcome(str(uuid4()), "null", "RecursiveInvocation", 0, ""))
        return
    attempts = 1 + int(settings.get("MaximumRetryAttempts", RETRIES))
    outcome = invoke(invocation)
    while outcome.error and attempts > 1:
        attempts -= 1
        outcome = invoke(invocation)
    if outcome.error:
        _hand_on(invocation, settings, outcome)


def tail(outcome: Outcome) -> str:
    """Return the end of a log as the Invoke answer carries it."""
    return base64.b64encode(outcome.log.encode()[-TAIL_BYTES:]).decode()


def _described(found: LambdaFunction) -> Function:
    logging: dict[str, str] = found.get_configuration()["LoggingConfig"]
    return Function(
        name=found.function_name,
        arn=found.function_arn,
        version="$LATEST",
        handler=str(found.handler),
        timeout=float(found.timeout),
        memory=int(found.memory_size),
        role=found.role,
        environment={str(name): str(value) for name, value in found.environment_vars.items()},
        code=found.code_bytes,
        log_group=logging["LogGroup"],
        json_logs=logging["LogFormat"] == "JSON",
    )


def _credentials(function: Function) -> dict[str, str]:
    """Take the function's role, if it is there and trusts Lambda."""
    iam = iam_backends[ACCOUNT_ID][PARTITION]
    role = next((role for role in iam.get_roles() if role.arn == function.role), None)
    if role is None or SERVICE not in str(role.assume_role_policy_document):
        raise RoleError(f"The role defined for the function cannot be assumed by Lambda: {function.role}")
    taken = sts_backends[ACCOUNT_ID][PARTITION].assume_role(REGION, function.name, function.role, "", 43200, "")
    return {
        "AWS_ACCESS_KEY_ID": taken.access_key_id,
        "AWS_SECRET_ACCESS_KEY": taken.secret_access_key,
        "AWS_SESSION_TOKEN": taken.session_token,
    }


class _LogWriter:
    """Writes lines to a log stream of its own, a few at a time, so that they can be followed."""

    def __init__(self, function: Function) -> None:
        self._logs = logs_backends[ACCOUNT_ID][REGION]
        self._group = function.log_group
        self.stream = f"{datetime.now(UTC):%Y/%m/%d}/[{function.version}]{uuid4().hex}"
        with TURN:
            self._logs.ensure_log_group(self._group)
            self._logs.create_log_stream(self._group, self.stream)
        self._waiting: list[dict[str, Any]] = []
        self._flushed = time.monotonic()

    def write(self, line: str) -> None:
        """Add one line; CloudWatch takes no empty ones."""
        if line:
            self._waiting.append({"timestamp": int(time.time() * 1000), "message": line})
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Hand over what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            with TURN:
                self._logs.put_log_events(self._group, self.stream, waiting)
        self._flushed = time.monotonic()


def _metrics(function: Function, outcome: Outcome) -> list[Datum]:
    """Return what Lambda itself publishes of a run."""
    values = {
        "Invocations": (1.0, "Count"),
        "Errors": (float(bool(outcome.error)), "Count"),
        "Duration": (outcome.milliseconds, "Milliseconds"),
    }
    of_function = (("FunctionName", function.name),)
    now = datetime.now(UTC)
    return [Datum("AWS/Lambda", name, value, unit, of_function, now) for name, (value, unit) in values.items()]


def _may_loop(function: LambdaFunction) -> bool:
    return vars(function).get("settings_kept", {}).get("RecursiveLoop") == "Allow"


def _hand_on(invocation: Invocation, settings: dict[str, Any], outcome: Outcome) -> None:
    """Send what failed for good to the on-failure destination and to the dead-letter target."""
    function = invocation.function
    destination = settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if destination:
        record = {
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "requestContext": {
                "requestId": outcome.request_id,
                "functionArn": f"{function.function_arn}:$LATEST",
                "condition": outcome.error if outcome.error == "RecursiveInvocation" else "RetriesExhausted",
            },
            "requestPayload": invocation.event,
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": outcome.error},
            "responsePayload": json.loads(outcome.payload),
        }
        _deliver(destination, json.dumps(record))
    dead_letters = function.get_configuration().get("DeadLetterConfig", {}).get("TargetArn")
    if dead_letters:
        _deliver(dead_letters, json.dumps(invocation.event))


def _deliver(arn: str, body: str) -> None:
    _, _, service, region, account, name = arn.split(":", 5)
    senders: dict[str, Callable[[], Any]] = {
        "sqs": lambda: sqs_backends[account][region].send_message(name, body),
        "sns": lambda: sns_backends[account][region].publish(body, arn),
    }
    if service in senders:
        with TURN:
            senders[service]()
