"""Finding in the account what AWS, not the program, gave an identity: each search matches on what was declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import boto3
from botocore.exceptions import ClientError

from local.account.daemon import Account
from local.account.record import ROOT_ACCESS_KEY, ROOT_SECRET
from local.identities import Inputs


@dataclass(frozen=True)
class Clients:
    """Clients of one account.

    Attributes:
        endpoint: where it listens.
        region: whose resources are looked at.
        account_id: twelve digits.
        known: identities that the stack's state already holds; never found again.
    """

    endpoint: str
    region: str
    account_id: str
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, account: Account, known: frozenset[str] = frozenset()) -> "Clients":
        """Return clients of the embedded account."""
        return cls(account.endpoint, account.region, account.account_id, known)

    def client(self, service: str) -> Any:
        """Return a boto3 client."""
        return cast("Any", boto3).client(
            service,
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=ROOT_ACCESS_KEY,
            aws_secret_access_key=ROOT_SECRET,
        )


def key(inputs: Inputs, clients: Clients) -> str | None:
    """Find a KMS key by description; a key that waits for deletion is no longer one."""
    kms = clients.client("kms")
    for page in kms.get_paginator("list_keys").paginate():
        for entry in page["Keys"]:
            found = kms.describe_key(KeyId=entry["KeyId"])["KeyMetadata"]
            wanted = found["Description"] == inputs.get("description") and found["KeyState"] != "PendingDeletion"
            if wanted and found["KeyId"] not in clients.known:
                return str(found["KeyId"])
    return None


def security_group(inputs: Inputs, clients: Clients) -> str | None:
    """Find a security group by name."""
    filters = [{"Name": "group-name", "Values": [inputs.get("name", "")]}]
    found = clients.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    return next((str(group["GroupId"]) for group in found), None)


def task_definition(inputs: Inputs, clients: Clients) -> str | None:
    """Find the newest active revision of a task definition's family."""
    answer = clients.client("ecs").list_task_definitions(
        familyPrefix=inputs.get("family", ""), sort="DESC", status="ACTIVE"
    )
    return next((str(arn) for arn in answer["taskDefinitionArns"]), None)


def secret(inputs: Inputs, clients: Clients) -> str | None:
    """Find a secret by name."""
    try:
        return str(clients.client("secretsmanager").describe_secret(SecretId=inputs.get("name", ""))["ARN"])
    except ClientError:
        return None


def subscription(inputs: Inputs, clients: Clients) -> str | None:
    """Find a topic's subscription by protocol and endpoint."""
    wanted = (inputs["protocol"], inputs["endpoint"])
    for page in clients.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=inputs["topic"]):
        for found in page["Subscriptions"]:
            if (found["Protocol"], found["Endpoint"]) == wanted:
                return str(found["SubscriptionArn"])
    return None


def queue(inputs: Inputs, clients: Clients) -> str | None:
    """Find a queue's URL by its name."""
    try:
        return str(clients.client("sqs").get_queue_url(QueueName=inputs.get("name", ""))["QueueUrl"])
    except ClientError:
        return None


SEARCHES: Mapping[str, Callable[[Inputs, Clients], str | None]] = {
    "aws:ec2/securityGroup:SecurityGroup": security_group,
    "aws:ecs/taskDefinition:TaskDefinition": task_definition,
    "aws:kms/key:Key": key,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:sns/topicSubscription:TopicSubscription": subscription,
    "aws:sqs/queue:Queue": queue,
}
