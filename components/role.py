from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.policy import Statement, document


@dataclass(frozen=True)
class ServiceRoleArgs:
    """Arguments of `ServiceRole`.

    Attributes:
        role: physical name.
        description: what takes it on, and for what.
        trust: trust policy, from `components.policy.trust`.
        statements: everything it may do.
        runbook: section of the runbook that it serves.
    """

    role: str
    description: str
    trust: str
    statements: Sequence[Statement]
    runbook: Section


class ServiceRole(Component):
    """A role that one AWS service takes on, with one inline policy that says all it may do.

    Attributes:
        arn: its ARN, from names alone.
        policy: the policy; what takes the role on depends on it.
    """

    runbook = Section.RETENTION

    def __init__(
        self, name: str, site: Site, args: ServiceRoleArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts, runbook=args.runbook)
        self.arn = site.names.role_arn(args.role)
        role = aws.iam.Role(
            name,
            name=args.role,
            description=args.description,
            assume_role_policy=args.trust,
            tags=self.tags,
            opts=self.child(),
        )
        self.policy = aws.iam.RolePolicy(
            f"{name}-policy",
            name="permissions",
            role=role.name,
            policy=document(*args.statements),
            opts=self.child(),
        )
        self.finish(role=args.role)
