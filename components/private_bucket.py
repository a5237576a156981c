from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.policy import Statement, deny, document

REQUEST_METRICS = "EntireBucket"
"""Filter id of the request metrics; 4xxErrors and 5xxErrors exist only under it."""


@dataclass(frozen=True)
class PrivateBucketArgs:
    """Arguments of `PrivateBucket`.

    Attributes:
        bucket: physical name.
        runbook: section of the runbook that the bucket serves.
        rules: lifecycle rules; S3 replaces the whole list at once, so they stand in one place.
        key_arn: KMS key that encrypts, or None for S3's own keys.
        versioned: whether overwritten and deleted objects stay as noncurrent versions.
        object_lock: whether versions can be held; can only be chosen when the bucket is created.
        access_logs: bucket that receives access logs, or None.
        log_policy: resource that lets logs be delivered there.
        observed: whether it publishes request metrics and sends events to EventBridge.
        statements: what its policy says besides denying insecure transport.
        tags: tags of the bucket besides those that everything has.
    """

    bucket: str
    runbook: Section
    rules: Sequence[aws.s3.BucketLifecycleConfigurationRuleArgs]
    key_arn: pulumi.Input[str] | None = None
    versioned: bool = False
    object_lock: bool = False
    access_logs: str | None = None
    log_policy: pulumi.Resource | None = None
    observed: bool = False
    statements: Sequence[Statement] = ()
    tags: Mapping[str, str] = field(default_factory=dict[str, str])


class PrivateBucket(Component):
    """A bucket that nobody outside the account can reach, and nobody at all without TLS 1.2.

    Attributes:
        bucket: the bucket itself.
        logical_name: its name in the program.
        physical_name: its name in S3.
        policy: its policy; what delivers into the bucket depends on it.
        versioning: its versioning, or None; what concerns versions depends on it.
    """

    runbook = Section.LIFECYCLE

    def __init__(
        self, name: str, site: Site, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts, runbook=args.runbook)
        self.logical_name, self.physical_name = name, args.bucket
        self.bucket = aws.s3.Bucket(
            name,
            bucket=args.bucket,
            object_lock_enabled=args.object_lock,
            force_destroy=site.disposable,
            tags={**self.tags, **args.tags},
            opts=self.child(holds_data=True),
        )
        self._close(name)
        self._encrypt(name, args.key_arn)
        self.versioning = self._keep_versions(name) if args.versioned else None
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.bucket.bucket,
            rules=list(args.rules),
            opts=self.child(depends_on=[self.versioning] if self.versioning else []),
        )
        self.policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=self.bucket.bucket,
            policy=document(*_secure_transport(site.names.bucket_arn(args.bucket)), *args.statements),
            opts=self.child(),
        )
        if args.access_logs:
            self._log(name, args.access_logs, args.bucket, args.log_policy)
        if args.observed:
            self._observe(name)
        self.finish(bucket=args.bucket)

    def _close(self, name: str) -> None:
        aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self.child(),
        )
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self.child(),
        )

    def _encrypt(self, name: str, key_arn: pulumi.Input[str] | None) -> None:
        default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="aws:kms" if key_arn else "AES256", kms_master_key_id=key_arn
        )
        rule = aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
            apply_server_side_encryption_by_default=default, bucket_key_enabled=key_arn is not None
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption", bucket=self.bucket.bucket, rules=[rule], opts=self.child()
        )

    def _keep_versions(self, name: str) -> pulumi.Resource:
        return aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.bucket.bucket,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self.child(),
        )

    def _log(self, name: str, target: str, bucket: str, policy: pulumi.Resource | None) -> None:
        aws.s3.BucketLogging(
            f"{name}-logging",
            bucket=self.bucket.bucket,
            target_bucket=target,
            target_prefix=f"{bucket}/",
            opts=self.child(depends_on=[policy] if policy else []),
        )

    def _observe(self, name: str) -> None:
        aws.s3.BucketMetric(f"{name}-metrics", bucket=self.bucket.bucket, name=REQUEST_METRICS, opts=self.child())
        aws.s3.BucketNotification(f"{name}-events", bucket=self.bucket.bucket, eventbridge=True, opts=self.child())


def _secure_transport(arn: str) -> tuple[Statement, Statement]:
    """Denies plain HTTP and TLS below 1.2. The principal is spelled as an object: some readers know no bare star."""
    everyone, both = {"AWS": "*"}, [arn, f"{arn}/*"]
    return (
        deny("PlainHttp", ["s3:*"], both, principal=everyone, conditions={"Bool": {"aws:SecureTransport": "false"}}),
        deny("OldTls", ["s3:*"], both, principal=everyone, conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
    )
