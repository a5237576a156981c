from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from audit.permissions import OWN_BUCKETS, grants
from components.base import Component, Section, Site
from components.estate_file import EstateFile
from components.function import Function, FunctionArgs, packaged
from components.function_schedules import FunctionSchedules, FunctionSchedulesArgs, Run
from components.policy import Statement, allow, in_account, key_condition
from components.schedules import ScheduleGroup
from estate.names import PREFIX, Names

FIRST_DAYS_OF_QUARTERS = "cron(0 6 1 1,4,7,10 ? *)"
EVERY_DAY = "cron(30 6 * * ? *)"
REPORTS = "audit"
"""Key prefix of reports and evidence."""

TOPIC = f"{PREFIX}-retention"
"""Service that hears of a quarter's report, as of the audit's alarms."""


@dataclass(frozen=True)
class DriftAuditArgs:
    """Arguments of `DriftAudit`.

    Attributes:
        declared: the file of what this stack declares.
        evidence: the object-locked bucket; what is declared is stored there, and every report.
        group: group of its schedules.
    """

    declared: EstateFile
    evidence: Component
    group: ScheduleGroup


class DriftAudit(Component):
    """Compares the account with the runbook and with what is declared: a report every quarter, metrics every day.

    What is declared is an object named by its own hash. A later deployment adds another and leaves this one: it is what
    the reports of its time were measured by.
    """

    runbook = Section.LIFECYCLE

    def __init__(self, name: str, site: Site, args: DriftAuditArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        names = site.names
        # The bucket's default retention locks it; that is no change of ours, and can't be taken back.
        locked = ["objectLockMode", "objectLockRetainUntilDate"]
        stays = pulumi.ResourceOptions(retain_on_delete=True, ignore_changes=locked)
        stored = aws.s3.BucketObjectv2(
            f"{name}-estate",
            bucket=names.evidence,
            key=f"estates/{args.declared.sha256}.json",
            source=pulumi.FileAsset(args.declared.path),
            content_type="application/json",
            checksum_algorithm="SHA256",  # S3 takes nothing into a locked bucket without a checksum
            tags=self.tags,
            opts=pulumi.ResourceOptions.merge(self.child(depends_on=[args.evidence]), stays),
        )
        function = Function(
            name,
            site,
            FunctionArgs(
                names.drift_audit,
                "Compares the account with the runbook and with what is declared.",
                packaged("drift_audit"),
                "functions.drift_audit.handler.handler",
                _environment(names, args.declared),
                [*_reads(names), *_writes(names)],
                self.runbook,
            ),
            self.child(depends_on=[stored]),
        )
        runs = [
            Run(names.drift_audit, "Reports once a quarter.", FIRST_DAYS_OF_QUARTERS, {"mode": "report"}),
            Run(names.drift_metrics_schedule, "Publishes metrics every day.", EVERY_DAY, {"mode": "metrics"}),
        ]
        FunctionSchedules(
            f"{name}-schedules",
            site,
            FunctionSchedulesArgs(function, names.drift_audit, runs, args.group, self.runbook),
            self.child(),
        )
        self.finish(function=names.drift_audit)


def _environment(names: Names, declared: EstateFile) -> Mapping[str, str]:
    return {
        "ACCOUNT": names.account,
        "EVIDENCE_BUCKET": names.evidence,
        "ESTATE_SHA256": declared.sha256,
        "TOPIC_ARN": names.topic_arn(TOPIC),
    }


def _reads(names: Names) -> list[Statement]:
    """Everything that the audit's table reads and nothing else: generated, so that neither can be without the other."""
    statements: list[Statement] = []
    for sid, by_resource in grants(names.account, names.region, names.environment).items():
        for number, (resource, actions) in enumerate(by_resource.items(), 1):
            own = sid == f"Read{OWN_BUCKETS.capitalize()}"
            several = str(number) if len(by_resource) > 1 else ""
            statements.append(
                allow(f"{sid}{several}", actions, [resource], conditions=in_account(names) if own else None)
            )
    return statements


def _writes(names: Names) -> list[Statement]:
    """What it writes: reports into the one prefix, a message to the one topic. Its metrics are lines of its log."""
    evidence = names.bucket_arn(names.evidence)
    return [
        allow("WriteReports", ["s3:PutObject"], [f"{evidence}/{REPORTS}/*"], conditions=in_account(names)),
        allow(
            "UseEvidenceKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [names.any_key],
            conditions=key_condition(names.evidence_key),
        ),
        allow("Announce", ["sns:Publish"], [names.topic_arn(TOPIC)]),
        allow(
            "UseTopicsKey",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [names.any_key],
            conditions=key_condition(names.notifications_key),
        ),
    ]
