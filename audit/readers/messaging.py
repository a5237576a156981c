"""SNS topics with policies and subscriptions, SQS queues with policies."""

import hmac
from collections.abc import Iterator
from typing import Any

from audit.api import AbsentError, Account
from audit.table import Call, Extract, Kind, Ours, at, raw, rows, tags_at
from estate.names import PREFIX, Names
from estate.secrets import SECRET, endpoint_digest, shown

TOPIC_ARN = f"arn:aws:sns:{{region}}:{{account}}:{PREFIX}-*"
QUEUE_ARN = f"arn:aws:sqs:{{region}}:{{account}}:{PREFIX}-*"
TOPIC = "aws:sns/topic:Topic"

TOPIC_ATTRIBUTES = Call("sns", "get_topic_attributes", "sns:GetTopicAttributes", TOPIC_ARN)
TOPIC_TAGS = Call("sns", "list_tags_for_resource", "sns:ListTagsForResource", TOPIC_ARN)
TOPICS = Call("sns", "list_topics", "sns:ListTopics", "*")
SUBSCRIPTIONS = Call("sns", "list_subscriptions_by_topic", "sns:ListSubscriptionsByTopic", TOPIC_ARN)
QUEUE_URL = Call("sqs", "get_queue_url", "sqs:GetQueueUrl", QUEUE_ARN)
QUEUE_ATTRIBUTES = Call("sqs", "get_queue_attributes", "sqs:GetQueueAttributes", QUEUE_ARN)
QUEUE_TAGS = Call("sqs", "list_queue_tags", "sqs:ListQueueTags", QUEUE_ARN)
QUEUES = Call("sqs", "list_queues", "sqs:ListQueues", "*")


def _topic_arn(name: str, account: Account) -> str:
    return f"arn:aws:sns:{account.region}:{account.id}:{name}"


def _topic(physical: str, account: Account) -> dict[str, Any]:
    return {"TopicArn": _topic_arn(physical, account)}


def _topic_tags(physical: str, account: Account) -> dict[str, Any]:
    return {"ResourceArn": _topic_arn(physical, account)}


def _by_arn(physical: str, _: Account) -> dict[str, Any]:
    return {"TopicArn": physical.partition("/")[0]}


def _our_topics(account: Account, _: Ours) -> Iterator[str]:
    for topic in account.ask("sns", "list_topics")["Topics"]:
        name = topic["TopicArn"].rsplit(":", 1)[-1]
        if name.startswith(f"{PREFIX}-"):
            yield name


def _subscriptions(account: Account, ours: Ours) -> Iterator[str]:
    for name in ours.declared[TOPIC]:
        arn = _topic_arn(name, account)
        try:
            answer = account.ask("sns", "list_subscriptions_by_topic", TopicArn=arn)
        except AbsentError:
            continue
        yield from {f"{arn}/{found['Protocol']}" for found in answer["Subscriptions"]}


def _of_protocol(answer: Any, physical: str, account: Account) -> Any:
    topic, _, protocol = physical.rpartition("/")
    found = [s["Endpoint"] for s in answer["Subscriptions"] if s["Protocol"] == protocol]
    return [_known_again(account, topic, endpoint) for endpoint in found] or None


def _known_again(account: Account, topic: str, endpoint: str) -> str:
    """The mark of a secret where it is the endpoint that was deployed, else what may be shown of it."""
    parameter = Names("", account.id, account.region).endpoint_digest(topic.rpartition(":")[2])
    try:
        deployed = account.ask("ssm", "get_parameter", Name=parameter)["Parameter"]["Value"]
    except AbsentError:
        return f"{shown(endpoint)} (no digest in {parameter} to know it by)"
    same = hmac.compare_digest(deployed, endpoint_digest(topic, endpoint))
    return SECRET if same else f"{shown(endpoint)} (not the endpoint whose digest is in {parameter})"


def _endpoint(endpoints: Any) -> Any:
    return endpoints[0] if len(endpoints) == 1 else endpoints


def queue_url(account: Account, name: str) -> str:
    """The URL of a queue. Raises: AbsentError where there is none of that name."""
    return account.ask("sqs", "get_queue_url", QueueName=name)["QueueUrl"]


def _queue(physical: str, account: Account) -> dict[str, Any]:
    return {"QueueUrl": queue_url(account, physical.rsplit("/", 1)[-1])}


def _queue_attributes(physical: str, account: Account) -> dict[str, Any]:
    return {**_queue(physical, account), "AttributeNames": ["All"]}


def _our_queues(account: Account, _: Ours) -> Iterator[str]:
    for url in account.ask("sqs", "list_queues", QueueNamePrefix=f"{PREFIX}-").get("QueueUrls", []):
        yield url.rsplit("/", 1)[-1]


def _number(key: str) -> Extract:
    take = raw("Attributes", key)

    def number(answer: Any) -> int | None:
        text = take(answer)
        return int(text) if text is not None else None

    return number


def _managed(answer: Any) -> bool:
    return answer["Attributes"].get("SqsManagedSseEnabled") == "true"


NUMBERS = {
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "maxMessageSize": "MaximumMessageSize",
    "delaySeconds": "DelaySeconds",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
}
QUEUE_DEFAULTS = {
    "visibilityTimeoutSeconds": 30,
    "messageRetentionSeconds": 345600,
    "maxMessageSize": 262144,
    "delaySeconds": 0,
    "receiveWaitTimeSeconds": 0,
    "kmsDataKeyReusePeriodSeconds": 300,
}

KINDS = (
    Kind(
        TOPIC,
        ("name",),
        (
            *rows(
                TOPIC_ATTRIBUTES,
                _topic,
                {
                    "name": at("Attributes", "TopicArn"),
                    "displayName": at("Attributes", "DisplayName"),
                    "kmsMasterKeyId": at("Attributes", "KmsMasterKeyId"),
                    "deliveryPolicy": raw("Attributes", "DeliveryPolicy"),
                },
            ),
            *rows(TOPIC_TAGS, _topic_tags, {"tags": tags_at("Tags")}),
        ),
        "aws sns delete-topic --topic-arn {physical}",
        discover=_our_topics,
        discovered_by=(TOPICS,),
    ),
    Kind(
        "aws:sns/topicPolicy:TopicPolicy",
        ("arn",),
        rows(TOPIC_ATTRIBUTES, _by_arn, {"policy": raw("Attributes", "Policy")}),
        "pulumi up",
    ),
    Kind(
        "aws:sns/topicSubscription:TopicSubscription",
        ("topic", "protocol"),
        rows(SUBSCRIPTIONS, _by_arn, {"endpoint": _endpoint}, pick=_of_protocol),
        "aws sns unsubscribe (the subscription of {physical})",
        discover=_subscriptions,
        discovered_by=(SUBSCRIPTIONS,),
    ),
    Kind(
        "aws:sqs/queue:Queue",
        ("name",),
        (
            *rows(
                QUEUE_ATTRIBUTES,
                _queue_attributes,
                {
                    **{path: _number(key) for path, key in NUMBERS.items()},
                    "kmsMasterKeyId": at("Attributes", "KmsMasterKeyId"),
                    "sqsManagedSseEnabled": _managed,
                    "policy": raw("Attributes", "Policy"),
                    "redrivePolicy": raw("Attributes", "RedrivePolicy"),
                },
                defaults=QUEUE_DEFAULTS,
            ),
            *rows(QUEUE_TAGS, _queue, {"tags": tags_at("Tags")}),
        ),
        "aws sqs delete-queue --queue-url {physical}",
        discover=_our_queues,
        discovered_by=(QUEUES, QUEUE_URL),
    ),
)
