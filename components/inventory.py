from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.lifecycle import Rule, abort_uploads, expire_after, whole_bucket
from components.policy import allow
from components.private_bucket import PrivateBucket, PrivateBucketArgs
from estate.names import DataBucket

FIELDS = ("Size", "LastModifiedDate", "StorageClass", "ETag", "IsMultipartUploaded", "ObjectLockLegalHoldStatus")
"""What an inventory says of each version besides bucket and key: what orphans, age and holds are told by."""


@dataclass(frozen=True)
class InventoryArgs:
    """Arguments of `Inventory`.

    Attributes:
        keep_days: how long inventories are kept.
        of: the buckets that are listed.
    """

    keep_days: int
    of: Mapping[DataBucket, PrivateBucket]


class Inventory(Component):
    """Lists every version in the data buckets once a week, as Parquet."""

    runbook = Section.HYGIENE

    def __init__(self, name: str, site: Site, args: InventoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        names = site.names
        deliveries = [
            allow(
                f"DeliverFrom{of.sid}",
                ["s3:PutObject"],
                [f"{names.bucket_arn(names.inventory)}/{listed.physical_name}/*"],
                principal={"Service": "s3.amazonaws.com"},
                conditions={
                    "StringEquals": {"aws:SourceAccount": names.account},
                    "ArnEquals": {"aws:SourceArn": names.bucket_arn(listed.physical_name)},
                },
            )
            for of, listed in args.of.items()
        ]
        rule = Rule(
            id="inventory-expire",
            status="Enabled",
            filter=whole_bucket(),
            expiration=expire_after(args.keep_days),
            abort_incomplete_multipart_upload=abort_uploads(),
        )
        target = PrivateBucket(
            name, site, PrivateBucketArgs(names.inventory, self.runbook, [rule], statements=deliveries), self.child()
        )
        for listed in args.of.values():
            self._list(listed, target)
        self.finish(bucket=names.inventory)

    def _list(self, listed: PrivateBucket, target: PrivateBucket) -> None:
        names = self.site.names
        aws.s3.Inventory(
            f"{listed.logical_name}-inventory",
            bucket=listed.bucket.bucket,
            name="weekly",
            enabled=True,
            included_object_versions="All",
            schedule=aws.s3.InventoryScheduleArgs(frequency="Weekly"),
            optional_fields=list(FIELDS),
            destination=aws.s3.InventoryDestinationArgs(
                bucket=aws.s3.InventoryDestinationBucketArgs(
                    account_id=names.account,
                    bucket_arn=names.bucket_arn(names.inventory),
                    format="Parquet",
                )
            ),
            opts=self.child(depends_on=[target.policy]),
        )
