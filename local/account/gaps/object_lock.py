"""A bucket's default retention can change while it holds objects, and is in days or in years.

Plain moto wants the bucket to be empty, and answers days of zero beside years.
"""

from typing import Any

from moto.s3.models import S3Backend

from local.account.patching import around


def install() -> None:
    """Take a default retention for what is put from now on; an unversioned bucket is still refused by moto."""

    @around(S3Backend, "put_object_lock_configuration")
    def _put(original: Any, s3: S3Backend, bucket_name: str, lock_enabled: Any, *retention: Any) -> None:
        bucket = s3.get_bucket(bucket_name)
        if not bucket.is_versioned:
            original(s3, bucket_name, lock_enabled, *retention)
        mode, days, years = retention
        bucket.object_lock_enabled = True
        bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = mode, days or 0, years or 0

    @around(S3Backend, "get_object_lock_configuration")
    def _get(original: Any, s3: S3Backend, bucket_name: str) -> Any:
        enabled, mode, days, years = original(s3, bucket_name)
        return enabled, mode, days or None, years or None
