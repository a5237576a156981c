"""Reads what Pulumi's engine reports of a preview: the events of the Automation API.

Source of the fields: `apitype.EngineEvent`, https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/apitype
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi.automation.events import EngineEvent, PolicyEvent, StepEventMetadata, StepEventStateMetadata

from estate.paths import at
from estate.secrets import SECRET
from semantics.words import ABSENT

COLOURS = re.compile(r"<\{%[a-z0-9 ]*%\}>")
"""The engine's marks for colours, as `<{%fg 1%}>`."""

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key by which the engine marks a value as special; in what a preview reports, as secret."""

PATH = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)')
"""A step of a property's path: a quoted key, an index, or a plain key."""


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
    def refused(self) -> bool:
        """Whether something is said that a deployment must not follow on."""
        return bool(self.errors) or any(v.level == "mandatory" for v in self.violations)

    @property
    def passed(self) -> bool:
        """Whether a deployment could follow."""
        return self.finished and not self.refused


def read_events(events: Iterable[EngineEvent]) -> Preview:
    """Reads the events of one preview; none at all make one that has not finished."""
    changes: list[Change] = []
    counts: dict[str, int] = {}
    violations: list[Violation] = []
    errors: list[str] = []
    finished = False
    for event in events:
        if pre := event.resource_pre_event:
            change = _change(pre.metadata)
            changes += [change] if change else []
        elif policy := event.policy_event:
            violations.append(_violation(policy))
        elif diagnostic := event.diagnostic_event:
            if diagnostic.severity == "error":
                errors.append(_plain(diagnostic.message))
        elif summary := event.summary_event:
            counts, finished = {str(k): n for k, n in summary.resource_changes.items()}, True
    violations.sort(key=lambda v: (v.level != "mandatory", v.policy, v.resource, v.message))
    changes.sort(key=lambda c: (c.type, c.name, c.operation))
    told = tuple(e for e in errors if not (violations and e == "preview failed"))
    return Preview(tuple(changes), counts, tuple(violations), told, finished)


def _plain(text: str) -> str:
    return COLOURS.sub("", text).strip()


def _name(urn: str) -> str:
    return urn.rsplit("::", 1)[-1]


def _violation(policy: PolicyEvent) -> Violation:
    # The first line is the policy's title, the same for all that it finds.
    _, _, message = _plain(policy.message).partition("\n")
    return Violation(policy.policy_name, policy.enforcement_level, _name(policy.resource_urn or ""), message)


def _change(step: StepEventMetadata) -> Change | None:
    operation = step.op.value
    if operation in ("same", "read", "refresh") or not step.type.startswith("aws:"):
        return None
    old, new = _inputs(step.old), _inputs(step.new)
    paths = sorted(p for p in step.detailed_diff or step.diffs or () if not p.startswith("__"))
    properties = tuple((p, _value(_follow(old, p)), _value(_follow(new, p))) for p in paths)
    return Change(operation, step.type, _name(step.urn), properties)


def _follow(value: Any, path: str) -> Any:
    """Follows a path as the engine writes it, `rules[0].expiration.days` or `tags["a.b"]`; a secret ends it."""
    for quoted, index, key in PATH.findall(path):
        if _is_secret(value):
            break
        value = at(value, int(index) if index and isinstance(value, list) else quoted or key or index)
    return value


def _is_secret(value: Any) -> bool:
    return isinstance(value, Mapping) and SIGNATURE in value


def _inputs(state: StepEventStateMetadata | None) -> Mapping[str, Any]:
    return state.inputs or {} if state else {}


def _value(value: Any) -> str:
    """Writes a property's value, and nothing of a secret."""
    if value is None:
        return ABSENT
    if _is_secret(value):
        return SECRET
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
