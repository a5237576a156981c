"""All rules: what the runbook claims and what AWS refuses, compared with an estate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from estate.model import Estate
from policies.finding import Entry, Finding, Severity
from policies.limits.all import LIMITS
from policies.rule import Rule
from policies.rules import (
    alarms,
    buckets,
    closed,
    data_buckets,
    grants,
    lifecycle,
    notifications,
    observability,
    permissions,
    schedules,
    stacks,
    tools,
    unknowns,
    windows,
)
from policies.rules.aws_lifecycle import LIFECYCLE_RULES
from policies.runbook.reader import Runbook


@dataclass(frozen=True)
class Theme:
    """Rules that belong together: a sentence for people, and the rules."""

    title: str
    rules: tuple[Rule, ...]


THEMES: Mapping[str, Theme] = {
    "lifecycle": Theme("Objects live as the runbook's arrows say.", lifecycle.RULES),
    "window": Theme("Recordings are kept as long as the contract says.", windows.RULES),
    "stacks": Theme("Every row is for a stack that there is.", stacks.RULES),
    "buckets": Theme("Buckets are kept as the runbook's tables say.", buckets.RULES),
    "schedules": Theme("What runs by itself runs when the runbook says.", schedules.RULES),
    "grants": Theme("The retention role can do what the runbook says, and can't touch a hold.", grants.RULES),
    "notifications": Theme("Every service is paged through a topic that works.", notifications.RULES),
    "alarms": Theme("Every alarm rings and pages as its row says.", alarms.RULES),
    "observability": Theme("What people look at is there and is counted.", observability.RULES),
    "tools": Theme("What people use in an emergency is there.", tools.RULES),
    "closed": Theme("What is declared has its row and its section.", closed.RULES),
    "data-buckets": Theme("Every class of data buckets has what belongs to it.", data_buckets.RULES),
    "unknowns": Theme("A preview knows everything it must check.", unknowns.RULES),
    "permissions": Theme("Every principal can do what the grant table says, no more, no less.", permissions.RULES),
    "aws-lifecycle": Theme("S3 accepts every lifecycle rule and does what it seems to say.", LIFECYCLE_RULES),
    "aws-limits": Theme("AWS accepts what is declared.", LIMITS),
}
"""Those up to `tools` prove claims of the runbook; the others guard what a preview, IAM, S3 and AWS do."""

RULES: tuple[Rule, ...] = tuple(rule for theme in THEMES.values() for rule in theme.rules)
"""Every rule."""


def check(estate: Estate, runbook: Runbook) -> list[Finding]:
    """Compares an estate with the runbook and with what AWS refuses.

    Args:
        estate: one stack, with its settings files (`declared.settings_files.with_settings`).
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
            Entry("rule", rule.id),
            ("check",),
            rule.id,
            Severity.CRITICAL,
            "values that it can judge",
            f"{type(error).__name__}: {error}",
            why="What cannot be judged is not fine.",
        )
