"""Limits of alarms, metric filters, log groups and dashboards."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from estate.paths import Path, find
from policies.limits.checks import among, api, at_most, docs, each, like, limit, within_one

_LOGS = "logs-2014-03-28"
_MONITORING = "monitoring-2010-08-01"
_ALARM = "cloudwatch/metricAlarm:MetricAlarm"
_FILTER = "cloudwatch/logMetricFilter:LogMetricFilter"
_DAY, _WEEK = 86_400, 604_800
# fmt: off
_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)
# fmt: on
_NEVER_EXPIRES = 0


def _periods(alarm: Mapping[str, Any]) -> list[int]:
    found = [*find(alarm, "period"), *find(alarm, "metricQueries.*.metric.period")]
    return sorted({int(period) for _, period in found})


def _period(seconds: Any) -> bool:
    return int(seconds) in {10, 20, 30} or (int(seconds) > 0 and int(seconds) % 60 == 0)


@limit(
    "alarm-window",
    "An alarm looks back seven days at most, and one day where its period is under an hour",
    "period × evaluation periods ≤ 604800 s, or ≤ 86400 s where the period is under 3600 s",
    api(_MONITORING, "PutMetricAlarm.Period"),
)
@within_one(_ALARM)
def alarm_window(alarm: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds alarms that look back too far."""
    times = int(alarm.get("evaluationPeriods", 0))
    for period in _periods(alarm):
        if period * times > (_WEEK if period >= 3600 else _DAY):
            yield ("evaluationPeriods",), f"{period} s × {times} = {period * times} s"


