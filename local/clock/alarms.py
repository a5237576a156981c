"""Alarms are judged by the estate's evaluator on what was published in the account, and take the state it gives.

An emulation of CloudWatch: it happens when asked for and not by the minute; composite alarms and percentiles are left
alone and named; published statistic sets count by their average.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.request import urlopen

from local.account.daemon import Account
from local.clock.aws import Clients
from semantics.alarms.evaluator import AlarmDefinition, Metric, State, evaluate

ACTIONS: Mapping[State, str] = {
    State.ALARM: "AlarmActions",
    State.OK: "OKActions",
    State.INSUFFICIENT_DATA: "InsufficientDataActions",
}


@dataclass(frozen=True)
class Judged:
    """One alarm after it was judged.

    Attributes:
        name: of the alarm.
        before: its state until now.
        after: its state from now on.
        note: why it was left alone; empty if it was judged.
    """

    name: str
    before: str
    after: str
    note: str = ""


def tick(clients: Clients, now: datetime | None = None) -> list[Judged]:
    """Measure the queues, judge every alarm once, set its state, and do its actions where the state changed."""
    _measure_queues(clients)
    samples = read_samples(clients.account)
    moment = now or datetime.now(UTC)  # after the queues were measured, or that would be of the future
    judged: list[Judged] = []
    for page in clients.cloudwatch.get_paginator("describe_alarms").paginate():
        found = cast("Sequence[Mapping[str, Any]]", page.get("MetricAlarms", []))
        judged += [_judge(clients, alarm, samples, moment) for alarm in found]
    return sorted(judged, key=lambda one: one.name)


def read_samples(account: Account) -> dict[Metric, list[tuple[datetime, float]]]:
    """Return all that was published in the account, by metric with exactly its dimensions."""
    with urlopen(f"{account.endpoint}/_account/samples", timeout=30) as answer:  # noqa: S310 - loopback
        found: list[dict[str, Any]] = json.load(answer)["samples"]
    samples: dict[Metric, list[tuple[datetime, float]]] = defaultdict(list)
    for one in found:
        dimensions = tuple(sorted((name, value) for name, value in one["dimensions"]))
        metric = Metric(one["namespace"], one["name"], dimensions)
        samples[metric].append((datetime.fromisoformat(one["time"]), one["value"]))
    return samples


def _judge(
    clients: Clients,
    alarm: Mapping[str, Any],
    samples: Mapping[Metric, Sequence[tuple[datetime, float]]],
    now: datetime,
) -> Judged:
    before = State(alarm["StateValue"])
    try:
        after = evaluate(AlarmDefinition.from_api(alarm), samples, now, before)
    except ValueError as error:
        return Judged(alarm["AlarmName"], before, before, f"not emulated: {error}")
    if after != before:
        reason = f"judged at {now:%Y-%m-%d %H:%M:%S} UTC on the embedded account"
        clients.cloudwatch.set_alarm_state(
            AlarmName=alarm["AlarmName"],
            StateValue=after.value,
            StateReason=reason,
        )
        if alarm.get("ActionsEnabled"):
            _act(clients, alarm, before, after, reason)
    return Judged(alarm["AlarmName"], before, after)


def _act(clients: Clients, alarm: Mapping[str, Any], before: State, after: State, reason: str) -> None:
    """Tell the alarm's topics; the topic's and key's policies are not asked, though AWS would ask them."""
    message = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription"),
        "AWSAccountId": clients.account.account_id,
        "Region": clients.account.region,
        "OldStateValue": before.value,
        "NewStateValue": after.value,
        "NewStateReason": reason,
    }
    for action in alarm.get(ACTIONS[after], []):
        if ":sns:" in action:
            clients.sns.publish(
                TopicArn=action, Message=json.dumps(message), Subject=f"{after}: {alarm['AlarmName']}"[:100]
            )


def _measure_queues(clients: Clients) -> None:
    """Publish what SQS publishes of each queue by the minute: how many messages wait in it."""
    for url in clients.sqs.list_queues().get("QueueUrls", []):
        attributes = clients.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]).get(
            "Attributes", {}
        )
        clients.cloudwatch.put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "ApproximateNumberOfMessagesVisible",
                    "Dimensions": [{"Name": "QueueName", "Value": url.rsplit("/", 1)[-1]}],
                    "Value": float(attributes.get("ApproximateNumberOfMessages", 0)),
                    "Unit": "Count",
                }
            ],
        )
