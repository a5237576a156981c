"""All rules: what the runbook claims and what AWS refuses, compared with an estate."""

from collections.abc import Iterator, Mapping

from policies.estate import Estate
from policies.finding import Finding, Rule, Severity
from policies.lifecycle_rules import LIFECYCLE_RULES
from policies.limits import LIMITS
from policies.rules import (
    alarms,
    buckets,
    grants,
    lifecycle,
    notifications,
    observability,
    schedules,
    tools,
    unknowns,
    windows,
)
from policies.runbook import Runbook

THEMES: Mapping[str, tuple[Rule, ...]] = {
    "lifecycle": lifecycle.RULES,
    "window": windows.RULES,
    "buckets": buckets.RULES,
    "schedules": schedules.RULES,
    "grants": grants.RULES,
    "notifications": notifications.RULES,
    "alarms": alarms.RULES,
    "observability": observability.RULES,
    "tools": tools.RULES,
    "unknowns": unknowns.RULES,
    "aws-lifecycle": LIFECYCLE_RULES,
    "aws-limits": LIMITS,
}
"""Theme → its rules. Those of the last three guard what AWS does; the others prove claims of the runbook."""

RULES: tuple[Rule, ...] = tuple(rule for rules in THEMES.values() for rule in rules)
"""Every rule."""


def check(estate: Estate, runbook: Runbook) -> list[Finding]:
    """Compares an estate with the runbook and with what AWS refuses.

    Args:
        estate: one stack, with its settings files (`policies.settings_files.with_settings`).
        runbook: all claims.

    Returns:
        The findings, in the order of the rules; empty where everything agrees.
    """
    return [finding for rule in RULES for finding in judge(rule, estate, runbook)]


def judge(rule: Rule, estate: Estate, runbook: Runbook) -> Iterator[Finding]:
    """Yields a rule's findings. Values of a shape that it can't judge are a finding too, never silence."""
    try:
        yield from rule.check(estate, runbook)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        yield Finding(
            rule.id,
            Severity.CRITICAL,
            f"rule {rule.id}",
            "check",
            "values that it can judge",
            f"{type(error).__name__}: {error}",
            why="What cannot be judged is not fine.",
        )
