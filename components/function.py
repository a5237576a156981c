from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.dead_letters import DeadLetters, DeadLettersArgs
from components.policy import Statement, allow, trust
from components.role import ServiceRole, ServiceRoleArgs
from estate.errors import MendableError

RUNTIME = "python3.13"
KEEP_LOGS_DAYS = 400
"""As long as access logs: an incident is looked into with both."""


ROOT = Path(__file__).resolve().parent.parent


class PackageError(pulumi.RunError, MendableError):
    """A function's zip has not been built."""


def packaged(name: str) -> str:
    """Returns where `make package` puts a function's zip, relative to the project: states name no machine's folders.

    Raises:
        PackageError: it has not been built.
    """
    path = f"build/functions/{name}.zip"
    if not (ROOT / path).exists():
        raise PackageError(f"function {name}: {path} has not been built; run `make package`")
    return path


@dataclass(frozen=True)
class FunctionArgs:
    """Arguments of `Function`.

    Attributes:
        function: physical name; its role, queue and log group are named after it.
        description: what it does.
        package: path of its zip, from `packaged`.
        handler: dotted path of the entry point in the zip.
        environment: its environment variables.
        statements: what its role may do besides logging and reporting failures.
        runbook: section of the runbook that it serves.
        timeout_seconds: after which Lambda ends it.
        memory_mb: memory, and in proportion processor.
    """

    function: str
    description: str
    package: str
    handler: str
    environment: Mapping[str, str]
    statements: Sequence[Statement]
    runbook: Section
    timeout_seconds: int = 900
    memory_mb: int = 1024


class Function(Component):
    """A Lambda function with a role, a log group and a dead-letter queue of its own.

    A failed asynchronous run is not repeated by Lambda: it goes to the queue, an alarm says so, and the next run of
    the schedule is the repetition.

    Attributes:
        arn: its ARN, from names alone.
        function: the function; what calls it depends on it.
        dead_letters: its queue.
    """

    runbook = Section.HYGIENE

    def __init__(self, name: str, site: Site, args: FunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts, runbook=args.runbook)
        names = site.names
        self.arn = names.function_arn(args.function)
        self.dead_letters = DeadLetters(
            f"{name}-dead-letters",
            site,
            DeadLettersArgs(names.dead_letters(args.function), args.runbook),
            self.child(),
        )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=names.function_log_group(args.function),
            retention_in_days=KEEP_LOGS_DAYS,
            tags=self.tags,
            opts=self.child(),
        )
        role = self._role(name, args)
        self.function = self._declare(name, args, role, depends_on=[logs, role.policy])
        aws.lambda_.FunctionEventInvokeConfig(
            f"{name}-invoke",
            function_name=args.function,
            maximum_retry_attempts=0,
            destination_config=aws.lambda_.FunctionEventInvokeConfigDestinationConfigArgs(
                on_failure=aws.lambda_.FunctionEventInvokeConfigDestinationConfigOnFailureArgs(
                    destination=self.dead_letters.arn
                )
            ),
            opts=self.child(depends_on=[self.function, self.dead_letters.queue]),
        )
        self.finish(function=args.function)

    def _role(self, name: str, args: FunctionArgs) -> ServiceRole:
        names = self.site.names
        streams = f"{names.log_group_arn(names.function_log_group(args.function))}:*"
        statements = [
            allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]),
            allow("ReportFailure", ["sqs:SendMessage"], [self.dead_letters.arn]),
            *args.statements,
        ]
        return ServiceRole(
            f"{name}-role",
            self.site,
            ServiceRoleArgs(
                f"{args.function}-role",
                f"Taken on by the function {args.function}.",
                trust("lambda.amazonaws.com", names, self.arn),
                statements,
                args.runbook,
            ),
            self.child(),
        )

    def _declare(
        self, name: str, args: FunctionArgs, role: ServiceRole, *, depends_on: Sequence[pulumi.Resource]
    ) -> aws.lambda_.Function:
        return aws.lambda_.Function(
            name,
            name=args.function,
            description=args.description,
            role=role.arn,
            runtime=RUNTIME,
            architectures=["arm64"],
            handler=args.handler,
            code=pulumi.FileArchive(args.package),
            timeout=args.timeout_seconds,
            memory_size=args.memory_mb,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=args.environment),
            tags=self.tags,
            opts=self.child(depends_on=depends_on),
        )
