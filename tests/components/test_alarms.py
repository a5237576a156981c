"""Each alarm gets data on both sides of its threshold; each alarm on silence gets none, and one point then nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest

from components.alarm_table import Alarm, Service, alarms
from declared.stacks import as_engine
from estate.names import Names
from policies.runbook.claims import AlarmClaim, ScheduleClaim
from policies.runbook.values import EVERY
from semantics.alarms.evaluator import AlarmDefinition, Metric, Missing, Samples, State, evaluate
from tests.components.published import declared
from tests.policies.declared import STACKS, claim, runbook

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROD = "prod"
SILENT_AFTER = {e: int(as_engine(e)["author-storage:retentionSilentAfterHours"]) for e in STACKS}
HOURS_BETWEEN = {"hourly": 1, "nightly": 24, "daily": 24, "every 24 hours": 24, "weekly": 168}
"""How long it takes from one run to the next, by the runbook's word."""

Points = Mapping[str, Sequence[float]]
"""Metric → one value a period, the newest last."""


def table(environment: str) -> dict[str, Alarm]:
    names = Names(environment, "123456789012", "us-east-1")
    return {a.definition.name: a for a in alarms(names, SILENT_AFTER[environment])}


def rows(environment: str) -> dict[str, AlarmClaim]:
    """The runbook's rows for an environment, by alarm."""
    return {c.alarm: c for c in runbook().of(AlarmClaim) if c.environment in (environment, EVERY)}


ALARMS = table(PROD)
SILENCES = {name: row for name, row in rows(PROD).items() if row.threshold.comparison == "LessThanThreshold"}
"""Alarms on silence."""


def both_sides(environment: str) -> dict[str, tuple[Points, Points]]:
    """Alarm → data that just make it ring, and data that just do not.

    Where an alarm watches one metric as it is, its row says both; where it calculates, they stand here.
    """
    of = rows(environment)
    return {
        **{name: _by_row(row) for name, row in of.items() if len(row.watches) == 1},
        "author-retention-stuck": _stuck(of["author-retention-stuck"]),
        "author-retention-dangling-rows": _not_falling(of["author-retention-dangling-rows"]),
        **{name: _share(row) for name, row in of.items() if name.endswith(("-4xx", "-5xx"))},
    }


def _by_row(row: AlarmClaim) -> tuple[Points, Points]:
    good, enough, of = row.threshold.value, row.datapoints.enough, row.datapoints.of
    bad = good - 1 if row.threshold.comparison == "LessThanThreshold" else good + 1
    metric, more = _metrics(row)[0], of - enough
    return {metric: [good] * more + [bad] * enough}, {metric: [good] * (more + 1) + [bad] * (enough - 1)}


def _share(row: AlarmClaim) -> tuple[Points, Points]:
    """Of a hundred requests a period, errors on both sides of the row's percent."""
    requests = {"AllRequests": [100] * row.datapoints.of}
    beyond, within = _by_row(row)
    return {**beyond, **requests}, {**within, **requests}


def _stuck(row: AlarmClaim) -> tuple[Points, Points]:
    """As much is stale in either, but in one a run too many deletes something."""
    enough, of = row.datapoints.enough, row.datapoints.of
    stale = {"StaleObjectsNotHeld": [row.threshold.value + 1] * of}
    deleted = ([1.0] * (of - e) + [0.0] * e for e in (enough, enough - 1))
    beyond, within = ({**stale, "DeletedCount": d} for d in deleted)
    return beyond, within


def _not_falling(row: AlarmClaim) -> tuple[Points, Points]:
    """Rows that fall as often as they may, and once more; a change needs a period before it."""
    enough, of = row.datapoints.enough, row.datapoints.of
    beyond, within = (_falling(row, range(of - e)) for e in (enough, enough - 1))
    return beyond, within


def _falling(row: AlarmClaim, periods: Collection[int]) -> Points:
    """Rows that fall in these of the periods that the alarm looks at, and stay in the others."""
    left = [row.threshold.value + row.datapoints.of + 1]
    for period in range(row.datapoints.of):
        left.append(left[-1] - (period in periods))
    return {"DanglingRowsNotHeld": left}


def _metrics(row: AlarmClaim) -> list[str]:
    return [watched.split()[1] for watched in row.watches]


def samples(alarm: Alarm, points: Points) -> dict[Metric, Samples]:
    period = timedelta(seconds=alarm.definition.period)
    by_name = {metric.name: metric for metric in alarm.definition.metrics}
    return {
        by_name[name]: [(NOW - age * period, value) for age, value in enumerate(reversed(values))]
        for name, values in points.items()
    }


