"""Every physical name and ARN of an environment, from configuration alone.

Policies name what they grant by these ARNs and never by a resource's output, so that a first preview knows them in
full. KMS key ids are random; policies name keys by alias instead (`components.policy.key_condition`).
"""

from dataclasses import dataclass

from estate.secrets import ENDPOINT_DIGEST

PREFIX = "author"
"""What every name begins with: bucket, role, alarm, parameter, metric. `scripts/rename_estate.py` makes it another."""

PROJECT = f"{PREFIX}-storage"
"""Value of the tag `project`; the name in Pulumi.yaml and the namespace of the configuration."""


NAMESPACE = f"{PREFIX.capitalize()}/Storage"
"""CloudWatch namespace of every metric of ours."""


@dataclass(frozen=True)
class DataBucket:
    """A class of buckets that hold users' data, one bucket an environment.

    What each of them has (alarms, outputs, deliveries of logs and inventories, widgets) loops over `DATA_BUCKETS`.

    Attributes:
        short: its name without what all names share, as `temporary-uploads`.
        versioned: whether deleting leaves a delete marker, which the dashboard counts.
        plain_in_production: whether production's bucket has the runbook's very name, without the environment.
    """

    short: str
    versioned: bool = False
    plain_in_production: bool = False

    @property
    def sid(self) -> str:
        """The name as part of a statement's id, as `TemporaryUploads`."""
        return "".join(word.capitalize() for word in self.short.split("-"))


RECORDINGS = DataBucket("recordings", versioned=True)
EXPORTS = DataBucket("exports", versioned=True)
TEMPORARY_UPLOADS = DataBucket("temporary-uploads", plain_in_production=True)
DATA_BUCKETS = (RECORDINGS, EXPORTS, TEMPORARY_UPLOADS)
"""Every class of data buckets."""


