from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base import Component, Section, Site
from estate.names import NAMESPACE, PREFIX

RUN = '{ ($.event = "retention-run") && ($.result = *) }'
FAILED = '{ ($.event = "retention-run") && ($.result = "failed") }'

FIELDS = {
    "deleted_count": "DeletedCount",
    "stale": "StaleObjects",
    "stale_not_held": "StaleObjectsNotHeld",
    "dangling_rows": "DanglingRows",
    "dangling_rows_not_held": "DanglingRowsNotHeld",
    "failed": "FailedDeletions",
}
"""Number in a run's line → metric."""


@dataclass(frozen=True)
class RetentionMetricsArgs:
    """Arguments of `RetentionMetrics`.

    Attributes:
        after: the job's log group, which must stand before its filters.
    """

    after: pulumi.Resource


class RetentionMetrics(Component):
    """Counts what the retention job says of itself (runbook: Retention job, Validate).

    The contract with the job: at its end, whatever happened, a run writes one line of JSON to its log group:

        {"event": "retention-run", "result": "clean", "deleted_count": 120, "stale": 130, "stale_not_held": 120,
         "dangling_rows": 10, "dangling_rows_not_held": 0, "failed": 0}

    - `result`: `clean` (all that had to go is gone), `incomplete` (stopped in time, work remains), `failed`.
    - `deleted_count`: objects deleted. `failed`: objects that could not be deleted.
    - `stale`, `stale_not_held`: objects past their retention when the run began; those of them that nothing holds.
    - `dangling_rows`, `dangling_rows_not_held`: rows with `deleted_at is null and expires_at < now()` when it ended;
      those of them that nothing holds. What could not be told counts as held.
    """

    runbook = Section.RETENTION

    def __init__(
        self, name: str, site: Site, args: RetentionMetricsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, site, opts)
        self._after = args.after
        self._count("runs", RUN, "RetentionRuns", "1")
        self._count("runs-failed", FAILED, "RetentionRunsFailed", "1")
        for field, metric in FIELDS.items():
            pattern = f'{{ ($.event = "retention-run") && ($.{field} >= 0) }}'
            self._count(field.replace("_", "-"), pattern, metric, f"$.{field}")
        self.finish(log_group=site.names.retention_log_group)

    def _count(self, short: str, pattern: str, metric: str, value: str) -> None:
        aws.cloudwatch.LogMetricFilter(
            f"{PREFIX}-retention-{short}",
            name=f"{PREFIX}-retention-{short}",
            log_group_name=self.site.names.retention_log_group,
            pattern=pattern,
            metric_transformation=aws.cloudwatch.LogMetricFilterMetricTransformationArgs(
                namespace=NAMESPACE, name=metric, value=value
            ),
            opts=self.child(depends_on=[self._after]),
        )
