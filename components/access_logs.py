from dataclasses import dataclass

import pulumi

from components.base import Component, Section, Site
from components.lifecycle import Rule, abort_uploads, expire_after, whole_bucket
from components.policy import allow
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from estate.names import DATA_BUCKETS


@dataclass(frozen=True)
class AccessLogsArgs:
    """Arguments of `AccessLogs`.

    Attributes:
        keep_days: how long logs are kept.
    """

    keep_days: int


class AccessLogs(Component):
    """Receives the data buckets' access logs, under S3's own keys: S3 delivers logs to no other encryption.

    Attributes:
        policy: lets S3 deliver; a bucket that logs depends on it.
    """

    runbook = Section.DASHBOARDS

    def __init__(self, name: str, site: Site, args: AccessLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        names = site.names
        deliveries = [
            allow(
                f"DeliverFrom{of.sid}",
                ["s3:PutObject"],
                [f"{names.bucket_arn(names.access_logs)}/{names.bucket(of)}/*"],
                principal={"Service": "logging.s3.amazonaws.com"},
                conditions={
                    "StringEquals": {"aws:SourceAccount": names.account},
                    "ArnEquals": {"aws:SourceArn": names.bucket_arn(names.bucket(of))},
                },
            )
            for of in DATA_BUCKETS
        ]
        rule = Rule(
            id="access-logs-expire",
            status="Enabled",
            filter=whole_bucket(),
            expiration=expire_after(args.keep_days),
            abort_incomplete_multipart_upload=abort_uploads(),
        )
        bucket = PrivateBucket(
            name, site, PrivateBucketArgs(names.access_logs, self.runbook, [rule], statements=deliveries), self.child()
        )
        self.policy = bucket.policy
        self.finish(bucket=names.access_logs)
