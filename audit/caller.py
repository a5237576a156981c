"""Who is asking, and whether the account is the stack's: settled before anything else is read."""

from typing import Any, cast

import boto3
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from audit.run import AuditError


def session(profile: str | None) -> boto3.Session:
    """A session for a profile of the AWS configuration, or for the environment's credentials.

    Raises:
        AuditError: there is no such profile.
    """
    try:
        return boto3.Session(profile_name=profile)
    except ProfileNotFound as error:
        raise AuditError(
            f"no profile {profile} in the AWS configuration; `aws configure list-profiles` names them"
        ) from error


def identify(asking: boto3.Session, account: str, region: str) -> str:
    """Returns the caller's ARN.

    Raises:
        AuditError: there are no credentials, they are refused, or they belong to another account.
    """
    try:
        identity: dict[str, Any] = cast("Any", asking).client("sts", region_name=region).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise AuditError(f"no usable credentials: {error}. Log in, or name a profile with --profile") from error
    if identity["Account"] != account:
        raise AuditError(
            f"the credentials belong to account {identity['Account']}, the stack to {account}; nothing was read. "
            "Name the right profile with --profile"
        )
    return str(identity["Arn"])
