"""A bucket's default retention: changed while the bucket holds objects, in days or in years, refused as S3 refuses.

Plain moto wants the bucket to be empty, takes any mode and any period, answers days of zero beside years, and lets an
object that is put with a legal hold, in parts or by a form go without the default.
"""

from typing import Any

from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

from local.account.documents import inside, parse
from local.account.patching import around
from local.account.s3call import Refusal, malformed

MODES = ("GOVERNANCE", "COMPLIANCE")
LONGEST = {"Days": 36_500, "Years": 100}


def install() -> None:
    """Take a default retention for what is put from now on."""

    @around(S3Response, "_lock_config_from_body")
    def _checked(_original: Any, call: S3Response) -> dict[str, Any]:
        return configuration(call.body)

    @around(S3Backend, "put_object_lock_configuration")
    def _put(_original: Any, s3: S3Backend, bucket_name: str, _enabled: Any, *retention: Any) -> None:
        bucket = s3.get_bucket(bucket_name)
        if bucket.versioning_status != "Enabled":
            reason = "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"
            raise Refusal(409, "InvalidBucketState", reason)
        mode, days, years = retention
        bucket.object_lock_enabled = True
        bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = mode, days or 0, years or 0

    @around(S3Backend, "get_object_lock_configuration")
    def _get(original: Any, s3: S3Backend, bucket_name: str) -> Any:
        enabled, mode, days, years = original(s3, bucket_name)
        return enabled, mode, days or None, years or None

    @around(S3Backend, "put_object")
    def _put_object(original: Any, s3: S3Backend, bucket_name: str, *args: Any, **named: Any) -> Any:
        bucket = s3.get_bucket(bucket_name)
        if bucket.has_default_lock and not named.get("lock_mode"):
            named |= {"lock_mode": bucket.default_lock_mode, "lock_until": bucket.default_retention()}
        return original(s3, bucket_name, *args, **named)


def configuration(body: bytes | str) -> dict[str, Any]:
    """Read an ObjectLockConfiguration as moto wants it: enabled, mode, days, years.

    Raises:
        Refusal: S3 would refuse it.
    """
    document = parse(body, "ObjectLockConfiguration")
    if document is None or document.get("ObjectLockEnabled") != "Enabled":
        raise malformed()
    if "Rule" not in document:
        return {"enabled": True, "mode": None, "days": None, "years": None}
    given = inside(inside(document, "Rule"), "DefaultRetention")
    periods = given.keys() & LONGEST.keys()
    if given.get("Mode") not in MODES or len(periods) != 1:
        raise malformed()
    (unit,) = periods
    try:
        length = int(given[unit])
    except (TypeError, ValueError):
        raise malformed() from None
    if length < 1:
        raise Refusal(400, "InvalidArgument", "Default retention period must be a positive integer value")
    if length > LONGEST[unit]:
        raise Refusal(400, "InvalidArgument", f"Default retention period is too large: at most {LONGEST[unit]} {unit}")
    return {"enabled": True, "mode": given["Mode"], "days": None, "years": None} | {unit.lower(): length}
