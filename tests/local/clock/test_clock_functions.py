"""Functions run from their deployed zips.

An emulation of Lambda: every start is cold, the Python and the packages are this environment's, and neither memory nor
network is limited. What is proven here of a handler is its behaviour, not its speed or size.
"""

import base64
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from local.account.daemon import Account, authorization
from local.clock.alarms import read_samples
from local.clock.aws import Clients
from semantics.alarms.evaluator import Metric
from tests.local.clock.conftest import TIMEOUT, Deploy

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.account

ECHO = """
    import os
    def handler(event, context):
        print("seen", event)
        return {
            "event": event,
            "own": os.environ["OWN"],
            "region": os.environ["AWS_REGION"],
            "endpoint": os.environ["AWS_ENDPOINT_URL"],
            "remaining": context.get_remaining_time_in_millis(),
            "name": context.function_name,
            "arn": context.invoked_function_arn,
            "group": context.log_group_name,
            "id": context.aws_request_id,
            "checkout": any(os.path.isdir(os.path.join(path, "policies")) for path in __import__("sys").path),
        }
"""


def _invoke(functions: "LambdaClient", name: str, event: Any = None, **more: Any) -> tuple[Any, str | None, str]:
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode(), LogType="Tail", **more)
    log = base64.b64decode(answer.get("LogResult", "")).decode()
    return json.loads(answer["Payload"].read()), answer.get("FunctionError"), log


def _eventually(found: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if result := found():
            return result
        time.sleep(0.1)
    return found()


def _processes(function: str) -> list[int]:
    """List the processes that run a function; it may be ended at any moment of its start, so it can't name its own."""

    def runs(process: psutil.Process) -> bool:
        try:
            return process.environ().get("AWS_LAMBDA_FUNCTION_NAME") == function
        except psutil.Error:
            return False

    return [process.pid for process in psutil.process_iter() if runs(process)]


def _messages(clients: Clients, queue: str) -> list[Any]:
    found = clients.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message.get("Body", "null")) for message in found]


def _queue(clients: Clients, name: str) -> tuple[str, str]:
    url = clients.sqs.create_queue(QueueName=name)["QueueUrl"]
    attributes = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]).get("Attributes", {})
    return url, attributes["QueueArn"]


def test_a_handler_gets_what_lambda_gives_it(
    deploy: Deploy, functions: "LambdaClient", logs: "CloudWatchLogsClient", running: Account
) -> None:
    name = deploy(ECHO, Environment={"Variables": {"OWN": "mine"}}, LoggingConfig={"LogGroup": "/author/echo"})
    answer, error, log = _invoke(functions, name, {"a": 1})
    assert error is None
    assert TIMEOUT * 500 < answer.pop("remaining") <= TIMEOUT * 1000
    request_id = answer.pop("id")
    assert answer == {
        "event": {"a": 1},
        "own": "mine",
        "region": "us-east-1",
        "endpoint": running.endpoint,
        "name": name,
        "arn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
        "group": "/author/echo",
        "checkout": False,
    }
    written = [found.get("message", "") for found in logs.filter_log_events(logGroupName="/author/echo")["events"]]
    assert [line.split()[0] for line in written] == ["START", "seen", "END", "REPORT"]
    assert all(request_id in line for line in written if not line.startswith("seen"))
    assert log == "\n".join(written)


def test_a_failure_is_answered_and_logged_as_lambda_does(deploy: Deploy, functions: "LambdaClient") -> None:
    name = deploy('def handler(event, context): raise ValueError("no")')
    answer, error, log = _invoke(functions, name)
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"]) == ("ValueError", "no")
    assert "[ERROR] ValueError: no" in log


def test_a_function_ends_at_its_timeout_and_leaves_no_process(deploy: Deploy, functions: "LambdaClient") -> None:
    name = deploy("import time\ndef handler(event, context): time.sleep(600)", Timeout=1)
    answer, error, _ = _invoke(functions, name)
    assert error == "Unhandled"
    assert "Task timed out after 1.00 seconds" in answer["errorMessage"]
    assert _processes(name) == []


def test_a_function_that_exits_is_named(deploy: Deploy, functions: "LambdaClient") -> None:
    name = deploy("import os\ndef handler(event, context): os._exit(3)")
    answer, error, _ = _invoke(functions, name)
    assert (error, answer["errorType"]) == ("Unhandled", "Runtime.ExitError")


