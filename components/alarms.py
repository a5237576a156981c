from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.alarm_table import Alarm, alarms
from components.base import Component, Section, Site
from semantics.alarms.evaluator import AlarmDefinition, Metric, Query


@dataclass(frozen=True)
class AlarmsArgs:
    """Arguments of `Alarms`.

    Attributes:
        retention_silent_after_hours: how long the retention job may be silent, 1 to 168.
    """

    retention_silent_after_hours: int


class Alarms(Component):
    """Every alarm of `components.alarm_table`, each with one topic for ringing and for being well again.

    Attributes:
        alarms: what was declared, for the dashboard.
    """

    runbook = Section.DASHBOARDS

    def __init__(self, name: str, site: Site, args: AlarmsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, site, opts)
        self.alarms = alarms(site.names, args.retention_silent_after_hours)
        for alarm in self.alarms:
            self._declare(alarm)
        self.finish(alarms=[alarm.definition.name for alarm in self.alarms])

    def _declare(self, alarm: Alarm) -> None:
        watched, topic = alarm.definition, self.site.names.topic_arn(alarm.service)
        only = watched.queries[0].metric if len(watched.queries) == 1 else None
        aws.cloudwatch.MetricAlarm(
            watched.name,
            name=watched.name,
            alarm_description=alarm.description,
            namespace=only.namespace if only else None,
            metric_name=only.name if only else None,
            dimensions=dict(only.dimensions) if only else None,
            statistic=watched.queries[0].statistic if only else None,
            period=watched.period if only else None,
            metric_queries=None if only else [_row(query, watched) for query in watched.queries],
            evaluation_periods=watched.evaluation_periods,
            datapoints_to_alarm=watched.datapoints_to_alarm,
            comparison_operator=watched.comparison,
            threshold=watched.threshold,
            treat_missing_data=watched.missing,
            alarm_actions=[topic],
            ok_actions=[topic],
            tags={**self.tags, "runbook": str(alarm.section)},
            opts=self.child(),
        )


def _row(query: Query, alarm: AlarmDefinition) -> aws.cloudwatch.MetricAlarmMetricQueryArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryArgs(
        id=query.id,
        metric=_metric(query.metric, query.statistic, alarm.period) if query.metric else None,
        expression=query.expression or None,
        label=query.id if query.watched else None,
        return_data=query.watched,
    )


def _metric(metric: Metric, statistic: str, period: int) -> aws.cloudwatch.MetricAlarmMetricQueryMetricArgs:
    return aws.cloudwatch.MetricAlarmMetricQueryMetricArgs(
        namespace=metric.namespace,
        metric_name=metric.name,
        dimensions=dict(metric.dimensions) or None,
        period=period,
        stat=statistic,
    )
