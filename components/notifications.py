from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws
from pydantic import SecretStr

from components.base import Component, Section, Site
from components.key import EncryptionKey, EncryptionKeyArgs
from components.policy import Statement, allow, deny, document
from estate.names import PREFIX, Names
from estate.secrets import endpoint_digest

PUBLISHERS = ("cloudwatch.amazonaws.com", "events.amazonaws.com")
"""Alarms and event rules. Both need the topics' key, or what they publish vanishes without a word."""


@dataclass(frozen=True)
class NotificationsArgs:
    """Arguments of `Notifications`.

    Attributes:
        endpoints: service → PagerDuty's HTTPS integration endpoint, a secret; None where it isn't configured yet.
    """

    endpoints: Mapping[str, SecretStr | None] = field(default_factory=dict[str, SecretStr | None])


class Notifications(Component):
    """One topic a PagerDuty service, encrypted under a key that CloudWatch and EventBridge may use.

    Attributes:
        topics: service → its topic's ARN, from names alone.
    """

    runbook = Section.ON_CALL

    def __init__(
        self, name: str, site: Site, args: NotificationsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts)
        names = site.names
        key = EncryptionKey(
            f"{name}-key",
            site,
            EncryptionKeyArgs(
                names.notifications_key,
                "Encrypts notifications on their way to PagerDuty.",
                self.runbook,
                [_use_of_key(publisher, names) for publisher in PUBLISHERS],
            ),
            self.child(),
        )
        self.topics = {service: names.topic_arn(service) for service in names.services}
        for service in names.services:
            topic = aws.sns.Topic(service, name=service, kms_master_key_id=key.arn, tags=self.tags, opts=self.child())
            aws.sns.TopicPolicy(
                f"{service}-policy",
                arn=names.topic_arn(service),
                policy=_topic_policy(service, names),
                opts=self.child(depends_on=[topic]),
            )
            if endpoint := args.endpoints.get(service):
                aws.sns.TopicSubscription(
                    f"{service}-pagerduty",
                    topic=names.topic_arn(service),
                    protocol="https",
                    endpoint=pulumi.Output.secret(endpoint.get_secret_value()),
                    endpoint_auto_confirms=True,
                    opts=self.child(depends_on=[topic]),
                )
                self._publish_digest(service, endpoint)
        self.finish(topics=self.topics)

    def _publish_digest(self, service: str, endpoint: SecretStr) -> None:
        """Tells the audit by what it can know the endpoint again, without telling it the endpoint."""
        aws.ssm.Parameter(
            f"{service}-endpoint-digest",
            name=self.site.names.endpoint_digest(service),
            type="String",
            value=endpoint_digest(self.topics[service], endpoint.get_secret_value()),
            description="HMAC-SHA256 of the topic's HTTPS endpoint, keyed with the topic's ARN.",
            tags=self.tags,
            opts=self.child(),
        )


def _use_of_key(publisher: str, names: Names) -> Statement:
    return allow(
        f"Publish{publisher.split('.', maxsplit=1)[0].capitalize()}",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        ["*"],
        principal={"Service": publisher},
        conditions={"StringEquals": {"aws:SourceAccount": names.account}},
    )


def _topic_policy(service: str, names: Names) -> str:
    """Lets this account's alarms and rules of ours publish, and nobody without TLS."""
    topic = names.topic_arn(service)
    ours = (names.alarm_arn(f"{PREFIX}-*"), names.rule_arn(f"{PREFIX}-*"))
    publish = [
        allow(
            f"Publish{publisher.split('.')[0].capitalize()}",
            ["sns:Publish"],
            [topic],
            principal={"Service": publisher},
            conditions={"StringEquals": {"aws:SourceAccount": names.account}, "ArnLike": {"aws:SourceArn": source}},
        )
        for publisher, source in zip(PUBLISHERS, ours, strict=True)
    ]
    plain = deny(
        "PlainHttp",
        ["sns:Publish"],
        [topic],
        principal={"AWS": "*"},
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )
    return document(*publish, plain)
