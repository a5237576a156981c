"""The report as SARIF 2.1.0, for code scanning: each finding stands at the line that declares what is expected.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from typing import Any

from audit.model import NO_ANSWERS, Drift, Report
from audit.reports.inert import visible
from estate.names import PREFIX
from policies.finding import Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning"}
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "7.5", Severity.MEDIUM: "5.0"}


def render(report: Report) -> str:
    """Writes the findings; waived ones are suppressed results, not absent ones."""
    rules = {_rule_id(f): f for f in report.findings}
    driver = {
        "name": f"{PREFIX}-storage-audit",
        "informationUri": f"https://github.com/{PREFIX}-platform/{PREFIX}-storage",
        "rules": [_rule(key, rules[key]) for key in sorted(rules)],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"storage-audit/{report.stack}"},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": report.complete, "exitCode": int(report.exit)}],
        "results": [_result(f) for f in report.findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule_id(finding: Drift) -> str:
    return finding.rule or f"drift-{finding.status}"


def _rule(key: str, example: Drift) -> dict[str, Any]:
    return {
        "id": key,
        "shortDescription": {"text": key.replace("-", " ")},
        "properties": {"security-severity": SCORES[example.severity]},
    }


def _result(finding: Drift) -> dict[str, Any]:
    path, _, line = finding.source.rpartition(":")
    text = f"{finding.subject}: expected {finding.expected}, found {finding.found}. {finding.why}"
    result: dict[str, Any] = {
        "ruleId": _rule_id(finding),
        "level": LEVELS[finding.severity],
        "message": {"text": visible(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": path, "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": int(line)},
                }
            }
        ],
        "partialFingerprints": {"finding/v1": finding.id},
        "properties": {"status": str(finding.status), "complete": finding.status not in NO_ANSWERS},
    }
    if finding.waiver:
        words = f"{finding.waiver.owner}, until {finding.waiver.expires}: {finding.waiver.reason}"
        result["suppressions"] = [{"kind": "external", "justification": visible(words)}]
    return result
