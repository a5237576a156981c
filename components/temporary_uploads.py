from dataclasses import dataclass

import pulumi

from components.access_logs import AccessLogs
from components.base import Component, Section, Site
from components.key import EncryptionKey, EncryptionKeyArgs
from components.lifecycle import Rule, abort_uploads, expire_after, whole_bucket
from components.private_bucket import PrivateBucket, PrivateBucketArgs


@dataclass(frozen=True)
class TemporaryUploadsArgs:
    """Arguments of `TemporaryUploads`.

    Attributes:
        expire_after_days: age at which S3 expires what the cleanup left behind; a backstop, later than the cleanup.
        access_logs: where its access is logged.
    """

    expire_after_days: int
    access_logs: AccessLogs


class TemporaryUploads(Component):
    """Uploads on their way elsewhere: emptied every day by the cleanup. Not versioned: deleted means gone.

    The tag `temporary` is what the cleanup looks for: it empties no bucket without it.
    """

    runbook = Section.HYGIENE

    def __init__(
        self, name: str, site: Site, args: TemporaryUploadsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts)
        key = EncryptionKey(
            f"{name}-key",
            site,
            EncryptionKeyArgs(site.names.temporary_uploads_key, "Encrypts the temporary uploads.", self.runbook),
            self.child(),
        )
        backstop = Rule(
            id="temporary-uploads-backstop",
            status="Enabled",
            filter=whole_bucket(),
            expiration=expire_after(args.expire_after_days),
            abort_incomplete_multipart_upload=abort_uploads(args.expire_after_days),
        )
        self.bucket = PrivateBucket(
            name,
            site,
            PrivateBucketArgs(
                site.names.temporary_uploads,
                self.runbook,
                [backstop],
                key_arn=key.arn,
                access_logs=site.names.access_logs,
                log_policy=args.access_logs.policy,
                observed=True,
                tags={"temporary": "true"},
            ),
            self.child(),
        )
        self.finish(bucket=site.names.temporary_uploads)
