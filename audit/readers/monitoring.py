"""CloudWatch alarms, dashboards, log groups with their filters and policies, EventBridge rules with their targets."""

from collections.abc import Iterator, Mapping
from typing import Any

from audit.api import AbsentError, Account
from audit.table import Call, Kind, Ours, at, one_of, raw, rows, tags_at
from estate.names import PREFIX

LOG_ARN = "arn:aws:logs:{region}:{account}:log-group:*"
ALARM_ARN = "arn:aws:cloudwatch:{region}:{account}:alarm:*"
RULE_ARN = f"arn:aws:events:{{region}}:{{account}}:rule/{PREFIX}-*"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
RULE = "aws:cloudwatch/eventRule:EventRule"

LOG_GROUPS = Call("logs", "describe_log_groups", "logs:DescribeLogGroups", "*")
LOG_TAGS = Call("logs", "list_tags_for_resource", "logs:ListTagsForResource", LOG_ARN)
FILTERS = Call("logs", "describe_metric_filters", "logs:DescribeMetricFilters", LOG_ARN)
LOG_POLICIES = Call("logs", "describe_resource_policies", "logs:DescribeResourcePolicies", "*")
ALARMS = Call("cloudwatch", "describe_alarms", "cloudwatch:DescribeAlarms", "*")
ALARM_TAGS = Call("cloudwatch", "list_tags_for_resource", "cloudwatch:ListTagsForResource", ALARM_ARN)
DASHBOARD = Call("cloudwatch", "get_dashboard", "cloudwatch:GetDashboard", "*")
DASHBOARDS = Call("cloudwatch", "list_dashboards", "cloudwatch:ListDashboards", "*")
RULES = Call("events", "list_rules", "events:ListRules", "*")
DESCRIBE_RULE = Call("events", "describe_rule", "events:DescribeRule", RULE_ARN)
RULE_TAGS = Call("events", "list_tags_for_resource", "events:ListTagsForResource", RULE_ARN)
TARGETS = Call("events", "list_targets_by_rule", "events:ListTargetsByRule", RULE_ARN)


def _all(_: str, __: Account) -> dict[str, Any]:
    return {}


def _arn(service: str, kind: str, physical: str, account: Account) -> str:
    return f"arn:aws:{service}:{account.region}:{account.id}:{kind}{physical}"


def _log_group_arn(physical: str, account: Account) -> dict[str, Any]:
    return {"resourceArn": _arn("logs", "log-group:", physical, account)}


def _log_group_of(physical: str, _: Account) -> dict[str, Any]:
    return {"logGroupName": physical.rpartition("/")[0]}


def _alarm_arn(physical: str, account: Account) -> dict[str, Any]:
    return {"ResourceARN": _arn("cloudwatch", "alarm:", physical, account)}


def _rule(physical: str, _: Account) -> dict[str, Any]:
    return {"Name": physical}


def _rule_arn(physical: str, account: Account) -> dict[str, Any]:
    return {"ResourceARN": _arn("events", "rule/", physical, account)}


def _rule_of(physical: str, _: Account) -> dict[str, Any]:
    return {"Rule": physical.partition("/")[0]}


def _dashboard(physical: str, _: Account) -> dict[str, Any]:
    return {"DashboardName": physical}


def _our_log_groups(account: Account, ours: Ours) -> Iterator[str]:
    for group in account.ask("logs", "describe_log_groups")["logGroups"]:
        if group["logGroupName"].startswith((f"/{PREFIX}/", f"/aws/lambda/{PREFIX}-")):
            yield group["logGroupName"]
    yield from ours.declared[LOG_GROUP]


def _our_filters(account: Account, ours: Ours) -> Iterator[str]:
    for group in ours.declared[LOG_GROUP]:
        try:
            answer = account.ask("logs", "describe_metric_filters", logGroupName=group)
        except AbsentError:
            continue
        yield from (f"{group}/{found['filterName']}" for found in answer["metricFilters"])


def _pick_filter(answer: Any, physical: str, _: Account) -> Any:
    name = physical.rpartition("/")[2]
    return next((f for f in answer["metricFilters"] if f["filterName"] == name), None)


def _transformation(found: Any) -> dict[str, Any]:
    first = found["metricTransformations"][0]
    spelled = {
        "name": first["metricName"],
        "namespace": first["metricNamespace"],
        "value": first["metricValue"],
        "dimensions": first.get("dimensions"),
        "unit": None if first.get("unit") == "None" else first.get("unit"),
    }
    default = first.get("defaultValue")
    return spelled | ({"defaultValue": f"{default:g}"} if default is not None else {})


def _our_alarms(account: Account, _: Ours) -> Iterator[str]:
    for alarm in account.ask("cloudwatch", "describe_alarms")["MetricAlarms"]:
        if alarm["AlarmName"].startswith(f"{PREFIX}-"):
            yield alarm["AlarmName"]


def _dimensions(found: Any) -> dict[str, str]:
    return {d["Name"]: d["Value"] for d in found.get("Dimensions", ())}


def _queries(found: Any) -> list[dict[str, Any]]:
    return [_query(q) for q in found.get("Metrics", ())]


def _query(query: Mapping[str, Any]) -> dict[str, Any]:
    taken = {
        "id": query["Id"],
        "expression": query.get("Expression"),
        "label": query.get("Label"),
        "returnData": query.get("ReturnData"),
        "period": query.get("Period"),
    }
    if "MetricStat" in query:
        stat = query["MetricStat"]
        taken["metric"] = {
            "metricName": stat["Metric"]["MetricName"],
            "namespace": stat["Metric"]["Namespace"],
            "dimensions": _dimensions(stat["Metric"]),
            "period": stat["Period"],
            "stat": stat["Stat"],
            "unit": stat.get("Unit"),
        }
    return taken


