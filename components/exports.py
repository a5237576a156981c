from dataclasses import dataclass

import pulumi

from components.access_logs import AccessLogs
from components.base import Component, Section, Site
from components.key import EncryptionKey, EncryptionKeyArgs
from components.lifecycle import Rule, expire_after, leftovers, noncurrent_after, whole_bucket
from components.private_bucket import PrivateBucket, PrivateBucketArgs


@dataclass(frozen=True)
class ExportsArgs:
    """Arguments of `Exports`.

    Attributes:
        expire_after_days: age at which an export expires.
        noncurrent_days: how long a deleted or overwritten version stays; it adds to the last day bytes can exist.
        access_logs: where its access is logged.
    """

    expire_after_days: int
    noncurrent_days: int
    access_logs: AccessLogs


class Exports(Component):
    """What users export: kept in Standard for two weeks, then gone."""

    runbook = Section.LIFECYCLE

    def __init__(self, name: str, site: Site, args: ExportsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        key = EncryptionKey(
            f"{name}-key",
            site,
            EncryptionKeyArgs(site.names.exports_key, "Encrypts the exports.", self.runbook),
            self.child(),
        )
        expiry = Rule(
            id="exports-expire",
            status="Enabled",
            filter=whole_bucket(),
            expiration=expire_after(args.expire_after_days),
            noncurrent_version_expiration=noncurrent_after(args.noncurrent_days),
        )
        self.bucket = PrivateBucket(
            name,
            site,
            PrivateBucketArgs(
                site.names.exports,
                self.runbook,
                [expiry, leftovers("exports")],
                key_arn=key.arn,
                versioned=True,
                access_logs=site.names.access_logs,
                log_policy=args.access_logs.policy,
                observed=True,
            ),
            self.child(),
        )
        self.finish(bucket=site.names.exports)
