"""Who may do what, where authorization is switched on.

Plain moto has no root user, so that whoever set the account up is refused once authorization is on; and it looks at a
bucket's policy only for object requests, under the wrong action names. It takes the query of a request without a body
for its body, and so calls the signature of every such REST request (lambda, scheduler) wrong.
"""

from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMRequestBase, PermissionResult
from moto.s3.exceptions import BucketAccessDeniedError, S3ClientError
from moto.s3.responses import S3Response

from local.account.patching import around
from local.account.record import ROOT_ACCESS_KEY
from local.account.s3call import authorization_is_on, is_root

WITHOUT_BODY = ("GET", "HEAD", "DELETE")


def install() -> None:
    """Let root pass, apply bucket policies to every S3 request."""

    @around(ActionAuthenticatorMixin, "_authenticate_and_authorize_action")
    def _root(original: Any, call: Any, *args: Any, **kwargs: Any) -> None:
        if f"Credential={ROOT_ACCESS_KEY}/" not in call.headers.get("Authorization", ""):
            original(call, *args, **kwargs)

    @around(S3Response, "_authenticate_and_authorize_s3_action")
    def _bucket_policy(original: Any, call: S3Response, bucket_name: str | None = None, key_name: Any = None) -> None:
        original(call, bucket_name=bucket_name, key_name=key_name)
        if bucket_name and authorization_is_on() and not is_root(call):
            _refuse_if_denied(call, bucket_name, key_name)

    @around(IAMRequestBase, "_create_aws_request")
    def _as_signed(original: Any, request: Any) -> Any:
        made = original(request)
        if vars(request)["_method"] in WITHOUT_BODY and not vars(request)["_body"]:
            made.data = b""
        return made


def _refuse_if_denied(call: S3Response, bucket_name: str, key_name: str | None) -> None:
    try:
        bucket = call.backend.get_bucket(bucket_name)
    except S3ClientError:
        return
    resource = f"{bucket.arn}/{key_name}" if key_name else bucket.arn
    if bucket.get_permission(f"s3:{call.data['Action']}", resource) == PermissionResult.DENIED:
        raise BucketAccessDeniedError(bucket=bucket_name)
