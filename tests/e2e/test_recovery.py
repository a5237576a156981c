"""What a killed `up` leaves behind, and how the next one goes on."""

import json
import os
import shlex
import signal
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psutil
import pytest

from local.driver.workspace import STACK
from local.errors import ExitCode
from tests.e2e.estates import ROOT, Estate
from tests.e2e.moments import LIMIT, Start, signalled

pytestmark = pytest.mark.e2e
Make = Callable[[str], Estate]
KEY, TASK = "aws:kms/key:Key", "aws:ecs/taskDefinition:TaskDefinition"


def checkpoint(estate: Estate) -> dict[str, Any]:
    """Return the state as the engine last wrote it; it may be writing."""
    path = estate.state / "backend" / ".pulumi" / "stacks" / "small" / f"{STACK}.json"
    try:
        return json.loads(path.read_text())["checkpoint"].get("latest") or {}
    except (OSError, ValueError):
        return {}


def engine_works(estate: Estate) -> bool:
    return any((estate.state / "backend" / ".pulumi" / "locks").rglob("*.json"))


def types(estate: Estate) -> tuple[set[str], set[str]]:
    """Return the types of AWS resources that the state holds, and of those that were being created."""
    latest = checkpoint(estate)
    recorded: list[dict[str, Any]] = latest.get("resources") or []
    pending: list[dict[str, Any]] = latest.get("pending_operations") or []
    begun = {str(one["resource"]["type"]) for one in pending if one["type"] == "creating"}
    return {str(one["type"]) for one in recorded if str(one["type"]).startswith("aws:")}, begun


def tasks(estate: Estate) -> list[str]:
    return estate.client("ecs").list_task_definitions(familyPrefix="small")["taskDefinitionArns"]


def keys(estate: Estate) -> list[str]:
    kms = estate.client("kms")
    found = [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]
    return [key["KeyId"] for key in found if key["Description"] == "small"]


def left_over(estate: Estate) -> list[psutil.Process]:
    """List what goes on working for the estate besides its account."""
    working = [process for process in estate.processes() if process.pid != estate.account_pid]
    return psutil.wait_procs(working, timeout=LIMIT)[1]


def nothing_is_made(estate: Estate) -> None:
    assert types(estate) == (set(), set())
    assert keys(estate) == []


def the_key_stands_unrecorded(estate: Estate) -> None:
    recorded, begun = types(estate)
    assert KEY in begun - recorded
    assert len(keys(estate)) == 1


def the_task_is_begun_and_not_made(estate: Estate) -> None:
    recorded, begun = types(estate)
    assert {KEY, "aws:iam/role:Role"} <= recorded
    assert TASK in begun
    assert tasks(estate) == []


def the_task_stands_unrecorded(estate: Estate) -> None:
    recorded, begun = types(estate)
    assert TASK in begun - recorded
    assert len(tasks(estate)) == 1


# Each with what is true once `up` was killed there. The task depends on the key, so the key is made before it.
MOMENTS: dict[str, Callable[[Estate], None]] = {
    "Configure": nothing_is_made,
    f"after {KEY}": the_key_stands_unrecorded,
    f"before {TASK}": the_task_is_begun_and_not_made,
    f"after {TASK}": the_task_stands_unrecorded,
}


@pytest.fixture(scope="module")
def survivor(small: Make, start: Start) -> tuple[Estate, str]:
    """Return an estate whose first `up`s were killed, each at another moment, and what the one after them said."""
    estate = small("killed")
    for moment, left in MOMENTS.items():
        assert signalled(estate, start, moment, signal.SIGKILL) == -signal.SIGKILL
        assert left_over(estate) == []
        assert engine_works(estate), "its lock stays"
        left(estate)
    return estate, estate.local("up").stdout


def test_up_killed_at_four_moments_goes_on_and_makes_nothing_twice(survivor: tuple[Estate, str]) -> None:
    estate, said = survivor
    assert "The last run was killed" in said
    assert "no changes" in estate.local("up").stdout
    assert len(keys(estate)) == 1
    assert len(tasks(estate)) == 1
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
    server.wait(LIMIT)
    said = estate.local("up").stdout
    assert "is gone" in said
    assert "Starting from nothing" in said
    assert len(keys(estate)) == 1


def test_an_interrupted_up_ends_orderly_and_leaves_no_process(small: Make, start: Start) -> None:
    estate = small("interrupted")
    assert signalled(estate, start, f"after {KEY}", signal.SIGINT) == ExitCode.INTERRUPTED
    assert left_over(estate) == []
    assert not engine_works(estate)
    assert checkpoint(estate).get("pending_operations") in (None, [])
    assert KEY in types(estate)[0], "what was made is recorded"


def test_nothing_outlives_a_make_that_is_killed(small: Make, start: Start) -> None:
    estate = small("made")
    makefile = estate.project / "Makefile"
    makefile.write_text("up:\n\t@" + shlex.join(estate.command("up")) + "\n")
    command = ["make", "-C", str(ROOT), "-f", str(makefile), "up"]
    assert signalled(estate, start, "Configure", signal.SIGKILL, command) == -signal.SIGKILL
    assert left_over(estate) == []
