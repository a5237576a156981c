import io
import json
import uuid
import zipfile

import pytest
from botocore.exceptions import ClientError

from tests.local.account.conftest import Aws, code_of

pytestmark = pytest.mark.account


def _function(aws: Aws) -> str:
    name = f"function-{uuid.uuid4().hex[:8]}"
    trust = '{"Version": "2012-10-17", "Statement": []}'
    role = aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return event")
    aws.functions.create_function(
        FunctionName=name,
        Role=role,
        Runtime="python3.11",
        Handler="main.handler",
        Code={"ZipFile": package.getvalue()},
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/author/cleanup"},
    )
    return name


def test_a_functions_dead_letter_and_logging_settings_come_back(gap: Aws) -> None:
    name = _function(gap)
    kept = gap.functions.get_function_configuration(FunctionName=name)
    assert kept.get("DeadLetterConfig") == {"TargetArn": "arn:aws:sqs:us-east-1:123456789012:dead"}
    assert kept.get("LoggingConfig") == {"LogFormat": "JSON", "LogGroup": "/author/cleanup"}
    gap.functions.update_function_configuration(
        FunctionName=name, DeadLetterConfig={"TargetArn": ""}, TracingConfig={"Mode": "Active"}
    )
    changed = gap.functions.get_function_configuration(FunctionName=name)
    assert "DeadLetterConfig" not in changed
    assert changed.get("TracingConfig") == {"Mode": "Active"}


def test_a_functions_recursion_setting_is_kept(gap: Aws) -> None:
    name = _function(gap)
    assert gap.functions.get_function_recursion_config(FunctionName=name).get("RecursiveLoop") == "Terminate"
    gap.functions.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    assert gap.functions.get_function_recursion_config(FunctionName=name).get("RecursiveLoop") == "Allow"


def test_setting_one_attribute_of_a_queue_keeps_its_policy(gap: Aws) -> None:
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*"}]}
    )
    url = gap.sqs.create_queue(QueueName=uuid.uuid4().hex, Attributes={"Policy": policy})["QueueUrl"]
    gap.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "60"})
    kept = gap.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})
    assert json.loads(kept["Policy"]) == json.loads(policy)
    assert kept["VisibilityTimeout"] == "60"


def test_a_queues_policy_can_be_removed(ours: Aws) -> None:
    policy = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sqs:*"}]}
    )
    url = ours.sqs.create_queue(QueueName=uuid.uuid4().hex, Attributes={"Policy": policy})["QueueUrl"]
    ours.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in ours.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})


def test_a_redrive_policy_comes_back_as_aws_writes_it(gap: Aws) -> None:
    dead = gap.sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    arn = gap.sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"]).get("Attributes", {})["QueueArn"]
    redrive = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":5}}'
    url = gap.sqs.create_queue(QueueName=uuid.uuid4().hex, Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    kept = gap.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"]).get("Attributes", {})
    assert kept["RedrivePolicy"] == redrive


@pytest.mark.parametrize(
    ("expression", "timezone"),
    [
        ("cron(banana)", "UTC"),
        ("cron(0 6 * * * *)", "UTC"),
        ("rate(0 hours)", "UTC"),
        ("rate(24 hours)", "Mars/Olympus"),
    ],
)
def test_a_schedule_that_means_nothing_is_refused(gap: Aws, expression: str, timezone: str) -> None:
    with pytest.raises(ClientError) as error:
        gap.scheduler.create_schedule(
            Name=uuid.uuid4().hex,
            ScheduleExpression=expression,
            ScheduleExpressionTimezone=timezone,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "RoleArn": "arn:aws:iam::123456789012:role/r",
            },
        )
    assert code_of(error) == (400, "ValidationException")


@pytest.mark.parametrize(
    "expression", ["rate(24 hours)", "rate(1 hour)", "cron(0 6 1 1,4,7,10 ? *)", "at(2030-01-01T00:00:00)"]
)
def test_a_schedule_that_means_something_is_kept(ours: Aws, expression: str) -> None:
    name = uuid.uuid4().hex
    ours.scheduler.create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
            "RoleArn": "arn:aws:iam::123456789012:role/r",
        },
    )
    assert ours.scheduler.get_schedule(Name=name)["ScheduleExpression"] == expression


def test_cloudtrail_answers_that_it_recorded_nothing(gap: Aws) -> None:
    assert gap.cloudtrail.lookup_events()["Events"] == []
