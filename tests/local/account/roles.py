"""Roles to test authorization with."""

import json
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

from tests.local.account.conftest import Aws


@dataclass(frozen=True)
class Role(Aws):
    """Clients under a role's session; `role` is its ARN."""

    role: str = ""


@contextmanager
def authorized(endpoint: str, *, on: bool = True) -> Generator[None]:
    """Let policies decide for the time of a `with` block."""

    def switch(value: bytes) -> None:
        request = Request(f"{endpoint}/moto-api/reset-auth", data=value, headers={"Content-Type": "text/plain"})  # noqa: S310
        urlopen(request).close()  # noqa: S310 - loopback

    switch(b"0" if on else b"inf")
    try:
        yield
    finally:
        switch(b"inf")


def allow(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def as_role(aws: Aws, *statements: dict[str, Any]) -> Role:
    """Return clients under a new role with these statements."""
    name = f"role-{uuid.uuid4().hex[:8]}"
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    arn = aws.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        aws.iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy)
    found = aws.sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return Role(aws.endpoint, found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"], arn)
