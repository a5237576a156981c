"""Versions are listed with their keys encoded where the caller asks for it.

Plain moto ignores the encoding there, so one key with a control character makes a bucket's versions unreadable.
"""

from typing import Any, cast
from urllib.parse import quote

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from local.account.patching import around
from local.account.s3call import query_of

NAMES = ("Prefix", "Delimiter", "KeyMarker", "NextKeyMarker")
LISTS = (("Versions", "Key"), ("DeleteMarkers", "Key"), ("CommonPrefixes", "Prefix"))


def install() -> None:
    """Encode the answer before it becomes XML."""

    @around(S3Response, "serialized")
    def _serialize(original: Any, call: S3Response, found: ActionResult) -> Any:
        listing = call.data.get("Action") == "ListObjectVersions" and isinstance(found.result, dict)
        if listing and query_of(call).get("encoding-type") == "url":
            encode(cast("dict[str, Any]", found.result))
        return original(call, found)


def encode(answer: dict[str, Any]) -> None:
    """URL-encode every name in a listing of versions."""
    answer["EncodingType"] = "url"
    for name in NAMES:
        if answer.get(name):
            answer[name] = quote(answer[name])
    for name, field in LISTS:
        for entry in answer.get(name, []):
            entry[field] = quote(entry[field])
