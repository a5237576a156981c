"""Limits of schedules, event rules, topics and queues, and what those take and then never do."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from estate.model import Estate
from estate.paths import Path, find
from policies.limits.checks import Offence, api, between, docs, document_of, each, like, limit, within_one
from semantics.schedules import cron_problem, is_moment, rate_problem

_EVENTS = "eventbridge-2015-10-07"
_SCHEDULER = "scheduler-2021-06-30"
_SNS = "sns-2010-03-31"
_SQS = "sqs-2012-11-05"
_ALARM = "cloudwatch/metricAlarm:MetricAlarm"
_SCHEDULE = "scheduler/schedule:Schedule"
_RULE = "cloudwatch/eventRule:EventRule"
_QUEUE = "sqs/queue:Queue"
_DAY = 86_400


def _scheduler_takes(text: str) -> bool:
    return None in {cron_problem(text), rate_problem(text, strict=False)} or is_moment(text)


def _rule_takes(text: str) -> bool:
    return None in {cron_problem(text), rate_problem(text, strict=True)}


@limit(
    "schedule-window",
    "A flexible schedule says how many minutes, up to a day; a punctual one says nothing",
    "mode OFF without minutes, or FLEXIBLE with 1 to 1440",
    api(_SCHEDULER, "CreateSchedule.FlexibleTimeWindow"),
)
@within_one(_SCHEDULE)
def schedule_window(schedule: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds windows without minutes, and minutes without a window."""
    window = cast("Mapping[str, Any]", schedule.get("flexibleTimeWindow", {}))
    minutes = window.get("maximumWindowInMinutes")
    wanted = window.get("mode") == "FLEXIBLE"
    if window.get("mode") not in {"OFF", "FLEXIBLE"} or wanted != (minutes is not None):
        yield ("flexibleTimeWindow",), window
    elif wanted and not 1 <= int(cast("int", minutes)) <= 1440:
        yield ("flexibleTimeWindow", "maximumWindowInMinutes"), minutes


@limit(
    "queue-dead-letter",
    "The dead-letter queue of a standard queue or a schedule is a standard queue, a FIFO queue's a FIFO queue",
    "a dead-letter queue of the same kind",
    docs("AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"),
)
def queue_dead_letter(estate: Estate) -> Iterator[Offence]:
    """Finds dead-letter queues of the other kind."""
    for queue in estate.of_type(_QUEUE):
        for where, arn in find(queue.properties, "redrivePolicy.deadLetterTargetArn"):
            if str(arn).endswith(".fifo") != str(queue.properties.get("name", "")).endswith(".fifo"):
                yield queue, where, arn
    for schedule in estate.of_type(_SCHEDULE):
        for where, arn in find(schedule.properties, "target.deadLetterConfig.arn"):
            if str(arn).endswith(".fifo"):
                yield schedule, where, arn


@limit(
    "topic-key",
    "An alarm cannot publish to a topic under the key that AWS manages for SNS",
    "a topic under a customer-managed key",
    docs("AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"),
    "AWS takes the alarm and its messages vanish: the managed key's policy does not let CloudWatch use it.",
)
def topic_key(estate: Estate) -> Iterator[Offence]:
    """Finds alarms whose topic their messages never reach."""
    silent = {
        str(topic.properties.get("name"))
        for topic in estate.of_type("sns/topic:Topic")
        if str(topic.properties.get("kmsMasterKeyId", "")).endswith("alias/aws/sns")
    }
    for alarm in estate.of_type(_ALARM):
        for key in ("alarmActions", "okActions", "insufficientDataActions"):
            for where, arn in find(alarm.properties, f"{key}.*"):
                if str(arn).rsplit(":", 1)[-1] in silent:
                    yield alarm, where, arn


