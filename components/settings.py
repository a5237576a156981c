"""A stack's configuration as one typed object, refused in a sentence where a value cannot be meant."""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from components.base import Site
from estate.errors import MendableError
from estate.names import PROJECT, Names
from semantics import bucket_names
from semantics.schedules import cron_problem, rate_problem

SHORTEST_WINDOW = 31
"""Days. Recordings reach Deep Archive on day 30, and S3 wants the expiration after the last transition."""

LONGEST_WINDOW = 3650
"""Days. Anything longer is a slip of the keyboard."""

NO_IMAGE = "0" * 64
"""Digest that stands for an image nobody has built yet."""

_NEITHER = "neither rate(...) nor cron(...)"
_SCHEDULE = "rate(N minutes|hours|days), or cron(...) in EventBridge's six fields"
_HTTPS = "an https:// endpoint, set with `pulumi config set --secret`"


class SettingsError(pulumi.RunError, MendableError):
    """A stack's configuration is unusable; one line a problem, each naming stack, key, value and what is allowed."""


def check_schedule(text: str) -> str:
    """Returns the schedule expression if EventBridge Scheduler takes it.

    Raises:
        ValueError: it doesn't parse; the message says which field.
    """
    rate, cron = rate_problem(text, strict=True), cron_problem(text)
    if rate and cron:
        raise ValueError(cron if text.startswith("cron(") else rate if text.startswith("rate(") else _NEITHER)
    return text


def check_bucket_name(name: str) -> str:
    """Returns the name if S3 takes it for a general purpose bucket, and TLS does.

    Dots are refused: a bucket with a dot has no valid TLS certificate, and plain HTTP is denied.

    Raises:
        ValueError: S3 or TLS refuses it.
    """
    problem = "no TLS certificate is valid for a name with a dot" if "." in name else bucket_names.problem(name)
    if problem:
        raise ValueError(f"S3 refuses the bucket name {name}: {problem}")
    return name


