"""Each alarm gets data on both sides of its threshold; each alarm on silence gets none, and one point then nothing."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from components.alarm_table import Alarm, Service, alarms
from declared.stacks import as_engine
from estate.names import DATA_BUCKETS, Names
from policies.runbook.claims import AlarmClaim
from policies.runbook.values import EVERY
from semantics.alarms.evaluator import AlarmDefinition, Metric, Missing, Samples, State, evaluate
from tests.components.published import declared
from tests.policies.declared import runbook

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOURLY, NIGHTLY = "prod", "staging"
SILENT_AFTER = {e: int(as_engine(e)["author-storage:retentionSilentAfterHours"]) for e in (HOURLY, NIGHTLY)}

Points = Mapping[str, Sequence[float]]
"""Metric → one value a period, the newest last."""


def table(environment: str) -> dict[str, Alarm]:
    names = Names(environment, "123456789012", "us-east-1")
    return {a.definition.name: a for a in alarms(names, SILENT_AFTER[environment])}


def rows(environment: str) -> dict[str, AlarmClaim]:
    """The runbook's rows for an environment, by alarm."""
    return {c.alarm: c for c in runbook().of(AlarmClaim) if c.environment in (environment, EVERY)}


ALARMS = table(HOURLY)
SILENCES = {name: row for name, row in rows(HOURLY).items() if row.threshold.comparison == "LessThanThreshold"}
"""Alarms on silence."""


def both_sides(environment: str) -> dict[str, tuple[Points, Points]]:
    """Alarm → data that just make it ring, and data that just do not.

    Where an alarm watches one metric as it is, its row says both; where it calculates, they stand here.
    """
    requests = {
        f"author-{of.short}-{kind}": (
            {f"{kind}Errors": [at + 1, at + 1, 0], "AllRequests": [100, 100, 100]},
            {f"{kind}Errors": [at + 1, at, at], "AllRequests": [100, 100, 100]},
        )
        for of in DATA_BUCKETS
        for kind in ("4xx", "5xx")
        for at in [rows(environment)[f"author-{of.short}-{kind}"].threshold.value]
    }
    return {
        **{name: _by_row(row) for name, row in rows(environment).items() if len(row.watches) == 1},
        "author-retention-stuck": (
            {"StaleObjectsNotHeld": [1], "DeletedCount": [0]},
            {"StaleObjectsNotHeld": [1], "DeletedCount": [1]},
        ),
        "author-retention-dangling-rows": (
            {"DanglingRowsNotHeld": [5, 5, 6, 6]},
            {"DanglingRowsNotHeld": [6, 6, 6, 5]},
        ),
        **requests,
    }


def _by_row(row: AlarmClaim) -> tuple[Points, Points]:
    good, enough, of = row.threshold.value, row.datapoints.enough, row.datapoints.of
    bad = good - 1 if row.threshold.comparison == "LessThanThreshold" else good + 1
    (metric,) = (watched.split()[1] for watched in row.watches)
    more = of - enough
    return {metric: [good] * more + [bad] * enough}, {metric: [good] * (more + 1) + [bad] * (enough - 1)}


def samples(alarm: Alarm, points: Points) -> dict[Metric, Samples]:
    period = timedelta(seconds=alarm.definition.period)
    by_name = {metric.name: metric for metric in alarm.definition.metrics}
    return {
        by_name[name]: [(NOW - age * period, value) for age, value in enumerate(reversed(values))]
        for name, values in points.items()
    }


@pytest.mark.parametrize("environment", [HOURLY, NIGHTLY])
@pytest.mark.parametrize("name", ALARMS)
@pytest.mark.parametrize("current", list(State))
def test_each_alarm_rings_on_one_side_of_its_threshold_only(name: str, environment: str, current: State) -> None:
    alarm = table(environment)[name]
    beyond, within = both_sides(environment)[name]
    assert evaluate(alarm.definition, samples(alarm, beyond), NOW, current) is State.ALARM
    assert evaluate(alarm.definition, samples(alarm, within), NOW, current) is State.OK


def test_every_alarm_has_data_for_both_sides() -> None:
    assert sorted(both_sides(HOURLY)) == sorted(ALARMS) == sorted(table(NIGHTLY))