@limit(
    "event-metric-target",
    "An event rule cannot publish a metric: it writes to a log group, whose metric filters count",
    "a log group, queue, topic or function",
    docs("eventbridge/latest/userguide/eb-targets.html"),
)
@within_one("cloudwatch/eventTarget:EventTarget")
def event_metric_target(target: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds event rules that mean to publish a metric."""
    arn = str(target.get("arn", ""))
    if re.match(r"arn:aws[a-z-]*:(cloudwatch|monitoring):", arn):
        yield ("arn",), arn


@limit(
    "event-log-policy",
    "A log group that an event rule writes to lets EventBridge write",
    "a log resource policy that lets events.amazonaws.com create streams and put events in <group>:*",
    docs("eventbridge/latest/userguide/eb-use-resource-based.html"),
    "AWS takes the target and every event is lost without a word.",
)
def event_log_policy(estate: Estate) -> Iterator[Offence]:
    """Finds event rules whose log group no policy opens to them."""
    statements = [
        cast("Mapping[str, Any]", statement)
        for policy in estate.of_type("cloudwatch/logResourcePolicy:LogResourcePolicy")
        for _, statement in find(policy.properties, "policyDocument.Statement.*")
    ]
    for target in estate.of_type("cloudwatch/eventTarget:EventTarget"):
        arn = str(target.properties.get("arn", ""))
        granted = {action for statement in statements for action in _event_actions(statement, arn)}
        if ":log-group:" in arn and not {"logs:CreateLogStream", "logs:PutLogEvents"} <= granted:
            yield target, ("arn",), arn


def _event_actions(statement: Mapping[str, Any], group: str) -> set[object]:
    """Returns what a statement lets EventBridge do in a log group."""
    services, actions, resources = (
        set(_listed(statement, path)) for path in ("Principal.Service", "Action", "Resource")
    )
    applies = "events.amazonaws.com" in services and f"{group.removesuffix(':*')}:*" in resources
    return actions if applies and statement.get("Effect") == "Allow" else set()


def _listed(statement: Mapping[str, Any], path: str) -> Iterable[object]:
    for _, value in find(statement, path):
        yield from cast("list[object]", value) if isinstance(value, list) else [value]


LIMITS = (
    limit(
        "schedule-name",
        "A schedule and its group have names of at most 64 characters",
        "1 to 64 of A-Z a-z 0-9 - _ .",
        api(_SCHEDULER, "CreateSchedule.Name"),
    )(each(f"{_SCHEDULE} scheduler/scheduleGroup:ScheduleGroup", "name", like(r"[0-9a-zA-Z_.-]{1,64}"))),
    limit(
        "schedule-expression",
        "A schedule is cron(…) in six fields, rate(…) or at(…)",
        "cron(minutes hours day-of-month month day-of-week year), rate(number unit) or at(yyyy-mm-ddThh:mm:ss)",
        docs("scheduler/latest/UserGuide/schedule-types.html"),
    )(each(_SCHEDULE, "scheduleExpression", _scheduler_takes)),
    schedule_window,
    limit(
        "schedule-retries",
        "Scheduler retries a target at most 185 times",
        "0 to 185",
        api(_SCHEDULER, "CreateSchedule.Target.RetryPolicy"),
    )(each(_SCHEDULE, "target.retryPolicy.maximumRetryAttempts", between(0, 185))),
    limit(
        "schedule-event-age",
        "Scheduler gives up on an event after one minute to one day",
        "60 to 86400 seconds",
        api(_SCHEDULER, "CreateSchedule.Target.RetryPolicy"),
    )(each(_SCHEDULE, "target.retryPolicy.maximumEventAgeInSeconds", between(60, _DAY))),
    limit(
        "event-rule-name",
        "An event rule's name has at most 64 characters",
        "1 to 64 of A-Z a-z 0-9 . - _",
        api(_EVENTS, "PutRule.Name"),
    )(each(_RULE, "name", like(r"[.\-_A-Za-z0-9]{1,64}"))),
    limit(
        "event-rule-expression",
        "An event rule's schedule is cron(…) in six fields, or rate(…) with the singular for one",
        "cron(…) or rate(…)",
        docs("eventbridge/latest/userguide/eb-scheduled-rule-pattern.html"),
    )(each(_RULE, "scheduleExpression", _rule_takes)),
    limit(
        "event-pattern",
        "An event pattern has at most 4,096 characters",
        "at most 4096 characters",
        api(_EVENTS, "PutRule.EventPattern"),
    )(each(_RULE, "eventPattern", document_of(4096))),
    event_metric_target,
    event_log_policy,
    limit(
        "topic-name",
        "A topic's name has letters, digits, - and _",
        "1 to 256 of A-Z a-z 0-9 - _",
        api(_SNS, "CreateTopic.Name"),
    )(each("sns/topic:Topic", "name", like(r"[A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo"))),
    topic_key,
    limit(
        "queue-name",
        "A queue's name has at most 80 letters, digits, - and _",
        "1 to 80 of A-Z a-z 0-9 - _, a FIFO queue's with the end .fifo",
        api(_SQS, "CreateQueue.QueueName"),
    )(each(_QUEUE, "name", like(r"[A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo"))),
    limit(
        "queue-visibility",
        "A message is invisible for at most 12 hours",
        "0 to 43200 seconds",
        api(_SQS, "CreateQueue.Attributes"),
    )(each(_QUEUE, "visibilityTimeoutSeconds", between(0, 43_200))),
    limit(
        "queue-retention",
        "A queue keeps a message for one minute to 14 days",
        "60 to 1209600 seconds",
        api(_SQS, "CreateQueue.Attributes"),
    )(each(_QUEUE, "messageRetentionSeconds", between(60, 1_209_600))),
    queue_dead_letter,
    limit(
        "queue-receives",
        "A message goes to the dead-letter queue after 1 to 1,000 receives",
        "1 to 1000",
        docs("AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html"),
    )(each(_QUEUE, "redrivePolicy.maxReceiveCount", between(1, 1000))),
)
