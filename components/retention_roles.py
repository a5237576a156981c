"""What the retention job, the service that starts it, and its schedule may do."""

from components.policy import Statement, allow, in_account, key_condition
from estate.names import Names


def job(names: Names) -> list[Statement]:
    """The job itself: finds versions and holds, deletes, writes down what it deleted.

    It can lift no hold and bypass no lock. Vault archives and objects in the S3 class Deep Archive are different
    things: `glacier:DeleteArchive` concerns the first only.
    """
    recordings, owned = names.bucket_arn(names.recordings), in_account(names)
    evidence = f"{names.bucket_arn(names.evidence)}/retention/*"
    return [
        allow("FindVersions", ["s3:ListBucketVersions"], [recordings], conditions=owned),
        allow("SeeHolds", ["s3:GetObjectLegalHold", "s3:GetObjectRetention"], [f"{recordings}/*"], conditions=owned),
        allow("Delete", ["s3:DeleteObject", "s3:DeleteObjectVersion"], [f"{recordings}/*"], conditions=owned),
        allow("DeleteArchives", ["glacier:DeleteArchive"], [names.arn("glacier", f"vaults/{names.vault}")]),
        allow("WriteEvidence", ["s3:PutObject"], [evidence], conditions=owned),
        allow(
            "EncryptEvidence", ["kms:GenerateDataKey"], [names.any_key], conditions=key_condition(names.evidence_key)
        ),
        allow(
            "ReadSettings",
            ["ssm:GetParameter"],
            [names.parameter_arn(names.retention_window_parameter), names.parameter_arn(names.stop_parameter)],
        ),
    ]


def execution(names: Names, image: str, database_secret: str) -> list[Statement]:
    """ECS, on the job's behalf before it runs: fetches the image, the secret and the window, opens the log."""
    registry, _, rest = image.partition("/")
    account, _, _, region, *_ = registry.split(".")
    repository = rest.partition("@")[0]
    return [
        # GetAuthorizationToken takes no resource: AWS defines it for the whole registry.
        allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], ["*"]),
        allow(
            "FetchImage",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [f"arn:aws:ecr:{region}:{account}:repository/{repository}"],
        ),
        allow("ReadSecret", ["secretsmanager:GetSecretValue"], [database_secret]),
        allow("ReadWindow", ["ssm:GetParameters"], [names.parameter_arn(names.retention_window_parameter)]),
        allow(
            "WriteLogs",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [f"{names.log_group_arn(names.retention_log_group)}:*"],
        ),
    ]


def schedule(names: Names, job_role: str, execution_role: str) -> list[Statement]:
    """EventBridge Scheduler: starts this task in this cluster, passes on these two roles, reports what failed."""
    return [
        allow(
            "StartJob",
            ["ecs:RunTask"],
            [names.task_definition_arn(names.retention), f"{names.task_definition_arn(names.retention)}:*"],
            conditions={"ArnEquals": {"ecs:cluster": names.cluster_arn(names.retention)}},
        ),
        allow(
            "PassRoles",
            ["iam:PassRole"],
            [job_role, execution_role],
            conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
        ),
        allow("ReportFailure", ["sqs:SendMessage"], [names.queue_arn(names.dead_letters(names.retention))]),
    ]
