"""A bucket's notification configuration is answered as it was put.

Plain moto leaves the EventBridge element out of its answer, so every refresh shows a change that is none.
"""

from typing import Any

from moto.s3.responses import S3Response

from local.account.documents import Documents, answer, without_declaration
from local.account.patching import around
from local.account.s3call import S3_NAMESPACE, authorize, bucket_of, query_of

_kept = Documents()
_EMPTY = f'<NotificationConfiguration xmlns="{S3_NAMESPACE}"/>'


def install() -> None:
    """Keep each document moto accepted, and answer with it."""

    @around(S3Response, "_bucket_response_get")
    def _get(original: Any, call: S3Response, *args: Any) -> Any:
        if "notification" not in query_of(call):
            return original(call, *args)
        authorize(call, "GetBucketNotification", call.bucket_name)
        return answer(_kept.of(bucket_of(call)).get("", _EMPTY))

    @around(S3Response, "_bucket_response_put")
    def _put(original: Any, call: S3Response, *args: Any) -> Any:
        accepted = original(call, *args)
        if "notification" in query_of(call):
            _kept.of(bucket_of(call))[""] = without_declaration(call.body)
        return accepted
