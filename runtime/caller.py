"""Who is asking, and whether the account is the stack's: settled before anything else is read or deleted."""

from typing import Any, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from estate.errors import MendableError


class CallerError(MendableError):
    """There are no credentials, or they are of another account."""


def session(profile: str | None = None, region: str | None = None) -> boto3.Session:
    """Makes a session for a profile of the AWS configuration, or for the environment's credentials.

    Raises:
        CallerError: there is no such profile.
    """
    try:
        return boto3.Session(profile_name=profile, region_name=region)
    except ProfileNotFound:
        raise CallerError(
            f"no profile {profile} in the AWS configuration; `aws configure list-profiles` names them"
        ) from None


def identify(asking: boto3.Session, account: str, region: str) -> str:
    """Returns the caller's ARN, if the caller is in the account.

    Raises:
        CallerError: there are no credentials, they are refused, or they belong to another account.
    """
    identity = _identity(asking, region)
    if identity["Account"] != account:
        raise CallerError(
            f"the credentials belong to account {identity['Account']}, the stack to {account}; nothing was read or "
            "deleted. Choose credentials of that account"
        )
    return str(identity["Arn"])


def account_of(asking: boto3.Session, region: str) -> str:
    """Returns the id of the caller's account.

    Raises:
        CallerError: there are no credentials, or they are refused.
    """
    return str(_identity(asking, region)["Account"])


def _identity(asking: boto3.Session, region: str) -> dict[str, Any]:
    try:
        return cast("Any", asking).client("sts", region_name=region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise CallerError(f"no usable credentials: {error}. Log in, or choose another profile") from error