@pytest.mark.parametrize("environment", STACKS)
@pytest.mark.parametrize("name", ALARMS)
@pytest.mark.parametrize("current", list(State))
def test_each_alarm_rings_on_one_side_of_its_threshold_only(name: str, environment: str, current: State) -> None:
    alarm = table(environment)[name]
    beyond, within = both_sides(environment)[name]
    assert evaluate(alarm.definition, samples(alarm, beyond), NOW, current) is State.ALARM
    assert evaluate(alarm.definition, samples(alarm, within), NOW, current) is State.OK


def test_every_alarm_has_data_for_both_sides() -> None:
    assert [sorted(both_sides(e)) for e in STACKS] == [sorted(table(e)) for e in STACKS]


@pytest.mark.parametrize("name", ALARMS)
@pytest.mark.parametrize("current", list(State))
def test_without_data_each_alarm_says_what_its_row_says(name: str, current: State) -> None:
    definition = ALARMS[name].definition
    expected = {Missing.BREACHING: State.ALARM, Missing.NOT_BREACHING: State.OK, Missing.IGNORE: current}
    expected[Missing.MISSING] = State.INSUFFICIENT_DATA
    assert evaluate(definition, {}, NOW, current) is expected[Missing(rows(PROD)[name].silence)]


def test_an_alarm_on_silence_rings_without_any_data() -> None:
    assert len(SILENCES) >= 3
    assert {Missing(row.silence) for row in SILENCES.values()} == {Missing.BREACHING}


@pytest.mark.parametrize(("environment", "name"), [(e, name) for e in STACKS for name in SILENCES])
def test_an_alarm_on_silence_gives_one_point_its_time_and_then_rings(environment: str, name: str) -> None:
    alarm, row = table(environment)[name], rows(environment)[name]
    (metric,) = _metrics(row)
    after = timedelta(seconds=row.datapoints.of * row.datapoints.seconds)
    one = samples(alarm, {metric: [1]})
    assert evaluate(alarm.definition, one, NOW, State.ALARM) is State.OK
    assert evaluate(alarm.definition, one, NOW + after - timedelta(seconds=1), State.OK) is State.OK
    assert evaluate(alarm.definition, one, NOW + after, State.OK) is State.ALARM


@pytest.mark.parametrize("environment", STACKS)
def test_the_job_may_be_silent_for_longer_than_from_one_run_to_the_next(environment: str) -> None:
    row = claim(ScheduleClaim, f"author-retention in {environment}")
    assert SILENT_AFTER[environment] > HOURS_BETWEEN[row.cadence.rhythm]


def test_failed_runs_break_no_silence_of_successes() -> None:
    alarm = ALARMS["author-temporary-uploads-not-emptied"]
    longer = alarm.definition.evaluation_periods + 2
    assert evaluate(alarm.definition, samples(alarm, {"CleanupSucceeded": [0] * longer}), NOW) is State.ALARM


def test_a_backlog_that_nobody_measures_is_not_fine() -> None:
    assert evaluate(ALARMS["author-temporary-uploads-backlog"].definition, {}, NOW, State.OK) is State.ALARM


def test_few_requests_are_no_spike() -> None:
    alarm = ALARMS["author-recordings-5xx"]
    few: Points = {"5xxErrors": [19, 19, 19], "AllRequests": [19, 19, 19]}
    assert evaluate(alarm.definition, samples(alarm, few), NOW, State.ALARM) is State.OK


def test_rows_that_fell_in_any_period_too_many_are_falling() -> None:
    alarm, row = ALARMS["author-retention-dangling-rows"], rows(PROD)["author-retention-dangling-rows"]
    enough, of = row.datapoints.enough, row.datapoints.of
    fell = [_falling(row, periods) for periods in combinations(range(of), of - enough + 1)]
    for points in (*fell, {"DanglingRowsNotHeld": [row.threshold.value] * (of + 1)}):
        assert evaluate(alarm.definition, samples(alarm, points), NOW) is State.OK


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


@pytest.mark.parametrize("environment", STACKS)
def test_what_is_declared_is_the_table(environment: str) -> None:
    found = [r.properties for r in declared(environment).of_type("cloudwatch/metricAlarm:MetricAlarm")]
    definitions = {str(p["name"]): AlarmDefinition.from_properties(p) for p in found}
    assert definitions == {name: alarm.definition for name, alarm in table(environment).items()}


def test_each_alarm_pages_one_service_and_tells_it_when_all_is_well() -> None:
    estate = declared(PROD)
    topics = {f"arn:aws:sns:{estate.region}:{estate.account}:{service}" for service in Service}
    for resource in estate.of_type("cloudwatch/metricAlarm:MetricAlarm"):
        (topic,) = resource.properties["alarmActions"]
        assert topic in topics
        assert resource.properties["okActions"] == [topic]
        alarm = ALARMS[str(resource.properties["name"])]
        assert topic.endswith(f":{alarm.service}")
        assert resource.properties["alarmDescription"] == alarm.description
        assert resource.properties["tags"]["runbook"] == alarm.section