def _parsed(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("not a JSON list") from None


def _like(pattern: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError("not of that form")
        return text

    return AfterValidator(check)


def _https(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"https://[^\s/]+/\S+", secret.get_secret_value()):
        raise ValueError("not an https:// address")
    return secret


_Account = Annotated[str, _like(r"\d{12}")]
_Subnet = Annotated[str, _like(r"subnet-([0-9a-f]{8}|[0-9a-f]{17})")]
_SecurityGroup = Annotated[str, _like(r"sg-([0-9a-f]{8}|[0-9a-f]{17})")]
_Schedule = Annotated[str, AfterValidator(check_schedule)]
_Endpoint = Annotated[SecretStr, AfterValidator(_https)]
_List = BeforeValidator(_parsed)


def _key(key: str, allowed: str) -> Any:
    """A required field under its configuration key, with what is allowed in words."""
    return Field(alias=key if ":" in key else f"{PROJECT}:{key}", description=allowed)


def _optional(key: str, allowed: str) -> Any:
    return Field(None, alias=f"{PROJECT}:{key}", description=allowed)


class Settings(BaseModel):
    """What a stack chooses for itself; `pulumi config` shows the same under the keys given here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    environment: str = _key("environment", "a short name that S3 takes in bucket names, as prod")
    account: _Account = _key("account", "the 12-digit id of the environment's own AWS account")
    allowed_accounts: Annotated[tuple[str, ...], _List] = _key(
        "aws:allowedAccountIds", f"a list of exactly one 12-digit id, the same as {PROJECT}:account"
    )
    region: Annotated[str, _like(r"[a-z]{2}(-[a-z]+)+-\d")] = _key("aws:region", "an AWS region, as us-east-1")
    owner: Annotated[str, _like(r"[a-z][a-z0-9-]{1,62}")] = _key("owner", "the owning team's name in lower case")
    recordings_window_days: Annotated[int, Field(ge=SHORTEST_WINDOW, le=LONGEST_WINDOW)] = _key(
        "recordingsWindowDays",
        f"a whole number of days from {SHORTEST_WINDOW}, the day after the move to Deep Archive, to {LONGEST_WINDOW}",
    )
    retention_schedule: _Schedule = _key("retentionSchedule", _SCHEDULE)
    retention_silent_after_hours: Annotated[int, Field(ge=1, le=168)] = _key(
        "retentionSilentAfterHours", "whole hours from 1 to 168, as far as an alarm looks back"
    )
    retention_image: Annotated[
        str, _like(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[a-z0-9/._-]+@sha256:[0-9a-f]{64}")
    ] = _key("retentionImage", "an ECR image by digest: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME@sha256:DIGEST")
    retention_enabled: bool = _key("retentionEnabled", "true or false, and false until retentionImage is a real image")
    retention_subnets: Annotated[tuple[_Subnet, ...], _List, Field(min_length=1)] = _key(
        "retentionSubnets", "a list of at least one subnet id, as subnet-0123456789abcdef0"
    )
    retention_security_groups: Annotated[tuple[_SecurityGroup, ...], _List, Field(min_length=1)] = _key(
        "retentionSecurityGroups", "a list of at least one security group id, as sg-0123456789abcdef0"
    )
    retention_database_secret: Annotated[
        str, _like(r"arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}")
    ] = _key("retentionDatabaseSecret", "the full ARN of a Secrets Manager secret in the environment's account")
    detector_model_version: Annotated[str, _like(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")] = _key(
        "detectorModelVersion", "letters, digits, dots and dashes, as 2026.11.1"
    )
    pagerduty_api: _Endpoint | None = _optional("pagerdutyApi", _HTTPS)
    pagerduty_detector: _Endpoint | None = _optional("pagerdutyDetector", _HTTPS)
    estate_hash: Annotated[str, _like(r"[0-9a-f]{64}")] | None = _optional(
        "estateHash", "nothing: tools set it that run the program without engine, to learn the hash in the first place"
    )
    pagerduty_retention: _Endpoint | None = _optional("pagerdutyRetention", _HTTPS)

    @field_validator("environment")
    @classmethod
    def _buckets_can_exist(cls, environment: str) -> str:
        names = Names(environment, "", "")
        for bucket in (*names.data_buckets, names.access_logs, names.inventory, names.evidence):
            check_bucket_name(bucket)
        return environment

    @field_validator("allowed_accounts")
    @classmethod
    def _one_account(cls, accounts: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(accounts) != 1 or accounts[0] != info.data.get("account", accounts[0]):
            raise ValueError(f"the account is {info.data.get('account', 'not configured')}")
        return accounts

    @field_validator("retention_enabled")
    @classmethod
    def _image_exists(cls, enabled: bool, info: ValidationInfo) -> bool:  # noqa: FBT001  (pydantic passes it so)
        if enabled and str(info.data.get("retention_image", "")).endswith(NO_IMAGE):
            raise ValueError("retentionImage is the placeholder of an image that nobody has built yet")
        return enabled

    @field_validator("retention_database_secret")
    @classmethod
    def _own_secret(cls, arn: str, info: ValidationInfo) -> str:
        if (account := info.data.get("account")) and arn.split(":")[4] != account:
            raise ValueError(f"the account is {account}")
        return arn

    @property
    def site(self) -> Site:
        """Where the stack's components stand."""
        names = Names(self.environment, self.account, self.region)
        return Site(names, self.owner, protect_data=self.environment == "prod", disposable=self.environment == "local")

    @property
    def pagerduty_endpoints(self) -> dict[str, SecretStr | None]:
        """Service → PagerDuty's endpoint, where one is configured."""
        endpoints = self.pagerduty_api, self.pagerduty_detector, self.pagerduty_retention
        return dict(zip(self.site.names.services, endpoints, strict=True))


def load() -> Settings:
    """Reads the configuration of the stack that runs.

    Raises:
        SettingsError: something is missing, unknown or impossible; it lists every problem.
    """
    return parse(pulumi.get_stack(), {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()})


def parse(stack: str, configuration: Mapping[str, Any]) -> Settings:
    """Makes settings of a configuration as the engine hands it over: full key → text, lists as JSON.

    Raises:
        SettingsError: see `load`.
    """
    known = {str(field.alias) for field in Settings.model_fields.values()}
    ours = {k: v for k, v in configuration.items() if k.startswith(f"{PROJECT}:") or k in known}
    try:
        return Settings.model_validate(ours)
    except ValidationError as error:
        lines = [f"stack {stack}: {_sentence(e, ours)}" for e in error.errors(include_url=False)]
        raise SettingsError("\n".join(lines)) from None


def _sentence(error: ErrorDetails, configuration: Mapping[str, Any]) -> str:
    key = str(error["loc"][0])
    field = next((f for f in Settings.model_fields.values() if f.alias == key), None)
    if field is None:
        settings = sorted(str(f.alias) for f in Settings.model_fields.values())
        return f"{key} is not a setting; the settings are {', '.join(settings)}"
    if error["type"] == "missing":
        return f"{key} is missing; allowed: {field.description}"
    shown = "a secret" if "SecretStr" in str(field.annotation) else json.dumps(configuration[key])
    reason = str(error.get("ctx", {}).get("error", ""))
    return f"{key} is {shown}; allowed: {field.description}" + (f" ({reason})" if reason else "")
