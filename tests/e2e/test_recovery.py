"""What a killed `up` leaves behind, and how the next one goes on."""

import json
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psutil
import pytest

from local.driver.workspace import STACK
from local.errors import ExitCode
from tests.e2e.estates import ROOT, Estate

pytestmark = pytest.mark.e2e
Make = Callable[[str], Estate]
Start = Callable[[list[str]], "subprocess.Popen[str]"]
Moment = Callable[[Estate], bool]


def checkpoint(estate: Estate) -> dict[str, Any]:
    """Return the state as the engine last wrote it; it may be writing."""
    path = estate.state / "backend" / ".pulumi" / "stacks" / "small" / f"{STACK}.json"
    try:
        return json.loads(path.read_text())["checkpoint"].get("latest") or {}
    except (OSError, ValueError):
        return {}


def engine_works(estate: Estate) -> bool:
    return any((estate.state / "backend" / ".pulumi" / "locks").rglob("*.json"))


def key_stands_unrecorded(estate: Estate) -> bool:
    pending: list[dict[str, Any]] = checkpoint(estate).get("pending_operations") or []
    begun = {str(operation["resource"]["type"]) for operation in pending}
    return "aws:kms/key:Key" in begun and bool(keys(estate))


def half_is_recorded(estate: Estate) -> bool:
    recorded: list[dict[str, Any]] = checkpoint(estate).get("resources") or []
    return sum(str(item["type"]).startswith("aws:") for item in recorded) > 5


def keys(estate: Estate) -> list[str]:
    kms = estate.client("kms")
    found = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    return [key["KeyId"] for key in found if key["Description"] == "small"]


def run_until(
    estate: Estate, start: Start, moment: Moment, number: signal.Signals, command: list[str] | None = None
) -> "subprocess.Popen[str]":
    """Start `up`, or a command that does, and send it a signal at a moment."""
    process = start(command or estate.command("up"))
    deadline = time.monotonic() + 60
    while not moment(estate):
        assert process.poll() is None, f"up ended before the moment came: {process.communicate()[0]}"
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate()
    return process


def left_over(estate: Estate) -> list[psutil.Process]:
    """List what still works for the estate besides its account, after a moment to end in."""
    deadline = time.monotonic() + 5
    while True:
        found = [process for process in estate.processes() if process.pid != estate.account_pid]
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


@pytest.fixture(scope="module")
def survivor(small: Make, start: Start) -> tuple[Estate, str]:
    """Return an estate whose first three `up` were killed, each at another moment, and what the fourth said."""
    estate = small("killed")
    for moment in (engine_works, key_stands_unrecorded, half_is_recorded):
        assert run_until(estate, start, moment, signal.SIGKILL).returncode == -signal.SIGKILL
        assert left_over(estate) == []
    return estate, estate.local("up").stdout


def test_up_killed_at_three_moments_goes_on_and_makes_nothing_twice(survivor: tuple[Estate, str]) -> None:
    estate, said = survivor
    assert "The last run was killed" in said
    assert "no changes" in estate.local("up").stdout
    assert len(keys(estate)) == 1
    assert len(estate.client("ecs").list_task_definitions(familyPrefix="small")["taskDefinitionArns"]) == 1
    groups = estate.client("ec2").describe_security_groups(Filters=[{"Name": "group-name", "Values": ["small"]}])
    assert len(groups["SecurityGroups"]) == 1
    assert len(estate.client("secretsmanager").list_secrets()["SecretList"]) == 1
    assert len(estate.client("sns").list_subscriptions()["Subscriptions"]) == 1
    assert [process.pid for process in estate.processes()] == [estate.account_pid]


def test_the_lock_of_a_living_engine_is_respected(survivor: tuple[Estate, str]) -> None:
    estate, _ = survivor
    folder = estate.state / "backend/.pulumi/locks/organization/small" / STACK
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).isoformat()
    content = {"pid": os.getpid(), "username": "x", "hostname": socket.gethostname(), "timestamp": now}
    (folder / "held.json").write_text(json.dumps(content))
    refused = estate.local("up", check=False)
    (folder / "held.json").unlink()
    assert refused.returncode == ExitCode.BUSY
    assert f"in use by process {os.getpid()}" in refused.stderr


def test_when_the_account_is_gone_up_says_so_and_starts_over(survivor: tuple[Estate, str]) -> None:
    estate, _ = survivor
    server = psutil.Process(estate.account_pid)
    server.kill()
    server.wait(10)
    said = estate.local("up").stdout
    assert "is gone" in said
    assert "Starting from nothing" in said
    assert len(keys(estate)) == 1


def test_an_interrupted_up_ends_orderly_and_leaves_no_process(small: Make, start: Start) -> None:
    estate = small("interrupted")
    process = run_until(estate, start, key_stands_unrecorded, signal.SIGINT)
    assert process.returncode == ExitCode.INTERRUPTED
    assert left_over(estate) == []
    assert not engine_works(estate)
    assert checkpoint(estate).get("pending_operations") in (None, [])


def test_nothing_outlives_a_make_that_is_killed(small: Make, start: Start) -> None:
    estate = small("made")
    makefile = estate.project / "Makefile"
    makefile.write_text("up:\n\t@" + shlex.join(estate.command("up")) + "\n")
    run_until(estate, start, engine_works, signal.SIGKILL, ["make", "-C", str(ROOT), "-f", str(makefile), "up"])
    assert left_over(estate) == []
