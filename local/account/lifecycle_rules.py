"""What S3 refuses in a lifecycle configuration.

Sources: the PutBucketLifecycleConfiguration reference; in the S3 user guide "Lifecycle configuration elements" and
"Transitioning objects". The 30-day minimum before Standard-IA ended in July 2026 and is not checked; the 30 days
between Standard-IA and an archive class are documented per rule and are. Not checked: that dates stand at midnight.
"""

from collections import Counter
from typing import Any

from local.account.documents import as_list

MOST_RULES = 1000
LONGEST_ID = 255
# Coldest last: a rule moves an object only downwards.
COLDNESS = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
ARCHIVE = ("GLACIER", "DEEP_ARCHIVE")
DAYS_IN_INFREQUENT = 30
ACTIONS = (
    "Transition",
    "Expiration",
    "NoncurrentVersionTransition",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
)
PREDICATES = ("Prefix", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "And")


class LifecycleRefusal(Exception):  # noqa: N818 - S3 refuses; the project's error is somebody else's
    """S3 would refuse the document; `code` is its error code."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message)
        self.code = code


def check(document: dict[str, Any]) -> None:
    """Check a parsed LifecycleConfiguration.

    Raises:
        LifecycleRefusal: S3 would refuse it.
    """
    rules = as_list(document.get("Rule"))
    if not 1 <= len(rules) <= MOST_RULES:
        raise LifecycleRefusal("MalformedXML")
    for rule in rules:
        _check_shape(rule)
        _check_expiration(rule)
        _check_transitions(rule)
        _check_other_days(rule)
    repeated = [name for name, times in Counter(rule.get("ID") for rule in rules).items() if name and times > 1]
    if repeated:
        raise LifecycleRefusal("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule")


def _check_shape(rule: dict[str, Any]) -> None:
    if rule.get("Status") not in {"Enabled", "Disabled"} or ("Filter" in rule) == ("Prefix" in rule):
        raise LifecycleRefusal("MalformedXML")
    if len(rule.get("ID") or "") > LONGEST_ID:
        raise LifecycleRefusal("InvalidArgument", f"ID length should not exceed allowed limit of {LONGEST_ID}")
    given = _inside(rule, "Filter")
    if sum(name in given for name in PREDICATES) > 1:
        raise LifecycleRefusal("MalformedXML")
    if not any(action in rule for action in ACTIONS):
        raise LifecycleRefusal("InvalidRequest", "At least one action needs to be specified in a rule")
    narrowed = {**given, **_inside(given, "And")}.keys() & {"Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan"}
    if narrowed and "AbortIncompleteMultipartUpload" in rule:
        raise LifecycleRefusal("InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags or Size")
    if narrowed and "ExpiredObjectDeleteMarker" in _inside(rule, "Expiration"):
        raise LifecycleRefusal("InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags or Size")


def _check_expiration(rule: dict[str, Any]) -> None:
    if "Expiration" not in rule:
        return
    expiration = _inside(rule, "Expiration")
    if len(expiration.keys() & {"Days", "Date", "ExpiredObjectDeleteMarker"}) != 1:
        raise LifecycleRefusal("MalformedXML")
    if "Days" in expiration:
        _days(expiration["Days"], "'Days' for Expiration action must be a positive integer", least=1)


def _check_transitions(rule: dict[str, Any]) -> None:
    previous: tuple[str, int] | None = None
    where = f"for filter '{_describe(rule)}'"
    for storage_class, days in _by_coldness(rule):
        if previous:
            gap = DAYS_IN_INFREQUENT if previous[0] in INFREQUENT and storage_class in ARCHIVE else 1
            if days < previous[1] + gap:
                raise LifecycleRefusal(
                    "InvalidArgument",
                    f"'Days' in the Transition action for StorageClass '{storage_class}' {where} must be {gap} days "
                    f"more than 'Days' in the Transition action for StorageClass '{previous[0]}'",
                )
        previous = (storage_class, days)
    expires = _inside(rule, "Expiration").get("Days")
    if previous and expires is not None and int(expires) <= previous[1]:
        raise LifecycleRefusal(
            "InvalidArgument",
            f"'Days' in the Expiration action {where} must be greater than 'Days' in the Transition action",
        )


def _by_coldness(rule: dict[str, Any]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for transition in as_list(rule.get("Transition")):
        storage_class = transition.get("StorageClass")
        if storage_class not in COLDNESS or ("Days" in transition) == ("Date" in transition):
            raise LifecycleRefusal("MalformedXML")
        if "Days" in transition:
            days = _days(transition["Days"], "'Days' in Transition action must be nonnegative", least=0)
            found.append((storage_class, days))
    if len({storage_class for storage_class, _ in found}) != len(found):
        raise LifecycleRefusal("InvalidRequest", "Found two transitions to the same StorageClass in one rule")
    return sorted(found, key=lambda transition: COLDNESS.index(transition[0]))


def _check_other_days(rule: dict[str, Any]) -> None:
    for action, element in (
        ("NoncurrentVersionExpiration", "NoncurrentDays"),
        ("NoncurrentVersionTransition", "NoncurrentDays"),
        ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
    ):
        for found in as_list(rule.get(action)):
            if element not in found:
                raise LifecycleRefusal("MalformedXML")
            least = 0 if action == "NoncurrentVersionTransition" else 1
            _days(found[element], f"'{element}' for {action} action must be a positive integer", least=least)


def _inside(element: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a child element; one that is absent or empty has nothing inside."""
    return element.get(name) or {}


def _days(text: str, message: str, *, least: int) -> int:
    try:
        days = int(text)
    except ValueError as error:
        raise LifecycleRefusal("MalformedXML") from error
    if days < least:
        raise LifecycleRefusal("InvalidArgument", message)
    return days


def _describe(rule: dict[str, Any]) -> str:
    given = _inside(rule, "Filter")
    prefix = given.get("Prefix") or _inside(given, "And").get("Prefix") or rule.get("Prefix") or ""
    return f"(prefix={prefix})"
