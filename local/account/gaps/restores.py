"""A restore from an archive class takes time, and not every tier exists for every class.

Plain moto finishes restores at once and ignores the tier. Here one takes `SECONDS` of the account's clock, not AWS's
hours; the tiers are those of "Archive retrieval options" in the S3 user guide.
"""

from typing import Any

from moto.s3.models import FakeKey
from moto.s3.responses import S3Response

from local.account.documents import malformed, parse
from local.account.gaps.time_shift import now
from local.account.patching import Response, around
from local.account.s3call import authorize, query_of, xml_error

SECONDS = 3.0
TIERS = {"GLACIER": ("Expedited", "Standard", "Bulk"), "DEEP_ARCHIVE": ("Standard", "Bulk")}


def install() -> None:
    """Check a restore before moto makes it, and call it ongoing until its time is over."""

    @around(S3Response, "_key_response_post")
    def _post(original: Any, call: S3Response, *args: Any) -> Any:
        if "restore" not in query_of(call):
            return original(call, *args)
        authorize(call, "RestoreObject", call.bucket_name, call.parse_key_name())
        return refusal(call) or original(call, *args)

    @around(FakeKey, "restore")
    def _begin(original: Any, key: FakeKey, days: int) -> None:
        original(key, days)
        vars(key).setdefault("restore_began", now())

    show: Any = FakeKey.response_dict.fget

    def response_dict(key: FakeKey) -> dict[str, Any]:
        answer: dict[str, Any] = show(key)
        return answer | ({"x-amz-restore": 'ongoing-request="true"'} if is_ongoing(key) else {})

    FakeKey.response_dict = property(response_dict)  # pyright: ignore[reportAttributeAccessIssue]


def refusal(call: S3Response) -> Response | None:
    """Return why a restore is refused, or None; what moto refuses itself is left to it."""
    request = parse(call.body, "RestoreRequest")
    if request is None:
        return malformed()
    key = call.backend.get_object(call.bucket_name, call.parse_key_name(), query_of(call).get("versionId"))
    if key is None or key.storage_class not in TIERS:
        return None
    tier = (request.get("GlacierJobParameters") or request).get("Tier", "Standard")
    if tier not in TIERS[key.storage_class]:
        return xml_error(400, "InvalidArgument", "Retrieval option is not supported by this storage class")
    if not str(request.get("Days", "")).isdigit() or int(request["Days"]) < 1:
        return malformed()
    if is_ongoing(key):
        return xml_error(409, "RestoreAlreadyInProgress", "Object restore is already in progress")
    return None


def is_ongoing(key: FakeKey) -> bool:
    """Whether a restore of the object has begun and its time is not over."""
    began = vars(key).get("restore_began")
    return began is not None and (now() - began).total_seconds() < SECONDS
