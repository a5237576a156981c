import json
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.account.gaps.service_actions import name_in_policies
from tests.local.account.conftest import Aws, code_of

pytestmark = pytest.mark.account


def test_a_functions_dead_letter_and_logging_settings_come_back(gap: Aws) -> None:
    name = gap.function()
    kept = gap.functions.get_function_configuration(FunctionName=name)
    assert kept.get("DeadLetterConfig") == {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}
    assert kept.get("LoggingConfig") == {"LogFormat": "JSON", "LogGroup": "/author/cleanup"}
    gap.functions.update_function_configuration(
        FunctionName=name, DeadLetterConfig={"TargetArn": ""}, TracingConfig={"Mode": "Active"}
    )
    changed = gap.functions.get_function_configuration(FunctionName=name)
    assert "DeadLetterConfig" not in changed
    assert changed.get("TracingConfig") == {"Mode": "Active"}


def test_a_functions_recursion_setting_is_kept(gap: Aws) -> None:
    name = gap.function()
    assert gap.functions.get_function_recursion_config(FunctionName=name).get("RecursiveLoop") == "Terminate"
    gap.functions.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    assert gap.functions.get_function_recursion_config(FunctionName=name).get("RecursiveLoop") == "Allow"


def test_setting_one_attribute_of_a_queue_keeps_its_policy(gap: Aws) -> None:
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*"}]}
    )
    url = gap.sqs.create_queue(QueueName=uuid.uuid4().hex, Attributes={"Policy": policy})["QueueUrl"]
    gap.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    kept = gap.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})
    assert json.loads(kept["Policy"]) == json.loads(policy)
    assert kept["VisibilityTimeout"] == "60"


def test_a_queues_policy_can_be_removed(ours: Aws) -> None:
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*"}]}
    )
    url = ours.sqs.create_queue(QueueName=uuid.uuid4().hex, Attributes={"Policy": policy})["QueueUrl"]
    ours.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in ours.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})


def test_a_redrive_policy_comes_back_as_aws_writes_it(gap: Aws) -> None:
    dead = gap.sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    arn = gap.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]).get("Attributes", {})["QueueArn"]
    redrive = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":5}}'
    url = gap.sqs.create_queue(QueueName=uuid.uuid4().hex, Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    kept = gap.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})
    assert kept["RedrivePolicy"] == redrive


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        ("cron(banana)", "UTC"),
        ("cron(0 6 * * * *)", "UTC"),
        ("rate(0 hours)", "UTC"),
        ("rate(24 hours)", "Mars/Olympus"),
    ],
)
def test_a_schedule_that_means_nothing_is_refused(gap: Aws, expression: str, timezone: str) -> None:
    with pytest.raises(ClientError) as error:
        gap.scheduler.create_schedule(
            Name=uuid.uuid4().hex,
            ScheduleExpression=expression,
            ScheduleExpressionTimezone=timezone,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "RoleArn": "arn:aws:iam::123456789012:role/r",
            },
        )
    assert code_of(error) == (400, "ValidationException")


@pytest.mark.parametrize(
    "expression", ["rate(24 hours)", "rate(1 hour)", "cron(0 6 1 1,4,7,10 ? *)", "at(2030-01-01T00:00:00)"]
)
def test_a_schedule_that_means_something_is_kept(ours: Aws, expression: str) -> None:
    name = uuid.uuid4().hex
    ours.scheduler.create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
        },
    )
    assert ours.scheduler.get_schedule(Name=name)["ScheduleExpression"] == expression


def test_cloudtrail_answers_that_it_recorded_nothing(gap: Aws) -> None:
    assert gap.cloudtrail.lookup_events()["Events"] == []


def _alarm(aws: Aws, name: str, threshold: float) -> None:
    aws.cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="Tests",
        MetricName="Failures",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=threshold,
        ComparisonOperator="GreaterThanThreshold",
    )


def test_an_alarm_begins_without_data_and_keeps_its_state_when_changed(gap: Aws) -> None:
    name = uuid.uuid4().hex
    _alarm(gap, name, 1)
    states = [gap.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0].get("StateValue")]
    gap.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    _alarm(gap, name, 2)
    states.append(gap.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0].get("StateValue"))
    assert states == ["INSUFFICIENT_DATA", "ALARM"]


def test_an_event_invoke_configuration_replaces_the_one_before(gap: Aws) -> None:
    name = gap.function()
    for retries in (2, 0):
        gap.functions.put_function_event_invoke_config(FunctionName=name, MaximumRetryAttempts=retries)
    assert gap.functions.get_function_event_invoke_config(FunctionName=name)["MaximumRetryAttempts"] == 0


def test_a_metric_filter_replaces_the_one_of_its_name(gap: Aws) -> None:
    group = f"/author/{uuid.uuid4().hex}"
    gap.logs.create_log_group(logGroupName=group)
    for value in ("1", "2"):
        gap.logs.put_metric_filter(
            logGroupName=group,
            filterName="f",
            filterPattern="error",
            metricTransformations=[{"metricNamespace": "Tests", "metricName": "Errors", "metricValue": value}],
        )
    kept: Any = gap.logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    assert [one["metricTransformations"][0]["metricValue"] for one in kept] == ["2"]


def test_log_events_become_metric_data(gap: Aws) -> None:
    group, metric = f"/author/{uuid.uuid4().hex}", uuid.uuid4().hex
    gap.logs.create_log_group(logGroupName=group)
    gap.logs.create_log_stream(logGroupName=group, logStreamName="s")
    gap.logs.put_metric_filter(
        logGroupName=group,
        filterName="f",
        filterPattern="error",
        metricTransformations=[{"metricNamespace": "Tests", "metricName": metric, "metricValue": "1"}],
    )
    now = datetime.now(UTC)
    events: Any = [{"timestamp": int(now.timestamp() * 1000), "message": "an error"}]
    gap.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)
    found = gap.cloudwatch.get_metric_statistics(
        Namespace="Tests",
        MetricName=metric,
        StartTime=now - timedelta(minutes=1),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    assert [point.get("Sum") for point in found["Datapoints"]] == [1.0]


def test_a_function_runs(gap: Aws) -> None:
    name = gap.function(trusts="lambda.amazonaws.com")
    answer = gap.functions.invoke(FunctionName=name, Payload=b'{"a": 1}')
    assert answer["Payload"].read() == b'{"a": 1}'


@pytest.mark.parametrize(
    ("action", "named"),
    [
        ("monitoring:PutMetricData", "cloudwatch:PutMetricData"),
        ("lambda:Invoke", "lambda:InvokeFunction"),
        ("s3:GetObject", "s3:GetObject"),
    ],
)
def test_an_action_is_asked_for_as_policies_name_it(action: str, named: str) -> None:
    assert name_in_policies(action) == named


def test_a_topic_delivers_to_nobody_outside(ours: Aws) -> None:
    """192.0.2.0/24 leads nowhere (RFC 5737), so a delivery there would hang or fail; one to this machine arrives."""
    sns = ours.sns
    topic = sns.create_topic(Name=uuid.uuid4().hex)["TopicArn"]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        inside = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for endpoint in ("http://192.0.2.1/", inside):
            sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
        with ThreadPoolExecutor() as pool:
            published = pool.submit(sns.publish, TopicArn=topic, Message="m")
            connection, _ = listener.accept()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            connection.close()
            assert published.result(timeout=60)["MessageId"]
