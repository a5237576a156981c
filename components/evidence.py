from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.key import EncryptionKey, EncryptionKeyArgs
from components.lifecycle import Rule, expire_after, leftovers, noncurrent_after, whole_bucket
from components.private_bucket import PrivateBucket, PrivateBucketArgs


@dataclass(frozen=True)
class EvidenceArgs:
    """Arguments of `Evidence`.

    Attributes:
        locked_years: how long nobody, the account's root included, can delete a version.
        expire_after_days: age at which evidence expires; not before the lock ends.

    Raises:
        ValueError: evidence would expire while it is still locked.
    """

    locked_years: int
    expire_after_days: int

    def __post_init__(self) -> None:
        if self.expire_after_days < self.locked_years * 365:
            raise ValueError(
                f"evidence: expires after {self.expire_after_days} days, yet is locked for {self.locked_years} years"
            )


class Evidence(Component):
    """Audit reports and the record of what was deleted, in compliance mode: what can be removed is no evidence."""

    runbook = Section.LIFECYCLE

    def __init__(self, name: str, site: Site, args: EvidenceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        key = EncryptionKey(
            f"{name}-key",
            site,
            EncryptionKeyArgs(site.names.evidence_key, "Encrypts audit reports and deletion evidence.", self.runbook),
            self.child(),
        )
        expiry = Rule(
            id="evidence-expire",
            status="Enabled",
            filter=whole_bucket(),
            expiration=expire_after(args.expire_after_days),
            noncurrent_version_expiration=noncurrent_after(1),
        )
        bucket = PrivateBucket(
            name,
            site,
            PrivateBucketArgs(
                site.names.evidence,
                self.runbook,
                [expiry, leftovers("evidence")],
                key_arn=key.arn,
                versioned=True,
                object_lock=True,
            ),
            self.child(),
        )
        retention = aws.s3.BucketObjectLockConfigurationRuleDefaultRetentionArgs(
            mode="COMPLIANCE", years=args.locked_years
        )
        # Whoever takes the lock out of the program does not take it off the bucket; it goes when the bucket goes.
        stays = pulumi.ResourceOptions(retain_on_delete=True)
        aws.s3.BucketObjectLockConfiguration(
            f"{name}-lock",
            bucket=bucket.bucket.bucket,
            rule=aws.s3.BucketObjectLockConfigurationRuleArgs(default_retention=retention),
            opts=pulumi.ResourceOptions.merge(
                self.child(depends_on=[bucket.versioning] if bucket.versioning else []), stays
            ),
        )
        self.finish(bucket=site.names.evidence)
