from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.policy import deny, document

KEEP_SECONDS = 14 * 24 * 3600
"""The longest that SQS keeps a message: two weeks to look at what failed."""


@dataclass(frozen=True)
class DeadLettersArgs:
    """Arguments of `DeadLetters`.

    Attributes:
        queue: physical name.
        runbook: section of the runbook that it serves.
    """

    queue: str
    runbook: Section


class DeadLetters(Component):
    """Keeps what a schedule or a function could not do. An alarm watches that it is empty.

    Encrypted by SQS itself: under a key of ours, each sender would need that key too, or fail silently.

    Attributes:
        queue: the queue; what sends to it depends on it.
        arn: its ARN, from names alone.
    """

    runbook = Section.DASHBOARDS

    def __init__(
        self, name: str, site: Site, args: DeadLettersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts, runbook=args.runbook)
        self.arn = site.names.queue_arn(args.queue)
        plain = deny(
            "PlainHttp",
            ["sqs:*"],
            [self.arn],
            principal={"AWS": "*"},
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
        self.queue = aws.sqs.Queue(
            name,
            name=args.queue,
            message_retention_seconds=KEEP_SECONDS,
            sqs_managed_sse_enabled=True,
            # Here and not as a resource of its own, which would need the queue's URL: an unknown in a first preview.
            policy=document(plain),
            tags=self.tags,
            opts=self.child(),
        )
        self.finish(queue=args.queue)
