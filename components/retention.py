import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import retention_roles
from components.base import Component, Section, Site
from components.dead_letters import DeadLetters, DeadLettersArgs
from components.function import KEEP_LOGS_DAYS
from components.policy import Statement, trust
from components.role import ServiceRole, ServiceRoleArgs
from components.schedules import ScheduleGroup, exactly_on_time, retry_policy


@dataclass(frozen=True)
class RetentionArgs:
    """Arguments of `Retention`: Fargate starts nothing where one of them is missing.

    Attributes:
        window_days: retention window that the job enforces.
        schedule: when it runs, in UTC.
        enabled: whether the schedule runs; only once the image exists.
        image: ECR image by digest.
        subnets: subnets that it runs in.
        security_groups: security groups that let it reach the database.
        database_secret: ARN of the secret with the database's address and password.
        group: group of its schedule.

    Raises:
        ValueError: one of them is missing; the message names it.
    """

    window_days: int
    schedule: str
    enabled: bool
    image: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    database_secret: str
    group: ScheduleGroup

    def __post_init__(self) -> None:
        wanted = ("window_days", "schedule", "image", "subnets", "security_groups", "database_secret")
        if missing := [name for name in wanted if not getattr(self, name)]:
            raise ValueError(f"retention: {', '.join(missing)} missing; a task without cannot be started")
        if "@sha256:" not in self.image:
            raise ValueError(f"retention: image {self.image} has no digest; a tag can change under the job's feet")


class Retention(Component):
    """The job that enforces contractual deletion: a Fargate task on a schedule, with nothing it doesn't need.

    Attributes:
        log_group: where it logs; what reads the log depends on it.
    """

    runbook = Section.RETENTION

    def __init__(self, name: str, site: Site, args: RetentionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        names = site.names
        self.log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=names.retention_log_group,
            retention_in_days=KEEP_LOGS_DAYS,
            tags=self.tags,
            opts=self.child(),
        )
        window = aws.ssm.Parameter(
            f"{name}-window",
            name=names.retention_window_parameter,
            type="String",
            value=str(args.window_days),
            description="Days that recordings are kept.",
            tags=self.tags,
            opts=self.child(),
        )
        tasks = trust("ecs-tasks.amazonaws.com", names, names.arn("ecs", "*"))
        job = self._role(name, "role", "Taken on by the retention job.", tasks, retention_roles.job(names))
        execution = self._role(
            f"{name}-execution",
            "execution-role",
            "Taken on by ECS to start the retention job.",
            tasks,
            retention_roles.execution(names, args.image, args.database_secret),
        )
        task = self._task(name, args, job, execution, depends_on=[self.log_group, window, job.policy, execution.policy])
        self._schedule(name, args, job, execution, task)
        self.finish(log_group=names.retention_log_group)

    def _role(self, name: str, suffix: str, description: str, trusted: str, may: list[Statement]) -> ServiceRole:
        role = f"{self.site.names.retention}-{suffix}"
        return ServiceRole(
            f"{name}-role", self.site, ServiceRoleArgs(role, description, trusted, may, self.runbook), self.child()
        )

    def _task(
        self,
        name: str,
        args: RetentionArgs,
        job: ServiceRole,
        execution: ServiceRole,
        *,
        depends_on: Sequence[pulumi.Resource],
    ) -> aws.ecs.TaskDefinition:
        names = self.site.names
        container = {
            "name": names.retention,
            "image": args.image,
            "essential": True,
            "readonlyRootFilesystem": True,
            "environment": [
                {"name": "RECORDINGS_BUCKET", "value": names.recordings},
                {"name": "EVIDENCE_BUCKET", "value": names.evidence},
                {"name": "ACCOUNT", "value": names.account},
                {"name": "STOP_PARAMETER", "value": names.stop_parameter},
            ],
            "secrets": [
                {"name": "DATABASE", "valueFrom": args.database_secret},
                {
                    "name": "RETENTION_WINDOW_DAYS",
                    "valueFrom": names.parameter_arn(names.retention_window_parameter),
                },
            ],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": names.retention_log_group,
                    "awslogs-region": names.region,
                    "awslogs-stream-prefix": "run",
                },
            },
        }
        return aws.ecs.TaskDefinition(
            name,
            family=names.retention,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu="512",
            memory="1024",
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                operating_system_family="LINUX", cpu_architecture="ARM64"
            ),
            task_role_arn=job.arn,
            execution_role_arn=execution.arn,
            container_definitions=json.dumps([container]),
            tags=self.tags,
            opts=self.child(depends_on=depends_on),
        )

    def _schedule(
        self, name: str, args: RetentionArgs, job: ServiceRole, execution: ServiceRole, task: pulumi.Resource
    ) -> None:
        names = self.site.names
        cluster = aws.ecs.Cluster(
            f"{name}-cluster",
            name=names.retention,
            settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enabled")],
            tags=self.tags,
            opts=self.child(),
        )
        dead_letters = DeadLetters(
            f"{name}-dead-letters",
            self.site,
            DeadLettersArgs(names.dead_letters(names.retention), self.runbook),
            self.child(),
        )
        role = self._role(
            f"{name}-schedule",
            "schedule-role",
            "Taken on by EventBridge Scheduler to start the retention job.",
            trust("scheduler.amazonaws.com", names, names.schedule_group_arn(names.schedule_group)),
            retention_roles.schedule(names, job.arn, execution.arn),
        )
        network = aws.scheduler.ScheduleTargetEcsParametersNetworkConfigurationArgs(
            subnets=list(args.subnets), security_groups=list(args.security_groups), assign_public_ip=False
        )
        aws.scheduler.Schedule(
            name,
            name=names.retention,
            group_name=names.schedule_group,
            description="Starts the retention job.",
            schedule_expression=args.schedule,
            schedule_expression_timezone="UTC",
            state="ENABLED" if args.enabled else "DISABLED",
            flexible_time_window=exactly_on_time(),
            target=aws.scheduler.ScheduleTargetArgs(
                arn=names.cluster_arn(names.retention),
                role_arn=role.arn,
                retry_policy=retry_policy(),
                dead_letter_config=aws.scheduler.ScheduleTargetDeadLetterConfigArgs(arn=dead_letters.arn),
                ecs_parameters=aws.scheduler.ScheduleTargetEcsParametersArgs(
                    task_definition_arn=names.task_definition_arn(names.retention),
                    launch_type="FARGATE",
                    task_count=1,
                    network_configuration=network,
                ),
            ),
            opts=self.child(depends_on=[args.group.group, role.policy, cluster, task, dead_letters.queue]),
        )
