"""Clients of this checkout's account, as its root user."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from local.account.daemon import Account, AccountError, status

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sts import STSClient


def running(state: Path) -> Account:
    """Return the account of a state folder.

    Raises:
        AccountError: none runs, or it does not answer.
    """
    account = status(state)
    if account is None:
        raise AccountError("No embedded account runs; start one with `make up`.")
    return account


@dataclass(frozen=True)
class Clients:
    """Clients of one account."""

    account: Account

    def make(self, service: str, **credentials: str | None) -> Any:
        """Make a client, as root unless other credentials are given in boto3's words."""
        environment = self.account.environment()
        root = {
            "aws_access_key_id": environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": environment["AWS_SECRET_ACCESS_KEY"],
        }
        # The stubs cover only the services in use, which leaves the overloads partly unknown.
        client: Callable[..., Any] = boto3.Session().client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return client(
            service, endpoint_url=self.account.endpoint, region_name=self.account.region, **(credentials or root)
        )

    @cached_property
    def cloudwatch(self) -> "CloudWatchClient":
        """CloudWatch."""
        return self.make("cloudwatch")

    @cached_property
    def iam(self) -> "IAMClient":
        """IAM."""
        return self.make("iam")

    @cached_property
    def scheduler(self) -> "EventBridgeSchedulerClient":
        """EventBridge Scheduler."""
        return self.make("scheduler")

    @cached_property
    def sns(self) -> "SNSClient":
        """SNS."""
        return self.make("sns")

    @cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        return self.make("sqs")

    @cached_property
    def sts(self) -> "STSClient":
        """STS."""
        return self.make("sts")
