"""Looks at each of S3's answers before botocore reads it: is it one, and if it lists, which entries has it?

botocore believes any XML: a proxy's page in place of `DeleteResult` names no key that failed, so all would be deleted.
It offers `before-parse`, whose handler sees the body first and may add to what the caller gets. Sending, endpoints,
proxies, certificates, redirects and errors stay botocore's.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.hooks import BaseEventHooks

from runtime.objects.bound import refuse_late
from runtime.objects.document import BrokenAnswerError, split_listing

ENTRIES = "Entries"
"""Under this name a listing's answer has its `Entry` tuples."""

LISTINGS = frozenset({"ListObjectsV2", "ListObjectVersions"})

ROOTS: Mapping[str, str] = {
    "ListObjectsV2": "ListBucketResult",
    "ListObjectVersions": "ListVersionsResult",
    "ListMultipartUploads": "ListMultipartUploadsResult",
    "DeleteObjects": "DeleteResult",
    "GetBucketTagging": "Tagging",
    "GetBucketVersioning": "VersioningConfiguration",
    "GetObjectLegalHold": "LegalHold",
    "GetObjectRetention": "Retention",
}
"""The root element of each answer that has a body, as its page of S3's API reference shows it."""

EMPTY = frozenset({"DeleteObject", "AbortMultipartUpload"})
"""Answered by 204 and nothing."""

_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<(?:\w+:)?(\w+)")


def watch(events: BaseEventHooks) -> None:
    """Registers the handlers with an S3 client's events.

    With a `*` in front they come before botocore's own for `before-parse.s3.*`, which parses each body once more for an
    error inside a 200: by then a listing's is short.
    """
    events.register("before-send.s3", refuse_late)
    for operation in (*ROOTS, *EMPTY):
        events.register(f"*.s3.{operation}", examine)


def examine(event_name: str, **given: Any) -> None:
    """Refuses what is no answer, and takes a listing's entries out.

    Raises:
        BrokenAnswerError: a success that is none, or a listing that is not whole.
    """
    if not event_name.startswith("before-parse."):
        return
    response: dict[str, Any] = given["response_dict"]
    status, body, operation = response["status_code"], response["body"], event_name.rpartition(".")[2]
    if status >= 300:
        return
    if operation in EMPTY:
        if status != 204:
            raise BrokenAnswerError(f"{operation} was answered by {status} and {len(body)} bytes; expected 204")
        return
    found = _ROOT.match(body)
    root = found.group(1).decode() if found else f"{len(body)} bytes that are no XML"
    if root == "Error":
        return  # botocore makes it the error that it is
    if root != ROOTS[operation]:
        raise BrokenAnswerError(f"{operation} was answered by {root}; expected {ROOTS[operation]}")
    if operation in LISTINGS:
        given["customized_response_dict"][ENTRIES], response["body"] = split_listing(body)
