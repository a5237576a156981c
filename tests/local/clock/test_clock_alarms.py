"""Alarms are judged on demand by the estate's evaluator.

An emulation of CloudWatch: what it decides here is what `semantics/alarms/evaluator.py` says, which is tested with
CloudWatch's own examples.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.clock.alarms import tick
from local.clock.aws import Clients

pytestmark = pytest.mark.account


def _topic(clients: Clients) -> tuple[str, str]:
    """Make a topic and a queue that gets its messages; return the topic's ARN and the queue's URL."""
    name = f"alarms-{uuid.uuid4().hex[:8]}"
    url = clients.sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]).get("Attributes", {})["QueueArn"]
    topic = clients.sns.create_topic(Name=name)["TopicArn"]
    clients.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    return topic, url


def _alarm(clients: Clients, **changes: Any) -> str:
    name = f"alarm-{uuid.uuid4().hex[:8]}"
    usual: dict[str, Any] = {
        "Namespace": "Author/Storage",
        "MetricName": name,
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 10,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
    }
    clients.cloudwatch.put_metric_alarm(AlarmName=name, **(usual | changes))
    return name


def _publish(clients: Clients, name: str, value: float, moment: datetime, **dimensions: str) -> None:
    clients.cloudwatch.put_metric_data(
        Namespace="Author/Storage",
        MetricData=[
            {
                "MetricName": name,
                "Value": value,
                "Timestamp": moment,
                "Dimensions": [{"Name": key, "Value": found} for key, found in dimensions.items()],
            }
        ],
    )


def _state(clients: Clients, name: str, now: datetime | None = None) -> str:
    [judged] = [one for one in tick(clients, now) if one.name == name]
    [kept] = clients.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert kept.get("StateValue") == judged.after
    return judged.after


def test_an_alarm_rings_and_calms_down_and_tells_its_topics(clients: Clients) -> None:
    now = datetime.now(UTC)
    topic, url = _topic(clients)
    name = _alarm(clients, AlarmActions=[topic], OKActions=[topic])
    _publish(clients, name, 11, now)
    assert _state(clients, name, now) == "ALARM"
    assert _state(clients, name, now + timedelta(seconds=30)) == "ALARM"
    assert _state(clients, name, now + timedelta(minutes=10)) == "OK"
    messages = clients.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    told = [json.loads(message.get("Body", "")) for message in messages]
    assert {(one["OldStateValue"], one["NewStateValue"]) for one in told} == {
        ("INSUFFICIENT_DATA", "ALARM"),
        ("ALARM", "OK"),
    }
    assert len(told) == 2, "a state that stays tells nobody"


def test_data_with_other_dimensions_is_another_metric(clients: Clients) -> None:
    now = datetime.now(UTC)
    name = _alarm(clients, Dimensions=[{"Name": "Bucket", "Value": "b"}])
    _publish(clients, name, 11, now, Bucket="b", Class="STANDARD")
    assert _state(clients, name, now) == "OK"
    _publish(clients, name, 11, now, Bucket="b")
    assert _state(clients, name, now) == "ALARM"


def test_silence_rings_where_missing_data_breaches(clients: Clients) -> None:
    assert _state(clients, _alarm(clients, TreatMissingData="breaching"), datetime.now(UTC)) == "ALARM"


def test_a_queue_that_is_not_empty_is_seen(clients: Clients) -> None:
    queue = f"dead-{uuid.uuid4().hex[:8]}"
    url = clients.sqs.create_queue(QueueName=queue)["QueueUrl"]
    name = _alarm(
        clients,
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": queue}],
        Threshold=0,
    )
    assert _state(clients, name) == "OK"
    clients.sqs.send_message(QueueUrl=url, MessageBody="{}")
    assert _state(clients, name) == "ALARM"


def test_what_is_not_emulated_is_left_alone_and_named(clients: Clients) -> None:
    name = _alarm(clients, Statistic="SampleCount", ComparisonOperator="GreaterThanUpperThreshold")
    [judged] = [one for one in tick(clients) if one.name == name]
    assert judged.after == judged.before
    assert judged.note.startswith("not emulated")
