from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.policy import Statement, allow, document

DELETION_WINDOW_DAYS = 30
"""The longest that AWS offers: whoever deletes a key by mistake has a month to notice."""


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """Arguments of `EncryptionKey`.

    Attributes:
        alias: as `alias/author-recordings`; policies name the key by it.
        description: what it encrypts.
        runbook: section of the runbook that it serves.
        statements: what its policy allows besides the account's own administration by IAM.
    """

    alias: str
    description: str
    runbook: Section
    statements: Sequence[Statement] = ()


class EncryptionKey(Component):
    """A customer-managed KMS key with yearly rotation, and its alias.

    Attributes:
        arn: the key's ARN; random, so a first preview doesn't know it. Only encryption settings may take it.
    """

    runbook = Section.LIFECYCLE

    def __init__(
        self, name: str, site: Site, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts, runbook=args.runbook)
        administration = allow("AccountByIam", ["kms:*"], ["*"], principal={"AWS": site.names.root})
        key = aws.kms.Key(
            name,
            description=args.description,
            enable_key_rotation=True,
            deletion_window_in_days=DELETION_WINDOW_DAYS,
            policy=document(administration, *args.statements),
            tags=self.tags,
            opts=self.child(holds_data=True),
        )
        alias = aws.kms.Alias(
            f"{name}-alias", name=args.alias, target_key_id=key.key_id, opts=self.child(holds_data=True)
        )
        self.arn = key.arn
        self.alias = alias
        self.finish(arn=key.arn, alias=args.alias)
