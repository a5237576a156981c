from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.access_logs import AccessLogs
from components.base import Component, Section, Site
from components.key import EncryptionKey, EncryptionKeyArgs
from components.lifecycle import Rule, expire_after, leftovers, noncurrent_after, whole_bucket
from components.private_bucket import PrivateBucket, PrivateBucketArgs


@dataclass(frozen=True)
class RecordingsArgs:
    """Arguments of `Recordings`.

    Attributes:
        standard_ia_after_days: age at which a recording moves to Standard-IA.
        deep_archive_after_days: age at which it moves on to Glacier Deep Archive.
        window_days: age at which it expires, the retention window; the job deletes first, this is the backstop.
        noncurrent_days: how long a deleted or overwritten version stays; it adds to the last day bytes can exist.
        access_logs: where its access is logged.

    Raises:
        ValueError: the days are not in rising order.
    """

    standard_ia_after_days: int
    deep_archive_after_days: int
    window_days: int
    noncurrent_days: int
    access_logs: AccessLogs

    def __post_init__(self) -> None:
        if not 0 < self.standard_ia_after_days < self.deep_archive_after_days < self.window_days:
            raise ValueError(
                f"recordings: Standard-IA after {self.standard_ia_after_days}, Deep Archive after "
                f"{self.deep_archive_after_days}, expiry after {self.window_days} days: they must rise"
            )


class Recordings(Component):
    """The recordings: archived step by step, deleted at the retention window, held where the law says so.

    Object Lock is on so that a legal hold survives every deleter. There is no default retention: it would keep the
    retention job itself from deleting.
    """

    runbook = Section.LIFECYCLE

    def __init__(self, name: str, site: Site, args: RecordingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        key = EncryptionKey(
            f"{name}-key",
            site,
            EncryptionKeyArgs(site.names.recordings_key, "Encrypts the recordings.", self.runbook),
            self.child(),
        )
        self.bucket = PrivateBucket(
            name,
            site,
            PrivateBucketArgs(
                site.names.recordings,
                self.runbook,
                _rules(args),
                key_arn=key.arn,
                versioned=True,
                object_lock=True,
                access_logs=site.names.access_logs,
                log_policy=args.access_logs.policy,
                observed=True,
            ),
            self.child(),
        )
        self.finish(bucket=site.names.recordings)


def _rules(args: RecordingsArgs) -> list[Rule]:
    """Two rules with one filter, not one: S3 documents its 30 days between transitions for each rule by itself."""
    transition = aws.s3.BucketLifecycleConfigurationRuleTransitionArgs
    return [
        Rule(
            id="recordings-standard-ia",
            status="Enabled",
            filter=whole_bucket(),
            transitions=[transition(days=args.standard_ia_after_days, storage_class="STANDARD_IA")],
        ),
        Rule(
            id="recordings-deep-archive-and-expire",
            status="Enabled",
            filter=whole_bucket(),
            transitions=[transition(days=args.deep_archive_after_days, storage_class="DEEP_ARCHIVE")],
            expiration=expire_after(args.window_days),
            noncurrent_version_expiration=noncurrent_after(args.noncurrent_days),
        ),
        leftovers("recordings"),
    ]
