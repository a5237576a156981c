"""Reads a bucket's lifecycle configuration from AWS's answer, or from the properties of a Pulumi resource.

Shapes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html, read 2026-11-24.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from semantics.lifecycle.model import (
    ALL_CLASSES_128K,
    Expiration,
    Filter,
    LifecycleConfiguration,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)


class LifecycleError(ValueError):
    """The configuration holds something this reader does not understand; it is never taken for harmless."""


def from_properties(properties: Mapping[str, Any]) -> LifecycleConfiguration:
    """Reads the inputs of an `aws:s3/bucketLifecycleConfiguration`, in Pulumi's camelCase.

    Args:
        properties: with `rules`, a list, and `transitionDefaultMinimumObjectSize`; dates are texts in ISO 8601.

    Raises:
        LifecycleError: a value is of the wrong shape, unknown in this preview, or a key that no rule has.
    """
    if "Rules" in properties:
        raise LifecycleError("Rules is how the API spells rules; read its answer with from_api")
    minimum = _node(properties, "").text("transitionDefaultMinimumObjectSize") or ALL_CLASSES_128K
    raw = properties.get("rules", [])
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        raise LifecycleError(f"rules is {raw!r:.60}, expected a list of rules")
    rules = tuple(_rule(r, i) for i, r in enumerate(cast("Sequence[Any]", raw)))
    return LifecycleConfiguration(rules, minimum)


def from_api(answer: Mapping[str, Any]) -> LifecycleConfiguration:
    """Reads what boto3's `get_bucket_lifecycle_configuration` answers, or the CLI prints.

    Args:
        answer: with `Rules`, a list, and `TransitionDefaultMinimumObjectSize`; dates are datetimes with time zone, or
            texts in ISO 8601.

    Raises:
        LifecycleError: as `from_properties`, or `Rules` is absent: S3 answers a bucket without rules with an error.
    """
    if "Rules" not in answer:
        raise LifecycleError("Rules is absent; expected what get_bucket_lifecycle_configuration answers")
    kept = {k: answer[k] for k in ("Rules", "TransitionDefaultMinimumObjectSize") if k in answer}
    return from_properties(cast("Mapping[str, Any]", _camel(kept)))


def _camel(value: Any) -> Any:
    """Turns the API's names into Pulumi's, its tag lists into mappings and its dates into text."""
    if isinstance(value, Mapping):
        return {_key(k): _tags(v) if k == "Tags" else _camel(v) for k, v in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_camel(v) for v in cast("list[Any]", value)]
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    return value


def _key(name: str) -> str:
    return "id" if name == "ID" else name[:1].lower() + name[1:]


def _tags(pairs: Any) -> Any:
    """Turns a list of keys with values into a mapping; what is no such list stays, to be refused with its place."""
    try:
        return {pair["Key"]: pair["Value"] for pair in pairs}
    except (KeyError, TypeError):
        return pairs


@dataclass(frozen=True)
class _Node:
    """An object of the configuration, its place, and typed access to its keys. Absent and null are the same."""

    values: Mapping[str, Any]
    path: str

    def only(self, *known: str) -> "_Node":
        if unknown := sorted(self.values.keys() - set(known)):
            raise LifecycleError(
                f"{self.path}.{unknown[0]} is not part of a lifecycle rule; there is {', '.join(known)}"
            )
        return self

    def number(self, key: str) -> int | None:
        return cast("int | None", self._typed(key, int, "a whole number"))

    def text(self, key: str) -> str | None:
        return cast("str | None", self._typed(key, str, "text"))

    def flag(self, key: str) -> bool | None:
        return cast("bool | None", self._typed(key, bool, "true or false"))

    def has(self, *keys: str) -> tuple[str, ...]:
        return tuple(key for key in keys if self.values.get(key) is not None)

    def node(self, key: str) -> "_Node | None":
        return _node(self.values[key], f"{self.path}.{key}") if self.values.get(key) is not None else None

    def nodes(self, key: str) -> "Iterator[_Node]":
        raw = cast("list[Any] | None", self._typed(key, list, "a list"))
        return (_node(v, f"{self.path}.{key}[{i}]") for i, v in enumerate(raw or []))

    def _typed(self, key: str, kind: type, expected: str) -> object:
        value = self.values.get(key)
        mistyped = value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool)))
        if mistyped:
            raise LifecycleError(f"{self.path}.{key} is {value!r:.60}, expected {expected}".lstrip("."))
        return value


def _node(value: Any, path: str) -> _Node:
    if not isinstance(value, Mapping):
        raise LifecycleError(f"{path} is {value!r:.60}, expected an object")
    return _Node(cast("Mapping[str, Any]", value), path)


def _rule(raw: Any, index: int) -> LifecycleRule:
    node = _node(raw, f"rules[{index}]")
    identity = node.text("id") or ""
    node = _Node(node.values, f"rules[{identity or index}]").only(
        "id",
        "status",
        "filter",
        "prefix",
        "transitions",
        "noncurrentVersionTransitions",
        "expiration",
        "noncurrentVersionExpiration",
        "abortIncompleteMultipartUpload",
    )
    if (status := node.text("status")) not in ("Enabled", "Disabled"):
        raise LifecycleError(f"{node.path}.status is {status!r}, expected Enabled or Disabled")
    return LifecycleRule(
        id=identity,
        enabled=status == "Enabled",
        filter=_filter(node),
        transitions=tuple(map(_transition, node.nodes("transitions"))),
        noncurrent_transitions=tuple(map(_noncurrent_transition, node.nodes("noncurrentVersionTransitions"))),
        expiration=_expiration(node.node("expiration")),
        noncurrent_expiration=_noncurrent_expiration(node.node("noncurrentVersionExpiration")),
        abort_multipart_days=_abort(node.node("abortIncompleteMultipartUpload")),
        scopes=node.has("filter", "prefix"),
        position=index,
    )


_SIZES = ("objectSizeGreaterThan", "objectSizeLessThan")


def _filter(rule: _Node) -> Filter:
    outer = rule.node("filter") or _node({}, f"{rule.path}.filter")
    both = outer.only("prefix", "tag", "and", *_SIZES).node("and")
    inner = both.only("prefix", "tags", *_SIZES) if both else outer
    several = both.node("tags") if both else None
    tags = {key: several.text(key) or "" for key in several.values} if several else {}
    if tag := outer.node("tag"):
        tags[tag.only("key", "value").text("key") or ""] = tag.text("value") or ""
    prefix = inner.text("prefix") or outer.text("prefix") or rule.text("prefix") or ""
    larger, smaller = (inner.number(size) if inner.number(size) is not None else outer.number(size) for size in _SIZES)
    written = outer.has("prefix", "tag", "and", *_SIZES)
    joined = (*both.has("prefix", *_SIZES), *(several.values if several else ())) if both else ()
    return Filter(prefix, tuple(sorted(tags.items())), larger, smaller, written, joined)


def _transition(node: _Node) -> Transition:
    node.only("storageClass", "days", "date")
    return Transition(node.text("storageClass") or "", node.number("days"), node.text("date"))


def _noncurrent_transition(node: _Node) -> NoncurrentTransition:
    node.only("storageClass", "noncurrentDays", "newerNoncurrentVersions")
    newer = node.number("newerNoncurrentVersions")
    return NoncurrentTransition(node.text("storageClass") or "", node.number("noncurrentDays"), newer)


def _abort(node: _Node | None) -> int | None:
    if node is None:
        return None
    if (days := node.only("daysAfterInitiation").number("daysAfterInitiation")) is None:
        raise LifecycleError(f"{node.path}.daysAfterInitiation is absent, expected a whole number")
    return days


def _expiration(node: _Node | None) -> Expiration | None:
    if node is None:
        return None
    node.only("days", "date", "expiredObjectDeleteMarker")
    return Expiration(node.number("days"), node.text("date"), node.flag("expiredObjectDeleteMarker"))


def _noncurrent_expiration(node: _Node | None) -> NoncurrentExpiration | None:
    if node is None:
        return None
    node.only("noncurrentDays", "newerNoncurrentVersions")
    return NoncurrentExpiration(node.number("noncurrentDays"), node.number("newerNoncurrentVersions"))
