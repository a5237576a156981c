"""The rules as stack policies, all of them mandatory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from declared.settings_files import with_settings
from declared.stacks import names_of
from estate.errors import MendableError
from estate.model import Estate, Resource, estate
from estate.names import PREFIX
from policies.finding import Finding
from policies.pack.reader import resource
from policies.pack.waivers import SCHEMA, Waiver, waivers
from policies.rule import Rule
from policies.rules.all import THEMES, judge
from policies.runbook.reader import Runbook, read_runbook


@dataclass
class Run:
    """What one run of the engine has shown so far.

    Attributes:
        root: the repository's folder.
        declared: URN → resource.
        waived: what was waived, to be told at the end.
        whole: the estate of all of them, once the engine has shown all.
    """

    root: Path
    declared: dict[str, Resource] = field(default_factory=dict[str, Resource])
    waived: list[tuple[Finding, Waiver]] = field(default_factory=list[tuple[Finding, Waiver]])
    whole: Estate | None = None

    def keep(self, args: ResourceValidationArgs, report: ReportViolation) -> None:  # noqa: ARG002
        """Keeps the inputs of a resource of ours."""
        if args.resource_type.startswith("aws:"):
            self.declared[args.urn], self.whole = resource(args), None

    def estate(self, shown: Sequence[str]) -> Estate:
        """Makes an estate of the resources that still stand at the end of the run, given by URN.

        Raises:
            MendableError: the stack's settings can't be read.
        """
        if self.whole:
            return self.whole
        stack = shown[0].split(":")[2]
        names = names_of(stack, self.root)
        standing = [self.declared[urn] for urn in shown if urn in self.declared]
        declared = estate(stack, names.environment, names.account, names.region, standing)
        self.whole = with_settings(declared, self.root)
        return self.whole

    def urn(self, finding: Finding) -> str | None:
        """Returns the URN of the resource that a finding is about; None where it is about something else."""
        about = finding.resource
        return next(
            (urn for urn, r in self.declared.items() if isinstance(about, Resource) and r.key == about.key), None
        )


def pack(root: Path) -> PolicyPack:
    """Makes the pack and serves it to the engine; does not return."""
    return PolicyPack(f"{PREFIX}-storage", policies(root), EnforcementLevel.MANDATORY)


def policies(root: Path) -> list[Policy]:
    """Makes the policies of one run: one that reads, one for each theme of the rules, one that tells what is waived."""
    run = Run(root)
    schema = PolicyConfigSchema(properties=dict(SCHEMA))
    collect = ResourceValidationPolicy(
        "declared", "What the program declares is read; this one never objects.", run.keep, EnforcementLevel.MANDATORY
    )
    checks = [
        StackValidationPolicy(name, theme.title, _check(run, theme.rules), EnforcementLevel.MANDATORY, schema)
        for name, theme in THEMES.items()
    ]
    tell = StackValidationPolicy("waived", "Waived findings stay visible.", _tell(run), EnforcementLevel.ADVISORY)
    return [collect, *checks, tell]


Validate = Callable[[StackValidationArgs, ReportViolation], None]


def _check(run: Run, rules: tuple[Rule, ...]) -> Validate:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        try:
            estate, runbook = run.estate([r.urn for r in args.resources]), _runbook(run.root)
        except MendableError as error:
            report(str(error), None)
            return
        _report([f for r in rules for f in judge(r, estate, runbook)], waivers(args.get_config()), run, report)

    return validate


def _report(
    findings: list[Finding],
    waived: list[Waiver],
    run: Run,
    report: ReportViolation,
) -> None:
    today, used = datetime.now(UTC).date(), set[Waiver]()
    for finding in findings:
        if waiver := next((w for w in waived if w.covers(finding, today)), None):
            run.waived.append((finding, waiver))
            used.add(waiver)
        else:
            report(str(finding), run.urn(finding))
    for waiver in waived:
        if waiver not in used:
            waived_thing = f"{waiver.resource} {waiver.property} = {waiver.found} until {waiver.until}"
            reasons = "it has ended, lies too far ahead, names something else, or something that can't be waived"
            report(f"the waiver for {waived_thing} waives nothing: {reasons}. Remove it.", None)


def _tell(run: Run) -> Validate:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:  # noqa: ARG001
        for finding, waiver in run.waived:
            report(f"waived until {waiver.until} ({waiver.reason}): {finding}", None)

    return validate


def _runbook(root: Path) -> Runbook:
    return read_runbook(root / "docs" / "runbook.md")