@dataclass(frozen=True)
class Names:
    """Names in one environment; each environment has an AWS account of its own, so only bucket names carry it.

    Attributes:
        environment: as `prod`.
        account: AWS account id, 12 digits.
        region: AWS region, as `us-east-1`.
    """

    environment: str
    account: str
    region: str

    # Buckets: one namespace for the whole world, hence the environment in the name.

    @property
    def recordings(self) -> str:
        """Bucket of the recordings (runbook: Lifecycle)."""
        return self.bucket(RECORDINGS)

    @property
    def exports(self) -> str:
        """Bucket of the exports (runbook: Lifecycle)."""
        return self.bucket(EXPORTS)

    @property
    def temporary_uploads(self) -> str:
        """Bucket emptied every day; production's has the runbook's very name."""
        return self.bucket(TEMPORARY_UPLOADS)

    @property
    def access_logs(self) -> str:
        """Bucket that receives the data buckets' access logs."""
        return f"{PREFIX}-access-logs-{self.environment}"

    @property
    def inventory(self) -> str:
        """Bucket that receives the weekly inventories."""
        return f"{PREFIX}-inventory-{self.environment}"

    @property
    def evidence(self) -> str:
        """Object-locked bucket of audit reports and deletion evidence."""
        return f"{PREFIX}-evidence-{self.environment}"

    @property
    def data_buckets(self) -> tuple[str, ...]:
        """The buckets that hold users' data."""
        return tuple(map(self.bucket, DATA_BUCKETS))

    def bucket(self, of: DataBucket) -> str:
        """Bucket of a class, in this environment."""
        plain = of.plain_in_production and self.environment == "prod"
        return f"{PREFIX}-{of.short}" + ("" if plain else f"-{self.environment}")

    def bucket_key(self, of: DataBucket) -> str:
        """Alias of the key that encrypts a class of buckets."""
        return f"alias/{PREFIX}-{of.short}"

    # What runs, and what stands about it. One account an environment: no environment in these names.

    @property
    def services(self) -> tuple[str, str, str]:
        """PagerDuty services, each with a topic of the same name (runbook: On call)."""
        return f"{PREFIX}-api", f"{PREFIX}-detector", f"{PREFIX}-retention"

    @property
    def retention(self) -> str:
        """The retention job: cluster, task family, container, schedule, and the start of its other names."""
        return f"{PREFIX}-retention"

    @property
    def retention_log_group(self) -> str:
        """Where the retention job logs (runbook: Retention job)."""
        return f"/{PREFIX}/retention"

    @property
    def retention_window_parameter(self) -> str:
        """Parameter that tells the job the window."""
        return f"/{PREFIX}/retention/RETENTION_WINDOW_DAYS"

    @property
    def vault(self) -> str:
        """Glacier vault whose archives the job may delete; vaults are older than the S3 class of that name."""
        return f"{PREFIX}-recordings-{self.environment}"

    @property
    def cleanup(self) -> str:
        """The function that empties the temporary uploads, and the start of its other names."""
        return f"{PREFIX}-temporary-uploads-cleanup"

    @property
    def cleanup_schedule(self) -> str:
        """Schedule that empties the temporary uploads."""
        return f"{PREFIX}-temporary-uploads-clean"

    @property
    def measure_schedule(self) -> str:
        """Schedule that measures the temporary uploads' backlog."""
        return f"{PREFIX}-temporary-uploads-measure"

    @property
    def drift_audit(self) -> str:
        """The function that audits the account, its quarterly schedule, and the start of its other names."""
        return f"{PREFIX}-drift-audit"

    @property
    def drift_metrics_schedule(self) -> str:
        """Schedule that audits every day, for the metrics only."""
        return f"{PREFIX}-drift-metrics"

    @property
    def schedule_group(self) -> str:
        """EventBridge Scheduler group of every schedule here."""
        return f"{PREFIX}-storage"

    @property
    def dead_letter_queues(self) -> tuple[str, ...]:
        """Queues of what schedules and functions could not do; each is watched by an alarm."""
        return tuple(self.dead_letters(of) for of in (self.retention, self.cleanup, self.drift_audit))

    def dead_letters(self, of: str) -> str:
        """Dead-letter queue of a job or function."""
        return f"{of}-dead-letters"

    def function_log_group(self, function: str) -> str:
        """Log group that Lambda writes to by itself."""
        return f"/aws/lambda/{function}"

    @property
    def stop_parameter(self) -> str:
        """Parameter that stops every deleter before its next batch while it says anything but `run`."""
        return f"/{PREFIX}/storage/DELETERS"

    @property
    def deployment_opened(self) -> str:
        """Parameter with the hash of what is deployed, written before everything else."""
        return f"/{PREFIX}/deployment/opened"

    @property
    def deployment_closed(self) -> str:
        """Parameter with the hash of what is deployed, written after everything else."""
        return f"/{PREFIX}/deployment/closed"

    def endpoint_digest(self, service: str) -> str:
        """Parameter with the keyed hash of a service's PagerDuty endpoint."""
        return f"/{PREFIX}/notifications/{service}/{ENDPOINT_DIGEST}"

    @property
    def detector_parameter(self) -> str:
        """Parameter with the detector's model version (runbook: Incident response)."""
        return f"/{PREFIX}/detector/DETECTOR_MODEL_VERSION"

    @property
    def replicas_parameter(self) -> str:
        """Parameter with the number of workers for a saturated queue (runbook: Incident response)."""
        return f"/{PREFIX}/workers/REPLICAS_WHEN_SATURATED"

    @property
    def backpressure_parameter(self) -> str:
        """Parameter that makes the ingestion gateway refuse (runbook: Incident response)."""
        return f"/{PREFIX}/ingestion/BACKPRESSURE"

    # Keys: policies name them by alias.

    @property
    def recordings_key(self) -> str:
        """Alias of the key that encrypts recordings."""
        return self.bucket_key(RECORDINGS)

    @property
    def exports_key(self) -> str:
        """Alias of the key that encrypts exports."""
        return self.bucket_key(EXPORTS)

    @property
    def temporary_uploads_key(self) -> str:
        """Alias of the key that encrypts temporary uploads."""
        return self.bucket_key(TEMPORARY_UPLOADS)

    @property
    def evidence_key(self) -> str:
        """Alias of the key that encrypts evidence."""
        return f"alias/{PREFIX}-evidence"

    @property
    def notifications_key(self) -> str:
        """Alias of the key that encrypts messages in the topics."""
        return f"alias/{PREFIX}-notifications"

    # ARNs, by kind of thing.

    def arn(self, service: str, resource: str) -> str:
        """ARN of a regional resource of this account."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    @property
    def root(self) -> str:
        """The account itself as a principal."""
        return f"arn:aws:iam::{self.account}:root"

    @property
    def any_key(self) -> str:
        """Every KMS key of the account: to be used only with `key_condition`."""
        return self.arn("kms", "key/*")

    def bucket_arn(self, bucket: str) -> str:
        """ARN of a bucket; its objects are `<arn>/*`."""
        return f"arn:aws:s3:::{bucket}"

    def role_arn(self, role: str) -> str:
        """ARN of an IAM role."""
        return f"arn:aws:iam::{self.account}:role/{role}"

    def topic_arn(self, topic: str) -> str:
        """ARN of an SNS topic."""
        return self.arn("sns", topic)

    def queue_arn(self, queue: str) -> str:
        """ARN of an SQS queue."""
        return self.arn("sqs", queue)

    def function_arn(self, function: str) -> str:
        """ARN of a Lambda function."""
        return self.arn("lambda", f"function:{function}")

    def log_group_arn(self, group: str) -> str:
        """ARN of a log group; its streams are `<arn>:*`."""
        return self.arn("logs", f"log-group:{group}")

    def parameter_arn(self, parameter: str) -> str:
        """ARN of an SSM parameter whose name begins with a slash."""
        return self.arn("ssm", f"parameter{parameter}")

    def schedule_group_arn(self, group: str) -> str:
        """ARN of an EventBridge Scheduler group."""
        return self.arn("scheduler", f"schedule-group/{group}")

    def rule_arn(self, rule: str) -> str:
        """ARN of an EventBridge rule on the default bus."""
        return self.arn("events", f"rule/{rule}")

    def alarm_arn(self, alarm: str) -> str:
        """ARN of a CloudWatch alarm; `*` for all whose name begins so."""
        return self.arn("cloudwatch", f"alarm:{alarm}")

    def cluster_arn(self, cluster: str) -> str:
        """ARN of an ECS cluster."""
        return self.arn("ecs", f"cluster/{cluster}")

    def task_definition_arn(self, family: str) -> str:
        """ARN of a task definition without revision, which stands for the newest active one."""
        return self.arn("ecs", f"task-definition/{family}")