@pytest.mark.parametrize("name", ALARMS)
@pytest.mark.parametrize("current", list(State))
def test_without_data_each_alarm_says_what_its_row_says(name: str, current: State) -> None:
    definition = ALARMS[name].definition
    expected = {Missing.BREACHING: State.ALARM, Missing.NOT_BREACHING: State.OK, Missing.IGNORE: current}
    expected[Missing.MISSING] = State.INSUFFICIENT_DATA
    assert evaluate(definition, {}, NOW, current) is expected[Missing(rows(HOURLY)[name].silence)]


def test_an_alarm_on_silence_rings_without_any_data() -> None:
    assert len(SILENCES) >= 3
    assert {Missing(row.silence) for row in SILENCES.values()} == {Missing.BREACHING}


@pytest.mark.parametrize(("environment", "name"), [(e, name) for e in (HOURLY, NIGHTLY) for name in SILENCES])
def test_an_alarm_on_silence_gives_one_point_its_time_and_then_rings(environment: str, name: str) -> None:
    alarm, row = table(environment)[name], rows(environment)[name]
    (metric,) = (watched.split()[1] for watched in row.watches)
    after = timedelta(seconds=row.datapoints.of * row.datapoints.seconds)
    one = samples(alarm, {metric: [1]})
    assert evaluate(alarm.definition, one, NOW, State.ALARM) is State.OK
    assert evaluate(alarm.definition, one, NOW + after - timedelta(seconds=1), State.OK) is State.OK
    assert evaluate(alarm.definition, one, NOW + after, State.OK) is State.ALARM


def test_the_nightly_job_may_be_silent_for_longer() -> None:
    assert SILENT_AFTER[HOURLY] < 24 < SILENT_AFTER[NIGHTLY]


def test_failed_runs_break_no_silence_of_successes() -> None:
    alarm = ALARMS["author-temporary-uploads-not-emptied"]
    assert evaluate(alarm.definition, samples(alarm, {"CleanupSucceeded": [0] * 28}), NOW) is State.ALARM


def test_a_backlog_that_nobody_measures_is_not_fine() -> None:
    assert evaluate(ALARMS["author-temporary-uploads-backlog"].definition, {}, NOW, State.OK) is State.ALARM


def test_few_requests_are_no_spike() -> None:
    alarm = ALARMS["author-recordings-5xx"]
    few: Points = {"5xxErrors": [19, 19, 19], "AllRequests": [19, 19, 19]}
    assert evaluate(alarm.definition, samples(alarm, few), NOW, State.ALARM) is State.OK


def test_rows_that_fell_once_in_three_runs_are_falling() -> None:
    alarm = ALARMS["author-retention-dangling-rows"]
    for rows in ([9, 8, 8, 8], [9, 9, 8, 8], [9, 9, 9, 8], [0, 0, 0, 0]):
        assert evaluate(alarm.definition, samples(alarm, {"DanglingRowsNotHeld": rows}), NOW) is State.OK


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=lambda alarm: alarm.definition.name)
def test_a_page_says_what_happened_where_to_read_on_and_what_silence_means(alarm: Alarm) -> None:
    text = (Path(__file__).parents[2] / "docs/runbook.md").read_text()
    headings = [line.lstrip("# ").strip() for line in text.splitlines() if line.startswith("#")]
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert str(alarm.section) in anchors
    assert f"docs/runbook.md#{alarm.section}" in alarm.description
    assert alarm.summary.endswith(".")
    assert alarm.silence.endswith(".")
    assert alarm.service in Service
    assert alarm.definition.name.startswith("author-")


@pytest.mark.parametrize("environment", [HOURLY, NIGHTLY])
def test_what_is_declared_is_the_table(environment: str) -> None:
    found = [r.properties for r in declared(environment).of_type("cloudwatch/metricAlarm:MetricAlarm")]
    definitions = {str(p["name"]): AlarmDefinition.from_properties(p) for p in found}
    assert definitions == {name: alarm.definition for name, alarm in table(environment).items()}


def test_each_alarm_pages_one_service_and_tells_it_when_all_is_well() -> None:
    estate = declared(HOURLY)
    topics = {f"arn:aws:sns:{estate.region}:{estate.account}:{service}" for service in Service}
    for resource in estate.of_type("cloudwatch/metricAlarm:MetricAlarm"):
        (topic,) = resource.properties["alarmActions"]
        assert topic in topics
        assert resource.properties["okActions"] == [topic]
        alarm = ALARMS[str(resource.properties["name"])]
        assert topic.endswith(f":{alarm.service}")
        assert resource.properties["alarmDescription"] == alarm.description
        assert resource.properties["tags"]["runbook"] == alarm.section
