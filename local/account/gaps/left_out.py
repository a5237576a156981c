"""What AWS leaves out of an answer, or says instead, where the caller lacks a further right.

Plain moto shows holds, retention, the number of tags and a function's tags to every caller who may read the rest, and
tells those who may not list a bucket which of its keys are absent.
"""

import json
from operator import methodcaller
from typing import Any

from moto.awslambda.responses import LambdaResponse
from moto.core.exceptions import AccessDeniedError
from moto.core.responses import BaseResponse
from moto.s3.exceptions import MissingKey, S3ClientError
from moto.s3.responses import S3Response

from local.account.gaps.resources import ASKED_BY_MOTO
from local.account.patching import Response, around
from local.account.s3call import authorization_is_on, authorize

HEADERS = {
    "GetObjectLegalHold": ("x-amz-object-lock-legal-hold",),
    "GetObjectRetention": ("x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"),
    "GetObjectTagging": ("x-amz-tagging-count",),
}


def install() -> None:
    """Hide what the caller may not see."""
    for name in ("head_object", "get_object"):

        @around(S3Response, name)
        def _hide(original: Any, call: S3Response, *args: Any, **kwargs: Any) -> Any:
            try:
                answer = original(call, *args, **kwargs)
            except MissingKey:
                _refuse_unless_it_may_list(call)
                raise
            if answer[0] == 404:
                _refuse_unless_it_may_list(call)
            return _without_hidden(call, answer)

    @around(LambdaResponse, "get_function")
    def _without_tags(original: Any, call: LambdaResponse) -> str:
        answer = original(call)
        if not authorization_is_on() or _may_on_the_same(call, "ListTags"):
            return answer
        return json.dumps({name: value for name, value in json.loads(answer).items() if name != "Tags"})


def _refuse_unless_it_may_list(call: S3Response) -> None:
    authorize(call, "ListBucket", call.bucket_name)


def _without_hidden(call: S3Response, answer: Response) -> Response:
    status, headers, body = answer
    for action, names in HEADERS.items():
        if any(name in headers for name in names) and not _may(call, action):
            headers = {name: value for name, value in headers.items() if name not in names}
    return status, headers, body


def _may(call: S3Response, action: str) -> bool:
    try:
        authorize(call, action, call.bucket_name, call.parse_key_name())
    except S3ClientError:
        return False
    return True


def _may_on_the_same(call: BaseResponse, action: str) -> bool:
    """Whether the caller may do another action on what a request of a service other than S3 is about."""
    call.querystring["Action"] = [action]  # where moto looks first
    try:
        methodcaller("_authenticate_and_authorize_normal_action", methodcaller(ASKED_BY_MOTO)(call))(call)
    except AccessDeniedError:
        return False
    return True