def _our_dashboards(account: Account, _: Ours) -> Iterator[str]:
    for dashboard in account.ask("cloudwatch", "list_dashboards")["DashboardEntries"]:
        if dashboard["DashboardName"].startswith(f"{PREFIX.capitalize()}-"):
            yield dashboard["DashboardName"]


def _our_rules(account: Account, ours: Ours) -> Iterator[str]:
    for rule in account.ask("events", "list_rules")["Rules"]:
        if rule["Name"].startswith(f"{PREFIX}-"):
            yield rule["Name"]
    yield from ours.declared[RULE]


def _our_targets(account: Account, ours: Ours) -> Iterator[str]:
    for rule in ours.declared[RULE]:
        try:
            answer = account.ask("events", "list_targets_by_rule", Rule=rule)
        except AbsentError:
            continue
        yield from (f"{rule}/{target['Id']}" for target in answer["Targets"])


def _pick_target(answer: Any, physical: str, _: Account) -> Any:
    identity = physical.partition("/")[2]
    return next((t for t in answer["Targets"] if t["Id"] == identity), None)


ALARM_PLAIN = (
    *("AlarmDescription", "AlarmActions", "OKActions", "InsufficientDataActions", "ComparisonOperator"),
    *("EvaluationPeriods", "DatapointsToAlarm", "MetricName", "Namespace", "Period", "Statistic", "Threshold"),
    *("TreatMissingData", "Unit", "ExtendedStatistic", "ThresholdMetricId", "ActionsEnabled"),
)
ALARM_SPELLED = {"OKActions": "okActions", "MetricName": "metricName"}


def _path(key: str) -> str:
    return ALARM_SPELLED.get(key, key[0].lower() + key[1:])


KINDS = (
    Kind(
        LOG_GROUP,
        ("name",),
        (
            *rows(
                LOG_GROUPS,
                _all,
                {
                    "name": at("logGroupName"),
                    "retentionInDays": at("retentionInDays"),
                    "kmsKeyId": at("kmsKeyId"),
                    "logGroupClass": at("logGroupClass"),
                },
                defaults={"logGroupClass": "STANDARD"},
                pick=one_of("logGroups", "logGroupName"),
            ),
            *rows(LOG_TAGS, _log_group_arn, {"tags": tags_at("tags")}),
        ),
        "aws logs delete-log-group --log-group-name {physical}",
        exempt={"skipDestroy": "a setting of the engine; CloudWatch does not know it"},
        discover=_our_log_groups,
        discovered_by=(LOG_GROUPS,),
    ),
    Kind(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        ("logGroupName", "name"),
        rows(
            FILTERS,
            _log_group_of,
            {"pattern": raw("filterPattern"), "metricTransformation": _transformation},
            pick=_pick_filter,
        ),
        "aws logs delete-metric-filter (log group and filter: {physical})",
        discover=_our_filters,
        discovered_by=(FILTERS,),
    ),
    Kind(
        "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        ("policyName",),
        rows(
            LOG_POLICIES,
            _all,
            {"policyDocument": raw("policyDocument")},
            pick=one_of("resourcePolicies", "policyName"),
        ),
        "aws logs delete-resource-policy --policy-name {physical}",
        discover=lambda account, _: (
            p["policyName"] for p in account.ask("logs", "describe_resource_policies")["resourcePolicies"]
        ),
        discovered_by=(LOG_POLICIES,),
    ),
    Kind(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        ("name",),
        (
            *rows(
                ALARMS,
                _all,
                {
                    **{_path(key): raw(key) for key in ALARM_PLAIN},
                    "dimensions": _dimensions,
                    "metricQueries": _queries,
                },
                defaults={"actionsEnabled": True, "treatMissingData": "missing"},
                pick=one_of("MetricAlarms", "AlarmName"),
            ),
            *rows(ALARM_TAGS, _alarm_arn, {"tags": tags_at("Tags")}),
        ),
        "aws cloudwatch delete-alarms --alarm-names {physical}",
        discover=_our_alarms,
        discovered_by=(ALARMS,),
    ),
    Kind(
        "aws:cloudwatch/dashboard:Dashboard",
        ("dashboardName",),
        rows(DASHBOARD, _dashboard, {"dashboardBody": raw("DashboardBody")}),
        "aws cloudwatch delete-dashboards --dashboard-names {physical}",
        discover=_our_dashboards,
        discovered_by=(DASHBOARDS,),
    ),
    Kind(
        RULE,
        ("name",),
        (
            *rows(
                DESCRIBE_RULE,
                _rule,
                {
                    "description": raw("Description"),
                    "eventPattern": raw("EventPattern"),
                    "scheduleExpression": raw("ScheduleExpression"),
                    "state": raw("State"),
                    "eventBusName": raw("EventBusName"),
                    "roleArn": raw("RoleArn"),
                },
                defaults={"state": "ENABLED", "eventBusName": "default"},
            ),
            *rows(RULE_TAGS, _rule_arn, {"tags": tags_at("Tags")}),
        ),
        "aws events delete-rule --name {physical}",
        discover=_our_rules,
        discovered_by=(RULES,),
    ),
    Kind(
        "aws:cloudwatch/eventTarget:EventTarget",
        ("rule", "targetId"),
        rows(
            TARGETS,
            _rule_of,
            {
                "arn": raw("Arn"),
                "input": raw("Input"),
                "roleArn": raw("RoleArn"),
                "deadLetterConfig": at("DeadLetterConfig"),
                "inputTransformer": at("InputTransformer"),
            },
            pick=_pick_target,
        ),
        "aws events remove-targets --rule {0} --ids {1}",
        discover=_our_targets,
        discovered_by=(RULES, TARGETS),
    ),
)
