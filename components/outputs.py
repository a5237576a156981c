"""What other systems and people need of a stack: `pulumi stack output`."""

from dataclasses import dataclass, fields

import pulumi

from components.dashboard import NAME as DASHBOARD
from estate.names import DATA_BUCKETS, Names


@dataclass(frozen=True)
class Outputs:
    """The outputs of a stack, each under its name in camelCase. None is secret; secrets never leave the configuration.

    Each class of data buckets has one more, the name of its bucket: `recordingsBucket`, `exportsBucket`, …

    Attributes:
        account: AWS account id; every tool that reads or deletes compares it with its caller's first.
        region: AWS region.
        access_logs_bucket: who asked the data buckets for what.
        inventory_bucket: weekly lists of the data buckets, for finding orphans.
        evidence_bucket: audit reports and what was deleted.
        encryption_keys: bucket → alias of its KMS key; a writer needs kms:GenerateDataKey on it.
        topics: PagerDuty service → ARN of the topic that pages it.
        retention_log_group: where to validate a run of the retention job.
        retention_task: task family, to be started by hand as the runbook says.
        cleanup_function: function to trigger by hand when temporary uploads pile up.
        stop_parameter: SSM parameter that stops every deleter unless it says `run`.
        dashboard: name of the CloudWatch dashboard.
    """

    account: str
    region: str
    access_logs_bucket: str
    inventory_bucket: str
    evidence_bucket: str
    encryption_keys: dict[str, str]
    topics: dict[str, str]
    retention_log_group: str
    retention_task: str
    cleanup_function: str
    stop_parameter: str
    dashboard: str


def outputs_of(names: Names) -> Outputs:
    """Makes the outputs, all from names alone: they are known before anything is deployed."""
    keys = {names.bucket(of): names.bucket_key(of) for of in DATA_BUCKETS}
    return Outputs(
        account=names.account,
        region=names.region,
        access_logs_bucket=names.access_logs,
        inventory_bucket=names.inventory,
        evidence_bucket=names.evidence,
        encryption_keys={**keys, names.evidence: names.evidence_key},
        topics={service: names.topic_arn(service) for service in names.services},
        retention_log_group=names.retention_log_group,
        retention_task=names.retention,
        cleanup_function=names.cleanup,
        stop_parameter=names.stop_parameter,
        dashboard=DASHBOARD,
    )


def export(names: Names) -> None:
    """Exports the stack's outputs."""
    outputs = outputs_of(names)
    for of in DATA_BUCKETS:
        pulumi.export(_camel(f"{of.short}-bucket", "-"), names.bucket(of))
    for field in fields(outputs):
        pulumi.export(_camel(field.name, "_"), getattr(outputs, field.name))


def _camel(name: str, separator: str) -> str:
    head, *tail = name.split(separator)
    return head + "".join(map(str.capitalize, tail))
