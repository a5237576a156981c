from dataclasses import dataclass
from datetime import time

import pulumi

from components.base import Component, Section, Site
from components.function import Function, FunctionArgs, packaged
from components.function_schedules import FunctionSchedules, FunctionSchedulesArgs, Run
from components.policy import Statement, allow, in_account
from components.schedules import ScheduleGroup
from estate.names import Names


@dataclass(frozen=True)
class CleanupArgs:
    """Arguments of `Cleanup`.

    Attributes:
        clean_at: time of day (UTC) at which the bucket is emptied.
        backlog_threshold_bytes: where the backlog alarm fires.
        group: group of its schedules.
    """

    clean_at: time
    backlog_threshold_bytes: int
    group: ScheduleGroup


class Cleanup(Component):
    """Empties the temporary uploads every 24 hours, and measures every hour what has piled up."""

    runbook = Section.HYGIENE

    def __init__(self, name: str, site: Site, args: CleanupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        names = site.names
        function = Function(
            name,
            site,
            FunctionArgs(
                names.cleanup,
                "Empties the temporary uploads, and measures their backlog.",
                packaged("temporary_uploads_cleanup"),
                "functions.temporary_uploads_cleanup.handler.handler",
                {
                    "BUCKET": names.temporary_uploads,
                    "ACCOUNT": names.account,
                    "STOP_PARAMETER": names.stop_parameter,
                    "CLEAN_AT": f"{args.clean_at:%H:%M}",
                    "BACKLOG_THRESHOLD_BYTES": str(args.backlog_threshold_bytes),
                },
                _statements(names),
                self.runbook,
            ),
            self.child(),
        )
        runs = [
            Run(
                names.cleanup_schedule,
                "Empties the temporary uploads.",
                f"cron({args.clean_at.minute} {args.clean_at.hour} * * ? *)",
                {"mode": "clean"},
            ),
            Run(
                names.measure_schedule,
                "Measures the temporary uploads, and starts a cleanup where the daily one left work.",
                "rate(1 hour)",
                {"mode": "measure", "heal": True},
            ),
        ]
        FunctionSchedules(
            f"{name}-schedules",
            site,
            FunctionSchedulesArgs(function, names.cleanup, runs, args.group, self.runbook),
            self.child(),
        )
        self.finish(function=names.cleanup)


def _statements(names: Names) -> list[Statement]:
    bucket, owned = names.bucket_arn(names.temporary_uploads), in_account(names)
    return [
        allow(
            "ListTemporaryUploads",
            [
                "s3:ListBucket",
                "s3:ListBucketVersions",
                "s3:ListBucketMultipartUploads",
                "s3:GetBucketVersioning",
                "s3:GetBucketTagging",
            ],
            [bucket],
            conditions=owned,
        ),
        allow(
            "EmptyTemporaryUploads",
            # A delete that names an ETag needs s3:GetObject: S3 compares before it deletes.
            ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:AbortMultipartUpload"],
            [f"{bucket}/*"],
            conditions=owned,
        ),
        allow("ReadStop", ["ssm:GetParameter"], [names.parameter_arn(names.stop_parameter)]),
        allow("Continue", ["lambda:InvokeFunction"], [names.function_arn(names.cleanup)]),
    ]
