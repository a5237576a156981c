"""A bucket whose versioning is suspended keeps its versions, and deletes them one by one.

Plain moto takes such a bucket for an unversioned one: deleting a version removes the whole key, held versions too, or
fails on a delete marker. `pulumi destroy` suspends versioning before it empties a bucket.
"""

from typing import Any

from moto.s3.models import S3Backend

from local.account.patching import around


def install() -> None:
    """Delete a named version as in a versioned bucket."""

    @around(S3Backend, "delete_object")
    def _delete(original: Any, s3: S3Backend, bucket_name: str, *rest: Any, **named: Any) -> Any:
        bucket = s3.get_bucket(bucket_name)
        version = named.get("version_id", rest[1] if len(rest) > 1 else None)
        if version is None or bucket.versioning_status != "Suspended":
            return original(s3, bucket_name, *rest, **named)
        bucket.versioning_status = "Enabled"
        try:
            return original(s3, bucket_name, *rest, **named)
        finally:
            bucket.versioning_status = "Suspended"
