"""Findings that somebody answers for, given to the pack as configuration: `--policy-pack-config FILE`.

    {"lifecycle": {"waivers": [{
        "rule": "lifecycle",
        "resource": "s3/bucketLifecycleConfiguration author-exports-lifecycle",
        "property": "rules[exports-expire].expiration.days",
        "found": "15",
        "reason": "The import of the autumn exams runs a day longer.",
        "until": "2027-01-31"}]}}

The first key is the policy that reports the finding. A waiver is exact: another value is a finding again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, cast

from policies.finding import Finding, Severity

LONGEST_DAYS = 90

SCHEMA: Mapping[str, Any] = {
    "waivers": {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["rule", "resource", "property", "found", "reason", "until"],
            "properties": {
                name: {"type": "string", "minLength": 1}
                for name in ("rule", "resource", "property", "found", "reason", "until")
            },
        },
    }
}
"""JSON schema of a policy's configuration."""


@dataclass(frozen=True)
class Waiver:
    """One waived finding; the attributes up to `found` must equal the finding's, `until` is its last day."""

    rule: str
    resource: str
    property: str
    found: str
    reason: str
    until: str

    def covers(self, finding: Finding, today: date) -> bool:
        """Says whether the finding is waived today. What loses or opens data can't be waived."""
        same = (self.rule, self.resource, self.property, self.found) == (
            finding.rule,
            finding.named,
            finding.property,
            finding.found,
        )
        last = _day(self.until)
        valid = last is not None and today <= last <= today + timedelta(days=LONGEST_DAYS)
        return same and valid and finding.severity is not Severity.CRITICAL


def waivers(config: Mapping[str, Any]) -> list[Waiver]:
    """Reads a policy's configuration, which the engine has held against the schema."""
    raw = cast("list[Mapping[str, Any]]", config.get("waivers") or [])
    return [Waiver(**{f.name: str(w[f.name]) for f in fields(Waiver)}) for w in raw]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
