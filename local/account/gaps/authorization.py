"""Who may do what, where authorization is switched on.

Plain moto has no root user, so that whoever set the account up is refused once authorization is on; it looks at a
bucket's policy only for object requests, under the wrong action names, and for whoever calls; and it never lets one
allow anything. It takes the query of a request without a body for its body, and so calls the signature of every such
REST request (lambda, scheduler) wrong.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import methodcaller
from typing import Any, cast

from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMPolicy, IAMRequestBase, PermissionResult, S3IAMRequest
from moto.s3.exceptions import BucketAccessDeniedError, S3ClientError
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local.account.callers import caller_of
from local.account.gaps.policy_statements import CONTEXT, judging
from local.account.patching import around
from local.account.record import ROOT_ACCESS_KEY
from local.account.s3call import authorization_is_on, query_of
from local.account.s3context import context_of

WITHOUT_BODY = ("GET", "HEAD", "DELETE")

_bucket: ContextVar[PermissionResult] = ContextVar("bucket", default=PermissionResult.NEUTRAL)
_signed: ContextVar[bool] = ContextVar("signed", default=False)


def install() -> None:
    """Let root pass, apply bucket policies to every S3 request."""

    @around(ActionAuthenticatorMixin, "_authenticate_and_authorize_action")
    def _root(original: Any, call: Any, *args: Any, **kwargs: Any) -> None:
        if f"Credential={ROOT_ACCESS_KEY}/" not in call.headers.get("Authorization", ""):
            original(call, *args, **kwargs)

    @around(S3Response, "_authenticate_and_authorize_s3_action")
    def _judged(original: Any, call: S3Response, bucket_name: str | None = None, key_name: Any = None) -> None:
        caller = caller_of(call)
        known = context_of(call, caller, bucket_name, key_name)
        known.update(CONTEXT)
        with judging(caller, known):
            said = _bucket_says(call, bucket_name, key_name)
            with _saying(said):
                original(call, bucket_name=bucket_name, key_name=key_name)
        if said == PermissionResult.DENIED and (key_name or (authorization_is_on() and not caller.is_root)):
            raise BucketAccessDeniedError(bucket=str(bucket_name))

    @around(S3IAMRequest, "check_action_permitted")
    def _permitted(_original: Any, request: Any, resource: str) -> None:
        own = cast("dict[str, Any]", vars(request))
        policies = cast("list[Any]", own["_access_key"].collect_policies())
        said = [IAMPolicy(policy).is_action_permitted(own["_action"], resource) for policy in policies]
        said.append(_bucket.get())
        if PermissionResult.DENIED in said or PermissionResult.PERMITTED not in said:
            methodcaller("_raise_access_denied")(request)

    @around(IAMRequestBase, "_create_aws_request")
    def _as_signed(original: Any, request: Any) -> Any:
        made = original(request)
        if vars(request)["_method"] in WITHOUT_BODY and not vars(request)["_body"]:
            made.data = b""
        return made

    _install_anonymous()


def _install_anonymous() -> None:
    """Leave to moto's own early look at a bucket's policy only those who do not sign."""

    @around(FakeBucket, "get_permission")
    def _asked_too_soon(original: Any, bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
        return PermissionResult.NEUTRAL if _signed.get() else original(bucket, action, resource)

    @around(S3Response, "_key_response")
    def _signs(original: Any, call: S3Response, *args: Any) -> Any:
        token = _signed.set("Authorization" in call.headers or "X-Amz-Signature" in query_of(call))
        try:
            return original(call, *args)
        finally:
            _signed.reset(token)


def _bucket_says(call: S3Response, bucket_name: str | None, key_name: str | None) -> PermissionResult:
    """What a bucket's policy says of the action that the request is named as."""
    try:
        bucket = call.backend.get_bucket(str(bucket_name))
    except S3ClientError:
        return PermissionResult.NEUTRAL
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    resource = f"{bucket.arn}/{key_name}" if key_name else bucket.arn
    return IAMPolicy(bucket.policy.decode()).is_action_permitted(f"s3:{call.data['Action']}", resource)


@contextmanager
def _saying(said: PermissionResult) -> Generator[None]:
    token = _bucket.set(said)
    try:
        yield
    finally:
        _bucket.reset(token)
