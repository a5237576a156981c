"""Estates side by side, policy packs, and what `down` leaves."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.e2e.estates import SMALL, Estate

pytestmark = pytest.mark.e2e
Make = Callable[[str], Estate]
PACK = Path(__file__).with_name("pack")


def test_two_checkouts_run_side_by_side_and_down_leaves_nothing(small: Make) -> None:
    first, second = small("first"), small("second")
    with ThreadPoolExecutor(2) as pool:
        assert [run.result().returncode for run in [pool.submit(one.local, "up") for one in (first, second)]] == [0, 0]
    assert first.endpoint != second.endpoint
    first.client("s3").put_object(Bucket="small", Key="only-in-first", Body=b"")
    assert "Contents" not in second.client("s3").list_objects_v2(Bucket="small")

    evidence = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": datetime.now(UTC) + timedelta(days=2557)}
    first.client("s3").put_object(Bucket="small-other", Key="locked", Body=b"", **evidence)
    first.client("s3").put_object(Bucket="small-other", Key="held", Body=b"", ObjectLockLegalHoldStatus="ON")

    first.local("down")
    assert first.processes() == []
    assert not (first.state / "backend").exists()
    assert not (first.state / "account" / "account.json").exists()
    assert second.client("s3").list_buckets()["Buckets"] != []
    assert first.local("status", check=False).returncode == 3


def test_a_mandatory_violation_fails_the_preview_and_knows_the_stack(small: Make) -> None:
    estate = small("pack")
    done = estate.local("preview", "--", "--policy-pack", str(PACK), check=False)
    assert done.returncode == 1
    assert "stack local of small says 14, preview True" in done.stdout
    assert "2 buckets are too many" in done.stdout


def test_a_mandatory_violation_stops_an_update_before_it_makes_the_resource(small: Make) -> None:
    estate = small("stopped")
    estate.local("preview")
    done = estate.pulumi("up", "--yes", "--skip-preview", "--policy-pack", str(PACK), check=False)
    assert done.returncode == 1
    assert "preview False" in done.stdout
    lifecycles = [item for item in estate.deployment()["resources"] if "LifecycleConfiguration" in item["type"]]
    assert lifecycles == []


def test_a_language_host_on_path_does_not_come_before_the_one_that_is_said_to_run(
    small: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "pulumi-language-python"
    other.write_text("#!/bin/sh\nexit 1\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    assert "to create" in small("ambient").local("preview").stdout


def test_a_programs_mistake_is_one_line(small: Make) -> None:
    estate = small("mistaken")
    configuration = estate.project / "Pulumi.local.yaml"
    configuration.write_text(configuration.read_text().replace('"14"', '"a fortnight"'))
    done = estate.local("up", check=False)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("up: `pulumi up` failed: ")
    assert "small:days" in line
    assert str(estate.state / "logs") in line


def test_run_gives_a_command_the_local_pulumi_with_the_stacks_configuration(small: Make) -> None:
    estate = small("running")
    there = ("--cwd", str(estate.project), "--non-interactive", "--stack", "local")
    done = estate.local("run", "--", "pulumi", "preview", *there)
    assert "to create" in done.stdout
    assert estate.local("run", "--", "no-such-command", check=False).stderr.splitlines() == [
        "run: no-such-command can't be run: No such file or directory"
    ]
    assert (estate.project / "Pulumi.local.yaml").read_text() == (SMALL / "Pulumi.local.yaml").read_text()
