"""What S3 refuses in a lifecycle configuration: its own table, `semantics.lifecycle.constraints`, asked about XML."""

import re
from collections.abc import Callable
from typing import Any, cast

from local.account.documents import as_list
from semantics.lifecycle.constraints import problems
from semantics.lifecycle.reader import LifecycleError, from_api

_REPEATED = {"Transition": "Transitions", "NoncurrentVersionTransition": "NoncurrentVersionTransitions"}
"""Elements that a rule may hold several times, by their name in the XML and in an answer of the API."""


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
    try:
        configuration = from_api({"Rules": [_rule(rule) for rule in as_list(document.get("Rule"))]})
    except (LifecycleError, ValueError, TypeError, AttributeError) as error:
        raise LifecycleRefusal("MalformedXML", str(error)) from error
    for problem in problems(configuration, versioned=True):
        if problem.constraint.code:
            raise LifecycleRefusal(problem.constraint.code, str(problem))


def _rule(element: dict[str, Any]) -> dict[str, Any]:
    """Write a rule's element as the API answers it."""
    rule = {_REPEATED.get(name, name): _typed(name, inner) for name, inner in element.items()}
    rule |= {name: as_list(rule[name]) for name in _REPEATED.values() if name in rule}
    if conjunction := (rule.get("Filter") or {}).get("And"):
        conjunction["Tags"] = as_list(conjunction.pop("Tag", None))
    return rule


def _typed(name: str, found: Any) -> Any:
    """Give an element's text its type; an element that is there and empty holds nothing."""
    if isinstance(found, list):
        return [_typed(name, one) for one in cast("list[Any]", found)]
    if isinstance(found, dict):
        return {inner: _typed(inner, value) for inner, value in cast("dict[str, Any]", found).items()}
    read = _TYPES.get(name)
    return read(found) if read else found


def _number(text: str | None) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text or ""):
        raise ValueError(f"{text!r}, expected a whole number")
    return int(text or "")


def _flag(text: str | None) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(f"{text!r}, expected true or false")
    return text == "true"


def _text(text: str | None) -> str:
    return text or ""


def _holder(text: str | None) -> dict[str, Any]:
    if text:
        raise ValueError(f"{text!r}, expected elements")
    return {}


_TYPES: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("Days", "NoncurrentDays", "DaysAfterInitiation", "NewerNoncurrentVersions"), _number),
    **dict.fromkeys(("ObjectSizeGreaterThan", "ObjectSizeLessThan"), _number),
    **dict.fromkeys(("Prefix", "Value", "ID"), _text),
    **dict.fromkeys(("Filter", "And", "Expiration", "AbortIncompleteMultipartUpload"), _holder),
    **dict.fromkeys(("Transition", "NoncurrentVersionTransition", "NoncurrentVersionExpiration"), _holder),
    "ExpiredObjectDeleteMarker": _flag,
}
"""How the text of an element is read; the text of any other stays."""
