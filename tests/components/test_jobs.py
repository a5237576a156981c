from dataclasses import replace
from datetime import time
from typing import Any

import pytest

from components import function
from components.cleanup import Cleanup, CleanupArgs
from components.function import PackageError, packaged
from components.retention import Retention, RetentionArgs
from declared.stacks import as_engine
from estate.model import Estate
from functions.temporary_uploads_cleanup.request import read_request
from policies.runbook.cadence import runs
from policies.runbook.claims import ScheduleClaim
from tests.components.single import IMAGE, NAMES, SITE, alone, configured, declared, group, one, statement
from tests.policies.declared import STACKS, claim

SECRET = "arn:aws:secretsmanager:us-east-1:111111111111:secret:author/database-AAAAAA"
SCHEDULE = "scheduler/schedule:Schedule"
ROLE_POLICY = "iam/rolePolicy:RolePolicy"


def arguments(**changes: Any) -> RetentionArgs:
    """All that the job needs, with changes."""
    usual = RetentionArgs(
        window_days=45,
        schedule="rate(1 hour)",
        enabled=True,
        image=IMAGE,
        subnets=["subnet-0000000000000000a"],
        security_groups=["sg-0000000000000000a"],
        database_secret=SECRET,
        group=group(),
    )
    return replace(usual, **changes)


@pytest.fixture(scope="module")
def retention() -> Estate:
    return alone(lambda: Retention("author-retention", SITE, arguments()))


@pytest.fixture(scope="module")
def cleanup() -> Estate:
    return alone(lambda: Cleanup("cleanup", SITE, CleanupArgs(time(4, 30), 1024**3, group())))


@pytest.mark.parametrize(
    "setting", ["window_days", "schedule", "image", "subnets", "security_groups", "database_secret"]
)
def test_a_retention_job_without_what_it_needs_is_refused_by_name(setting: str) -> None:
    with pytest.raises(ValueError, match=f"retention: {setting} missing"):
        alone(lambda: arguments(**{setting: None}))


def test_an_image_by_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="has no digest"):
        alone(lambda: arguments(image=IMAGE.split("@", maxsplit=1)[0] + ":latest"))


def test_the_job_starts_on_fargate_in_the_given_network(retention: Estate) -> None:
    schedule = one(retention, SCHEDULE).properties
    target = schedule["target"]
    assert (schedule["scheduleExpression"], schedule["scheduleExpressionTimezone"]) == ("rate(1 hour)", "UTC")
    assert target["arn"] == "arn:aws:ecs:us-east-1:111111111111:cluster/author-retention"
    assert target["ecsParameters"]["launchType"] == "FARGATE"
    assert target["ecsParameters"]["networkConfiguration"] == {
        "subnets": ["subnet-0000000000000000a"],
        "securityGroups": ["sg-0000000000000000a"],
        "assignPublicIp": False,
    }
    assert target["deadLetterConfig"] == {"arn": NAMES.queue_arn("author-retention-dead-letters")}
    assert target["retryPolicy"] == {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 3}


def test_the_schedule_is_disabled_until_the_image_exists() -> None:
    assert one(declared("prod").estate, SCHEDULE, "author-retention").properties["state"] == "DISABLED"
    assert one(configured("prod").estate, SCHEDULE, "author-retention").properties["state"] == "ENABLED"


@pytest.mark.parametrize("stack", STACKS)
def test_the_job_runs_when_its_stack_file_and_its_row_say(stack: str) -> None:
    expression = one(declared(stack).estate, SCHEDULE, "author-retention").properties["scheduleExpression"]
    assert expression == as_engine(stack)["author-storage:retentionSchedule"]
    assert runs(expression, claim(ScheduleClaim, f"author-retention in {stack}").cadence)


def test_the_task_and_the_service_that_starts_it_have_roles_of_their_own(retention: Estate) -> None:
    task = one(retention, "ecs/taskDefinition:TaskDefinition").properties
    assert task["taskRoleArn"] == NAMES.role_arn("author-retention-role")
    assert task["executionRoleArn"] == NAMES.role_arn("author-retention-execution-role")
    (container,) = task["containerDefinitions"]
    assert container["image"] == IMAGE
    assert {s["name"]: s["valueFrom"] for s in container["secrets"]} == {
        "DATABASE": SECRET,
        "RETENTION_WINDOW_DAYS": NAMES.parameter_arn("/author/retention/RETENTION_WINDOW_DAYS"),
    }


def test_the_job_deletes_recordings_and_archives_and_touches_no_hold(retention: Estate) -> None:
    policy = one(retention, ROLE_POLICY, "author-retention-role-policy")
    delete = statement(policy, "Delete")
    assert delete["Action"] == ["s3:DeleteObject", "s3:DeleteObjectVersion"]
    assert delete["Resource"] == ["arn:aws:s3:::author-recordings-prod/*"]
    assert delete["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111111111111"}}
    archives = statement(policy, "DeleteArchives")
    assert archives["Action"] == ["glacier:DeleteArchive"]
    assert archives["Resource"] == ["arn:aws:glacier:us-east-1:111111111111:vaults/author-recordings-prod"]
    allowed = str(policy.properties["policy"])
    assert not [a for a in ("BypassGovernance", "PutObjectLegalHold", "PutObjectRetention", "Delete*") if a in allowed]


