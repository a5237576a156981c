"""Reads what Pulumi's engine reports of a preview: one JSON object a line, as `pulumi preview --event-log FILE` writes.

Source of the fields: `apitype.EngineEvent`, https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from estate.paths import at
from estate.secrets import SECRET
from semantics.words import ABSENT

COLOURS = re.compile(r"<\{%[a-z0-9 ]*%\}>")
"""The engine's marks for colours, as `<{%fg 1%}>`."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key by which the engine marks a value as special; in what a preview reports, as secret."""

PATH = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)')
"""A step of a property's path: a quoted key, an index, or a plain key."""


class EventsError(ValueError):
    """The events are not those of a preview; the message names the line."""


@dataclass(frozen=True)
class Change:
    """A resource that would change: what happens to it, and its changed properties with old and new value."""

    operation: str
    type: str
    name: str
    properties: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Violation:
    """What a policy says: `mandatory` stops the deployment, `advisory` does not."""

    policy: str
    level: str
    resource: str
    message: str


@dataclass(frozen=True)
class Preview:
    """What a preview found.

    Attributes:
        changes: resources that would change, by type and name.
        counts: operation → number of resources.
        violations: of policies, mandatory ones first.
        errors: what the engine or the program complained of, besides the violations.
        finished: whether the engine came to its summary.
    """

    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    violations: tuple[Violation, ...]
    errors: tuple[str, ...]
    finished: bool

    @property
    def passed(self) -> bool:
        """Whether a deployment could follow."""
        return self.finished and not self.errors and not any(v.level == "mandatory" for v in self.violations)


def read_events(lines: Iterable[str]) -> Preview:
    """Reads an event log.

    Raises:
        EventsError: a line is not an engine event.
    """
    changes: list[Change] = []
    counts: dict[str, int] = {}
    violations: list[Violation] = []
    errors: list[str] = []
    finished = False
    for number, line in enumerate(lines, 1):
        event = _event(line, number)
        if pre := event.get("resourcePreEvent"):
            change = _change(pre["metadata"])
            changes += [change] if change else []
        elif policy := event.get("policyEvent"):
            violations.append(_violation(policy))
        elif diagnostic := event.get("diagnosticEvent"):
            if diagnostic.get("severity") == "error":
                errors.append(_plain(diagnostic.get("message", "")))
        elif summary := event.get("summaryEvent"):
            counts, finished = dict(summary.get("resourceChanges") or {}), True
    violations.sort(key=lambda v: (v.level != "mandatory", v.policy, v.resource, v.message))
    changes.sort(key=lambda c: (c.type, c.name, c.operation))
    told = tuple(e for e in errors if not (violations and e == "preview failed"))
    return Preview(tuple(changes), counts, tuple(violations), told, finished)


def _event(line: str, number: int) -> Mapping[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        event = None
    if not isinstance(event, Mapping) or "sequence" not in event:
        raise EventsError(f"line {number}: expected an engine event, found {line[:80]!r}")
    return cast("Mapping[str, Any]", event)


def _plain(text: str) -> str:
    return COLOURS.sub("", text).strip()


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _violation(policy: Mapping[str, Any]) -> Violation:
    urn = str(policy.get("resourceUrn") or "")
    # The first line is the policy's title, the same for all that it finds.
    _, _, message = _plain(str(policy.get("message", ""))).partition("\n")
    return Violation(str(policy.get("policyName")), str(policy.get("enforcementLevel")), _name(urn), message)


def _change(metadata: Mapping[str, Any]) -> Change | None:
    operation, type_ = str(metadata.get("op")), str(metadata.get("type"))
    if operation in ("same", "read", "refresh") or not type_.startswith("aws:"):
        return None
    old, new = (_inputs(metadata.get(side)) for side in ("old", "new"))
    paths = sorted(p for p in metadata.get("detailedDiff") or metadata.get("diffs") or () if not p.startswith("__"))
    properties = tuple((p, _value(_follow(old, p)), _value(_follow(new, p))) for p in paths)
    return Change(operation, type_, _name(str(metadata.get("urn"))), properties)


def _follow(value: Any, path: str) -> Any:
    """Follows a path as the engine writes it, `rules[0].expiration.days` or `tags["a.b"]`; a secret ends it."""
    for quoted, index, key in PATH.findall(path):
        if _is_secret(value):
            break
        value = at(value, int(index) if index and isinstance(value, list) else quoted or key or index)
    return value


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and SIGNATURE in value


def _inputs(state: Any) -> Mapping[str, Any]:
    if not isinstance(state, Mapping):
        return {}
    return cast("Mapping[str, Any]", cast("Mapping[str, Any]", state).get("inputs") or {})


def _value(value: Any) -> str:
    """Writes a property's value, and nothing of a secret."""
    if value is None:
        return ABSENT
    if _is_secret(value):
        return SECRET
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
