"""The lifecycle rules that several buckets share; each bucket's own days stand in its component's arguments."""

import pulumi_aws as aws

Rule = aws.s3.BucketLifecycleConfigurationRuleArgs

ABANDONED_UPLOAD_DAYS = 7
"""Days after which an incomplete multipart upload is aborted: its parts are billed and listed nowhere."""


def whole_bucket() -> aws.s3.BucketLifecycleConfigurationRuleFilterArgs:
    """A filter that every object passes."""
    return aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")


def noncurrent_after(days: int) -> aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs:
    """Deletes noncurrent versions: in a versioned bucket an expiration only adds a delete marker."""
    return aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(noncurrent_days=days)


def expire_after(days: int) -> aws.s3.BucketLifecycleConfigurationRuleExpirationArgs:
    """Expires current versions."""
    return aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=days)


def abort_uploads(
    days: int = ABANDONED_UPLOAD_DAYS,
) -> aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs:
    """Aborts multipart uploads begun so many days ago."""
    return aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(days_after_initiation=days)


def leftovers(prefix: str) -> Rule:
    """Removes delete markers with nothing behind them (which cannot stand beside days) and abandoned uploads."""
    return Rule(
        id=f"{prefix}-leftovers",
        status="Enabled",
        filter=whole_bucket(),
        expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(expired_object_delete_marker=True),
        abort_incomplete_multipart_upload=abort_uploads(),
    )