@limit(
    "alarm-datapoints",
    "An alarm rings on at most as many datapoints as it looks at",
    "1 ≤ datapoints to alarm ≤ evaluation periods",
    docs("AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"),
)
@within_one(_ALARM)
def alarm_datapoints(alarm: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds alarms that would never ring, or that ring on no datapoint."""
    wanted = alarm.get("datapointsToAlarm", 1)
    if not 1 <= int(wanted) <= int(alarm.get("evaluationPeriods", 0)):
        yield ("datapointsToAlarm",), f"{wanted} of {alarm.get('evaluationPeriods')}"


@limit(
    "alarm-rows",
    "An alarm watches one metric, or exactly one row of metric math whose metrics share a period",
    "metricName, or metricQueries of one period with returnData on exactly one row",
    api(_MONITORING, "PutMetricAlarm.Metrics"),
)
@within_one(_ALARM)
def alarm_rows(alarm: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds alarms whose rows CloudWatch could not watch as one."""
    rows = cast("list[Mapping[str, Any]]", alarm.get("metricQueries", []))
    if bool(rows) == ("metricName" in alarm):
        yield (
            ("metricQueries",),
            "both metricName and metricQueries" if rows else "neither metricName nor metricQueries",
        )
        return
    watched = [row for row in rows if row.get("returnData")]
    if rows and len(watched) != 1:
        yield ("metricQueries",), f"{len(watched)} rows with returnData"
    if len(_periods(alarm)) > 1:
        yield ("metricQueries",), f"periods of {_periods(alarm)} seconds"


@limit(
    "filter-default",
    "A metric filter with dimensions has no default value",
    "no defaultValue beside dimensions",
    docs("AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html"),
)
@within_one(_FILTER)
def filter_default(transformation: Mapping[str, Any]) -> Iterator[tuple[Path, object]]:
    """Finds a default value beside dimensions."""
    inner = cast("Mapping[str, Any]", transformation.get("metricTransformation", {}))
    if inner.get("dimensions") and inner.get("defaultValue") is not None:
        yield ("metricTransformation", "defaultValue"), inner["defaultValue"]


LIMITS = (
    alarm_window,
    limit(
        "alarm-period",
        "An alarm's period is 10, 20, 30 or a multiple of 60 seconds",
        "10, 20, 30 or a multiple of 60 seconds",
        api(_MONITORING, "PutMetricAlarm.Period"),
    )(each(_ALARM, "period metricQueries.*.metric.period metricQueries.*.period", _period)),
    alarm_datapoints,
    alarm_rows,
    limit(
        "alarm-row-id",
        "A row of metric math has an id that begins with a lower-case letter",
        "[a-z][A-Za-z0-9_]*, at most 255 characters",
        api(_MONITORING, "PutMetricAlarm.Metrics.Id"),
    )(each(_ALARM, "metricQueries.*.id", like(r"[a-z][A-Za-z0-9_]{0,254}"))),
    limit(
        "alarm-expression",
        "A metric math expression has at most 2,048 characters",
        "1 to 2048 characters",
        api(_MONITORING, "PutMetricAlarm.Metrics.Expression"),
    )(each(_ALARM, "metricQueries.*.expression", like(r"(?s).{1,2048}"))),
    limit(
        "alarm-name",
        "An alarm's name has at most 255 characters and no control characters",
        "1 to 255 characters, none of them ASCII control characters",
        api(_MONITORING, "PutMetricAlarm.AlarmName"),
    )(each(_ALARM, "name", like(r"[^\x00-\x1f\x7f]{1,255}"))),
    limit(
        "alarm-description",
        "An alarm's description has at most 1,024 characters",
        "at most 1024 characters",
        api(_MONITORING, "PutMetricAlarm.AlarmDescription"),
    )(each(_ALARM, "alarmDescription", at_most(1024))),
    limit(
        "alarm-actions",
        "An alarm has at most five actions for each state",
        "at most 5 actions",
        api(_MONITORING, "PutMetricAlarm.AlarmActions"),
    )(each(_ALARM, "alarmActions", at_most(5))),
    limit(
        "alarm-missing",
        "An alarm treats missing data in one of four ways",
        "breaching, notBreaching, ignore or missing",
        api(_MONITORING, "PutMetricAlarm.TreatMissingData"),
    )(each(_ALARM, "treatMissingData", among("breaching", "notBreaching", "ignore", "missing"))),
    limit(
        "filter-name",
        "A metric filter's name has no colon and no asterisk",
        "1 to 512 characters without : and *",
        api(_LOGS, "PutMetricFilter.filterName"),
    )(each(_FILTER, "name", like(r"[^:*]{1,512}"))),
    limit(
        "filter-pattern",
        "A metric filter's pattern has at most 1,024 characters",
        "at most 1024 characters",
        api(_LOGS, "PutMetricFilter.filterPattern"),
    )(each(_FILTER, "pattern", at_most(1024))),
    limit(
        "filter-metric",
        "A metric filter's metric and namespace have no colon, asterisk or dollar sign",
        "1 to 255 characters without :, * and $",
        api(_LOGS, "PutMetricFilter.metricTransformations"),
    )(each(_FILTER, "metricTransformation.name metricTransformation.namespace", like(r"[^:*$]{1,255}"))),
    limit(
        "filter-dimensions",
        "A metric filter has at most three dimensions",
        "at most 3 dimensions",
        api(_LOGS, "PutMetricFilter.metricTransformations.dimensions"),
    )(each(_FILTER, "metricTransformation.dimensions", at_most(3))),
    filter_default,
    limit(
        "log-group-name",
        "A log group's name is made of letters, digits and . - _ / #",
        "1 to 512 of A-Z a-z 0-9 . - _ / #",
        api(_LOGS, "CreateLogGroup.logGroupName"),
    )(each("cloudwatch/logGroup:LogGroup", "name", like(r"[.\-_/#A-Za-z0-9]{1,512}"))),
    limit(
        "log-retention",
        "Log events are kept for one of the periods that CloudWatch Logs offers",
        f"one of {', '.join(map(str, _RETENTION_DAYS))} days, or 0 for ever",
        api(_LOGS, "PutRetentionPolicy.retentionInDays"),
    )(each("cloudwatch/logGroup:LogGroup", "retentionInDays", among(_NEVER_EXPIRES, *_RETENTION_DAYS))),
    limit(
        "dashboard-name",
        "A dashboard's name has letters, digits, - and _, and no space",
        "1 to 255 of A-Z a-z 0-9 - _",
        api(_MONITORING, "PutDashboard.DashboardName"),
    )(each("cloudwatch/dashboard:Dashboard", "dashboardName", like(r"[A-Za-z0-9_-]{1,255}"))),
    limit(
        "dashboard-widgets",
        "A dashboard has at most 500 widgets",
        "at most 500 widgets",
        docs("AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"),
    )(each("cloudwatch/dashboard:Dashboard", "dashboardBody.widgets", at_most(500))),
    limit(
        "dashboard-metrics",
        "A widget shows at most 500 metrics",
        "at most 500 metrics a widget",
        docs("AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html"),
    )(each("cloudwatch/dashboard:Dashboard", "dashboardBody.widgets.*.properties.metrics", at_most(500))),
)
