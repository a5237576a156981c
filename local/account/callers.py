"""Who sends a request, as policies name them."""

from dataclasses import dataclass
from typing import Any, cast

from moto.iam.access_control import AssumedRoleAccessKey, CreateAccessKeyFailure, create_access_key
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.s3.responses import S3Response
from moto.utilities.utils import get_partition

from local.account.documents import as_list
from local.account.record import ACCOUNT_ID, REGION
from local.account.s3call import authorization_is_on, is_root

ROOT_ARN = f"arn:aws:iam::{ACCOUNT_ID}:root"
ACCOUNT = {ACCOUNT_ID, ROOT_ARN}


@dataclass(frozen=True)
class Caller:
    """A principal of this account.

    Attributes:
        arn: what `aws:PrincipalArn` is: of a user, a role or the root user.
        session: a role's session; empty for others.
        kind: what `aws:PrincipalType` is.
    """

    arn: str = ROOT_ARN
    session: str = ""
    kind: str = "Account"

    @property
    def is_root(self) -> bool:
        """Whether it is the account itself."""
        return self.arn == ROOT_ARN

    def named_by(self, principal: Any) -> str:
        """How a Principal element names the caller: `itself`, `its account`, or empty where it does not."""
        if principal == "*":
            return "itself"
        found = cast("dict[str, Any]", principal) if isinstance(principal, dict) else {}
        named = {str(name) for name in as_list(found.get("AWS"))}
        if named & {"*", self.arn, self.session} or (self.is_root and named & ACCOUNT):
            return "itself"
        return "its account" if named & ACCOUNT else ""


def caller_of(call: S3Response) -> Caller:
    """Return who sends a request; whoever it is while authorization is off is taken for the root user."""
    if not authorization_is_on() or is_root(call):
        return Caller()
    identifier = call.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
    partition = get_partition(REGION)
    try:
        key: Any = create_access_key(ACCOUNT_ID, partition, identifier, call.headers)
    except CreateAccessKeyFailure:
        return Caller("", "", "Anonymous")
    if not isinstance(key, AssumedRoleAccessKey):
        return Caller(key.arn, "", "User")
    try:
        role = iam_backends[ACCOUNT_ID][partition].get_role(vars(key)["_owner_role_name"])
    except NotFoundException:
        return Caller("", key.arn, "AssumedRole")
    return Caller(role.arn, key.arn, "AssumedRole")