def test_a_function_has_the_rights_of_its_role_and_no_others(
    deploy: Deploy, functions: "LambdaClient", s3: "S3Client", running: Account
) -> None:
    for bucket in ("mine-of-the-function", "not-mine-of-the-function"):
        s3.create_bucket(Bucket=bucket)
    name = deploy(
        """
        import boto3
        from botocore.exceptions import ClientError
        def handler(event, context):
            s3 = boto3.client("s3")
            s3.put_object(Bucket="mine-of-the-function", Key="a", Body=b"x")
            try:
                s3.put_object(Bucket="not-mine-of-the-function", Key="a", Body=b"x")
            except ClientError as error:
                return [error.response["Error"]["Code"], boto3.client("sts").get_caller_identity()["Arn"]]
        """,
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::mine-of-the-function/*"},
    )
    authorization(running, on=True)
    try:
        answer, error, _ = _invoke(functions, name)
    finally:
        authorization(running, on=False)
    assert error is None
    assert answer[0] == "AccessDenied"
    assert answer[1].endswith(f"/{name}")
    assert s3.list_objects_v2(Bucket="mine-of-the-function")["KeyCount"] == 1


def test_a_role_that_does_not_trust_lambda_is_refused(deploy: Deploy, functions: "LambdaClient") -> None:
    name = deploy(ECHO, trusts="ecs-tasks.amazonaws.com")
    answer, error, _ = _invoke(functions, name)
    assert error == "Unhandled"
    assert "cannot be assumed by Lambda" in answer["errorMessage"]


def test_embedded_metrics_and_metric_filters_become_metric_data(
    deploy: Deploy, functions: "LambdaClient", logs: "CloudWatchLogsClient", running: Account
) -> None:
    logs.create_log_group(logGroupName="/author/metrics")
    for value in ("1", "2"):  # the second replaces the first
        logs.put_metric_filter(
            logGroupName="/author/metrics",
            filterName="failures",
            filterPattern='{ $.level = "ERROR" }',
            metricTransformations=[{"metricNamespace": "Tests", "metricName": "Failures", "metricValue": value}],
        )
    name = deploy(
        """
        import json
        from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit
        def handler(event, context):
            print(json.dumps({"level": "ERROR"}))
            metrics = EphemeralMetrics(namespace="Tests")
            metrics.add_dimension("Bucket", "b")
            metrics.add_metric("Backlog", MetricUnit.Bytes, 7)
            metrics.flush_metrics()
        """,
        LoggingConfig={"LogGroup": "/author/metrics", "LogFormat": "JSON"},
        Environment={"Variables": {"POWERTOOLS_METRICS_FUNCTION_NAME": "f"}},
    )
    _, error, log = _invoke(functions, name)
    assert error is None, log
    samples = read_samples(running)
    assert [value for _, value in samples[Metric("Tests", "Failures")]] == [2.0]
    assert [value for _, value in samples[Metric("Tests", "Backlog", (("Bucket", "b"),))]] == [7.0]
    own = (("FunctionName", name),)
    assert [value for _, value in samples[Metric("AWS/Lambda", "Errors", own)]] == [0.0]
    assert [json.loads(line).get("type") for line in log.splitlines()][:1] == ["platform.start"]


def test_a_filter_that_is_not_emulated_is_refused(logs: "CloudWatchLogsClient") -> None:
    logs.create_log_group(logGroupName="/author/refused")
    with pytest.raises(logs.exceptions.InvalidParameterException, match="space-delimited"):
        logs.put_metric_filter(
            logGroupName="/author/refused",
            filterName="f",
            filterPattern="[ip, user]",
            metricTransformations=[{"metricNamespace": "T", "metricName": "F", "metricValue": "1"}],
        )


def test_an_event_invocation_is_answered_at_once_and_runs_once_if_it_succeeds(
    deploy: Deploy, functions: "LambdaClient", logs: "CloudWatchLogsClient"
) -> None:
    name = deploy(ECHO, Environment={"Variables": {"OWN": "mine"}})
    answer = functions.invoke(FunctionName=name, InvocationType="Event", Payload=b"{}")
    assert answer["StatusCode"] == 202

    def reports() -> list[Any]:
        groups = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
        if not groups:
            return []
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        return [one for one in found if one.get("message", "").startswith("REPORT")]

    assert len(_eventually(reports)) == 1


def test_what_finally_fails_goes_to_the_destination(
    deploy: Deploy, functions: "LambdaClient", clients: Clients
) -> None:
    url, arn = _queue(clients, "failures")
    name = deploy('def handler(event, context): raise ValueError("no")')
    for retries in (2, 0):  # the second replaces the first
        functions.put_function_event_invoke_config(
            FunctionName=name, MaximumRetryAttempts=retries, DestinationConfig={"OnFailure": {"Destination": arn}}
        )
    kept = functions.get_function_event_invoke_config(FunctionName=name)
    assert kept["MaximumRetryAttempts"] == 0
    functions.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"mode": "clean"}')
    [message] = _eventually(lambda: _messages(clients, url))
    assert message["requestPayload"] == {"mode": "clean"}
    assert message["requestContext"]["condition"] == "RetriesExhausted"
    assert message["responsePayload"]["errorMessage"] == "no"


CHAIN = """
    import boto3, json
    def handler(event, context):
        print("depth", event["depth"])
        if event["depth"] < event["until"]:
            boto3.client("lambda").invoke(
                FunctionName=context.function_name,
                InvocationType="Event",
                Payload=json.dumps({**event, "depth": event["depth"] + 1}),
            )
"""


@pytest.mark.parametrize(("until", "reached"), [(3, 3), (50, 15)])
def test_a_function_may_continue_itself_and_a_loop_is_stopped(
    deploy: Deploy, functions: "LambdaClient", clients: Clients, until: int, reached: int
) -> None:
    url, arn = _queue(clients, f"loop-{until}")
    invoke_itself = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    name = deploy(CHAIN, invoke_itself, LoggingConfig={"LogGroup": f"/author/chain-{until}"})
    functions.put_function_event_invoke_config(
        FunctionName=name, MaximumRetryAttempts=0, DestinationConfig={"OnFailure": {"Destination": arn}}
    )
    _, error, log = _invoke(functions, name, {"depth": 0, "until": until})
    assert error is None, log

    logs: CloudWatchLogsClient = clients.make("logs")

    def depths() -> list[str]:
        found = logs.filter_log_events(logGroupName=f"/author/chain-{until}", filterPattern="depth")["events"]
        return [one.get("message", "") for one in found]

    if reached < until:
        [message] = _eventually(lambda: _messages(clients, url))
        assert message["requestContext"]["condition"] == "RecursiveInvocation"
    assert _eventually(lambda: f"depth {reached}" in depths())
    assert f"depth {reached + 1}" not in depths()
