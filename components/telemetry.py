import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from components.policy import allow, document
from estate.names import NAMESPACE, PREFIX

RULE = f"{PREFIX}-lifecycle-events"

LOG_GROUP = f"/aws/events/{PREFIX}-storage"
"""EventBridge's console offers only log groups under /aws/events."""

WRITERS = ("events.amazonaws.com", "delivery.logs.amazonaws.com")

STORAGE_CLASS_CHANGED = "Object Storage Class Changed"
DELETED = "Object Deleted"
RESTORE_COMPLETED = "Object Restore Completed"


@dataclass(frozen=True)
class Count:
    """One metric made of one kind of S3 event.

    Attributes:
        metric: its name.
        event: detail type.
        dimensions: name → path in the event. CloudWatch publishes nothing where a field is absent.
        deletion_type: which deletions it counts; empty for other events.
    """

    metric: str
    event: str
    dimensions: Mapping[str, str]
    deletion_type: str = ""

    @property
    def pattern(self) -> str:
        """Its filter pattern; every field that becomes a dimension stands in it."""
        terms = [f'$.detail-type = "{self.event}"']
        if self.deletion_type:
            terms.append(f'$.detail.deletion-type = "{self.deletion_type}"')
        terms += [f"{path} = *" for path in self.dimensions.values()]
        return "{ " + " && ".join(f"({term})" for term in terms) + " }"


BUCKET = {"Bucket": "$.detail.bucket.name"}
COUNTS = (
    Count("Transitions", STORAGE_CLASS_CHANGED, BUCKET | {"StorageClass": "$.detail.destination-storage-class"}),
    Count("DeleteMarkers", DELETED, BUCKET | {"Reason": "$.detail.reason"}, "Delete Marker Created"),
    Count("PermanentDeletions", DELETED, BUCKET | {"Reason": "$.detail.reason"}, "Permanently Deleted"),
    Count("CompletedRestores", RESTORE_COMPLETED, BUCKET | {"StorageClass": "$.detail.source-storage-class"}),
)
"""Source of the events' fields: S3 user guide, "EventBridge event message structure"
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html), read 2026-11-24."""


@dataclass(frozen=True)
class TelemetryArgs:
    """Arguments of `Telemetry`.

    Attributes:
        keep_days: how long the events themselves stay; the metrics stay 15 months.
    """

    keep_days: int


class Telemetry(Component):
    """What lifecycle rules and deleters do to the data buckets, counted by bucket, storage class and reason.

    An EventBridge rule cannot publish a metric: it writes the events to a log group, and metric filters count them.
    S3 sends no event for a transition that did not happen: the audit's count of overdue objects shows those.
    """

    runbook = Section.LIFECYCLE

    def __init__(self, name: str, site: Site, args: TelemetryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        group = aws.cloudwatch.LogGroup(
            f"{name}-events", name=LOG_GROUP, retention_in_days=args.keep_days, tags=self.tags, opts=self.child()
        )
        policy = self._let_events_in(name, group)
        rule = aws.cloudwatch.EventRule(
            RULE,
            name=RULE,
            description="Transitions, deletions and restores in the data buckets, into a log group.",
            event_pattern=_pattern(site.names.data_buckets),
            tags=self.tags,
            opts=self.child(),
        )
        aws.cloudwatch.EventTarget(
            f"{RULE}-log",
            rule=RULE,
            target_id="log",
            arn=site.names.log_group_arn(LOG_GROUP),
            opts=self.child(depends_on=[rule, policy]),
        )
        for count in COUNTS:
            self._count(count, group)
        self.finish(log_group=LOG_GROUP)

    def _let_events_in(self, name: str, group: pulumi.Resource) -> pulumi.Resource:
        streams = [f"{self.site.names.log_group_arn(LOG_GROUP)}:*"]
        writers = {"Service": list(WRITERS)}
        from_rule = {"ArnEquals": {"aws:SourceArn": self.site.names.rule_arn(RULE)}}
        # EventBridge sends no source with CreateLogStream, hence two statements, as its guide writes them.
        return aws.cloudwatch.LogResourcePolicy(
            f"{name}-events-policy",
            policy_name=RULE,
            policy_document=document(
                allow("Open", ["logs:CreateLogStream"], streams, principal=writers),
                allow("Write", ["logs:PutLogEvents"], streams, principal=writers, conditions=from_rule),
            ),
            opts=self.child(depends_on=[group]),
        )

    def _count(self, count: Count, group: pulumi.Resource) -> None:
        short = "".join(f"-{c.lower()}" if c.isupper() else c for c in count.metric)
        aws.cloudwatch.LogMetricFilter(
            f"{PREFIX}{short}",
            name=f"{PREFIX}{short}",
            log_group_name=LOG_GROUP,
            pattern=count.pattern,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=NAMESPACE, name=count.metric, value="1", dimensions=dict(count.dimensions)
            ),
            opts=self.child(depends_on=[group]),
        )


def _pattern(buckets: tuple[str, ...]) -> str:
    events = [STORAGE_CLASS_CHANGED, DELETED, RESTORE_COMPLETED]
    return json.dumps({"source": ["aws.s3"], "detail-type": events, "detail": {"bucket": {"name": list(buckets)}}})