def test_the_execution_role_fetches_this_image_and_this_secret_only(retention: Estate) -> None:
    policy = one(retention, ROLE_POLICY, "author-retention-execution-role-policy")
    assert statement(policy, "FetchImage")["Resource"] == [
        "arn:aws:ecr:us-east-1:111111111111:repository/author/retention"
    ]
    assert statement(policy, "ReadSecret")["Resource"] == [SECRET]


def test_the_schedule_passes_on_exactly_these_two_roles_and_to_ecs_only(retention: Estate) -> None:
    passes = statement(one(retention, ROLE_POLICY, "author-retention-schedule-role-policy"), "PassRoles")
    assert passes["Resource"] == [
        NAMES.role_arn("author-retention-role"),
        NAMES.role_arn("author-retention-execution-role"),
    ]
    assert passes["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


@pytest.mark.parametrize(
    ("role", "service", "source"),
    [
        ("author-retention-role", "ecs-tasks.amazonaws.com", "arn:aws:ecs:us-east-1:111111111111:*"),
        ("author-retention-execution-role", "ecs-tasks.amazonaws.com", "arn:aws:ecs:us-east-1:111111111111:*"),
        (
            "author-retention-schedule-role",
            "scheduler.amazonaws.com",
            "arn:aws:scheduler:us-east-1:111111111111:schedule-group/author-storage",
        ),
        (
            "author-temporary-uploads-cleanup-role",
            "lambda.amazonaws.com",
            "arn:aws:lambda:us-east-1:111111111111:function:author-temporary-uploads-cleanup",
        ),
    ],
)
def test_only_the_service_can_take_a_role_on_and_only_for_this_account(role: str, service: str, source: str) -> None:
    roles = {r.properties["name"]: r for r in declared("prod").estate.of_type("iam/role:Role")}
    assume = statement(roles[role], "Assume", "assumeRolePolicy")
    assert assume["Principal"] == {"Service": service}
    assert assume["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "111111111111"},
        "ArnLike": {"aws:SourceArn": source},
    }


def test_the_cleanup_runs_daily_at_the_time_it_is_told_and_measures_hourly(cleanup: Estate) -> None:
    schedules = {s.properties["name"]: s.properties for s in cleanup.of_type(SCHEDULE)}
    clean, measure = schedules[NAMES.cleanup_schedule], schedules[NAMES.measure_schedule]
    assert (clean["scheduleExpression"], clean["target"]["input"]) == ("cron(30 4 * * ? *)", {"mode": "clean"})
    healing = {"mode": "measure", "heal": True}
    assert (measure["scheduleExpression"], measure["target"]["input"]) == ("rate(1 hour)", healing)
    assert read_request(measure["target"]["input"]).heal
    assert read_request(clean["target"]["input"]).max_deletes is None
    assert one(cleanup, "lambda/function:Function").properties["environment"]["variables"]["CLEAN_AT"] == "04:30"


def test_a_failed_cleanup_is_not_repeated_by_lambda_and_is_kept(cleanup: Estate) -> None:
    invoke = one(cleanup, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig").properties
    assert invoke["maximumRetryAttempts"] == 0
    assert invoke["destinationConfig"]["onFailure"] == {
        "destination": NAMES.queue_arn(NAMES.dead_letters(NAMES.cleanup))
    }


def test_the_cleanup_deletes_in_its_bucket_and_nowhere_else(cleanup: Estate) -> None:
    policy = one(cleanup, ROLE_POLICY, "cleanup-role-policy").properties["policy"]
    s3 = [s for s in policy["Statement"] if any(a.startswith("s3:") for a in s["Action"])]
    assert {r for s in s3 for r in s["Resource"]} == {
        "arn:aws:s3:::author-temporary-uploads",
        "arn:aws:s3:::author-temporary-uploads/*",
    }
    assert all(s["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111111111111"}} for s in s3)


def test_a_schedule_may_call_its_function_only(cleanup: Estate) -> None:
    policy = one(cleanup, ROLE_POLICY, "cleanup-schedules-role-policy").properties["policy"]
    assert {(a, r) for s in policy["Statement"] for a in s["Action"] for r in s["Resource"]} == {
        ("lambda:InvokeFunction", NAMES.function_arn(NAMES.cleanup)),
        ("sqs:SendMessage", NAMES.queue_arn(NAMES.dead_letters(NAMES.cleanup))),
    }


def test_a_function_without_its_zip_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(function, "ROOT", tmp_path)
    with pytest.raises(PackageError, match="has not been built; run `make package`"):
        packaged("temporary_uploads_cleanup")
