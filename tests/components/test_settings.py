import pytest

from components.settings import SettingsError, parse
from declared.stacks import as_engine, stacks

REAL_IMAGE = "111111111111.dkr.ecr.us-east-1.amazonaws.com/author-retention@sha256:" + "a1" * 32


def production(**changes: str | None) -> dict[str, str]:
    """Production's stack file with keys changed, or left out where the value is None."""
    configuration = as_engine("prod")
    for name, value in changes.items():
        key = name.replace("__", ":") if "__" in name else f"author-storage:{name}"
        configuration.pop(key, None)
        if value is not None:
            configuration[key] = value
    return configuration


@pytest.mark.parametrize("stack", stacks())
def test_each_stack_file_is_accepted_with_its_own_window(stack: str) -> None:
    settings = parse(stack, as_engine(stack))
    assert settings.environment == stack
    assert settings.recordings_window_days == int(as_engine(stack)["author-storage:recordingsWindowDays"])
    assert settings.allowed_accounts == (settings.account,)


def test_only_production_protects_and_only_local_is_disposable() -> None:
    sites = {stack: parse(stack, as_engine(stack)).site for stack in stacks()}
    assert {s for s, site in sites.items() if site.protect_data} == {"prod"}
    assert {s for s, site in sites.items() if site.disposable} == {"local"}


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("recordingsWindowDays", "0", "a whole number of days from 31"),
        ("recordingsWindowDays", "30", "a whole number of days from 31"),
        ("recordingsWindowDays", "45 days", "a whole number of days from 31"),
        ("recordingsWindowDays", "3651", "to 3650"),
        ("retentionSchedule", "cron(banana)", "rate(N minutes|hours|days)"),
        ("retentionSchedule", "cron(0 6 1 1,4,7,10 * *)", "One must be a question mark"),
        ("retentionSchedule", "0 2 * * *", "neither rate(...) nor cron(...)"),
        ("retentionSchedule", "rate(1 hours)", "the singular for 1"),
        ("retentionSchedule", "rate(0 hours)", "rate(N minutes|hours|days)"),
        ("retentionSilentAfterHours", "169", "from 1 to 168"),
        ("environment", "Prod", "S3 refuses the bucket name author-recordings-Prod"),
        ("environment", "x" * 50, "S3 refuses the bucket name"),
        ("environment", "a_b", "S3 refuses the bucket name"),
        ("environment", "eu-s3alias", "S3 reserves"),
        ("environment", "", "S3 refuses the bucket name"),
        ("account", "11111111111", "12-digit id"),
        ("account", "999999999999", "the account is 999999999999"),
        ("aws__allowedAccountIds", '["111111111111", "222222222222"]', "a list of exactly one"),
        ("aws__allowedAccountIds", "[]", "a list of exactly one"),
        ("aws__allowedAccountIds", "111111111111x", "a list of exactly one"),
        ("aws__region", "Virginia", "us-east-1"),
        ("owner", "Team A", "lower case"),
        ("retentionImage", "author-retention:latest", "by digest"),
        ("retentionEnabled", "true", "placeholder of an image"),
        ("retentionEnabled", "soon", "true or false"),
        ("retentionSubnets", "[]", "at least one subnet"),
        ("retentionSubnets", '["vpc-1"]', "at least one subnet"),
        ("retentionSecurityGroups", "[]", "at least one security group"),
        ("retentionDatabaseSecret", "postgres://author:hunter2@db", "full ARN"),
        (
            "retentionDatabaseSecret",
            "arn:aws:secretsmanager:us-east-1:999999999999:secret:author/database-AAAAAA",
            "the account is 111111111111",
        ),
        ("detectorModelVersion", "../../etc", "letters, digits"),
    ],
)
def test_an_impossible_value_names_stack_key_value_and_what_is_allowed(key: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse("prod", production(**{key: value}))
    message = str(refused.value)
    assert message.startswith("stack prod: ")
    assert key.replace("__", ":") in message or "aws:allowedAccountIds" in message
    assert value in message.replace('\\"', '"')
    assert allowed in message


@pytest.mark.parametrize(
    "key",
    [
        "environment", "account", "owner", "recordingsWindowDays", "retentionSchedule", "retentionSilentAfterHours",
        "retentionImage", "retentionEnabled", "retentionSubnets", "retentionSecurityGroups", "retentionDatabaseSecret",
        "detectorModelVersion", "aws__region", "aws__allowedAccountIds",
    ],
)  # fmt: skip
def test_a_missing_key_is_named(key: str) -> None:
    with pytest.raises(
        SettingsError, match=rf"stack prod: \S*{key.rsplit('__', maxsplit=1)[-1]} is missing; allowed: "
    ):
        parse("prod", production(**{key: None}))


def test_an_unknown_key_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(SettingsError, match=r"recordingWindowDays is not a setting; .*storage:recordingsWindowDays"):
        parse("prod", production(recordingWindowDays="45"))


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        parse("staging", production(recordingsWindowDays="0", owner=None, colour="red"))
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("endpoint", ["http://events.pagerduty.com/x/enqueue", "pagerduty", "https://"])
def test_a_refused_secret_is_not_shown(endpoint: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parse("prod", production(pagerdutyApi=endpoint))
    assert "pagerdutyApi is a secret; allowed: an https:// endpoint" in str(refused.value)
    assert f"is {endpoint}" not in str(refused.value)
    assert "enqueue" not in str(refused.value)


def test_the_schedule_may_be_enabled_once_the_image_is_real() -> None:
    settings = parse("prod", production(retentionImage=REAL_IMAGE, retentionEnabled="true"))
    assert settings.retention_enabled
    assert settings.retention_image == REAL_IMAGE


def test_other_namespaces_are_left_alone() -> None:
    configuration = {**production(), "aws:profile": "storage", "pulumi:tags": "{}"}
    assert parse("prod", configuration) == parse("prod", production())
