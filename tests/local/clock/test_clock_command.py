import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.account.daemon import ROOT
from local.clock.aws import Clients
from tests.local.clock.conftest import Deploy, make_role

pytestmark = pytest.mark.process


def _clock(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "local.clock", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_help_teaches() -> None:
    said = _clock("--help")
    assert said.returncode == 0
    assert "python -m local.clock fire author-temporary-uploads-clean" in said.stdout
    assert "exit codes" in said.stdout


def test_without_an_account_it_says_how_to_get_one(tmp_path: Path) -> None:
    said = _clock("tick", "--state", str(tmp_path))
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "clock: No embedded account runs; start one with `make up`.\n"


@pytest.mark.account
@pytest.mark.parametrize(("code", "ended"), [("return event", 0), ("raise ValueError('no')", 1)])
def test_fire_shows_the_log_and_ends_as_the_function_did(
    deploy: Deploy, clients: Clients, state: Path, code: str, ended: int
) -> None:
    name = deploy(f"def handler(event, context): {code}")
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    clients.scheduler.create_schedule(
        Name=name,
        ScheduleExpression="rate(24 hours)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": f"arn:aws:lambda:us-east-1:123456789012:function:{name}",
            "RoleArn": make_role(clients, "scheduler.amazonaws.com", invoke),
            "Input": '{"mode": "measure"}',
        },
    )
    said = _clock("fire", name, "--state", str(state))
    assert said.returncode == ended
    assert "START RequestId" in said.stdout
    as_json = json.loads(_clock("fire", name, "--state", str(state), "--json").stdout)
    assert as_json["error"] == ("Unhandled" if ended else None)


@pytest.mark.account
def test_tick_shows_each_alarm_now_and_later(clients: Clients, state: Path) -> None:
    clients.cloudwatch.put_metric_alarm(
        AlarmName="silent",
        Namespace="Tests",
        MetricName="Runs",
        Statistic="Sum",
        Period=3600,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    clients.cloudwatch.put_metric_data(Namespace="Tests", MetricData=[{"MetricName": "Runs", "Value": 1}])

    def states(*arguments: str) -> dict[str, str]:
        return {one["name"]: one["after"] for one in json.loads(_clock("tick", "--json", *arguments).stdout)}

    assert states("--state", str(state))["silent"] == "OK"
    assert states("--state", str(state), "--later", "300")["silent"] == "ALARM"
    assert "silent" in _clock("tick", "--state", str(state)).stdout
