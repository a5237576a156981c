import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.cleanup import clients
from benchmarks.cleanup.clients import Client, MissingToolError
from benchmarks.cleanup.report import Target, race_as_json, show_race, show_targets
from benchmarks.cleanup.rounds import FLAT, NO_LATENCY, PREFIXES, Times, race
from tests.stubs.s3.control import running_stub

pytestmark = pytest.mark.process

OURS = Client("ours", (sys.executable, "-m", "benchmarks.cleanup.worker", "ours"))
IDLE = Client("idle", (sys.executable, "-c", "import urllib.request as u; u.urlopen('{endpoint}/b?versioning')"))


def test_clients_take_turns_over_the_same_bucket_and_what_they_leave_is_counted() -> None:
    told: list[str] = []
    with running_stub() as stub:
        times = race(stub, NO_LATENCY, [OURS, IDLE], told.append, objects=300, rounds=2)
    assert (times["ours"].left, times["idle"].left) == ([0, 0], [300, 300])
    assert all(seconds > 0 for found in times.values() for seconds in found.seconds)
    assert [line.rsplit(", ", 1)[1] for line in told] == ["ours", "idle", "ours", "idle"]


def test_a_rate_is_that_of_the_median_round() -> None:
    assert Times([1.0, 2.0, 10.0], [0, 0, 0]).rate(1000) == 500


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (Target("ratio", 2.0, 2.0), True),
        (Target("ratio", 1.99, 2.0), False),
        (Target("left", 0, 0, most=True), True),
        (Target("left", 1, 0, most=True), False),
    ],
)
def test_a_target_holds_up_to_its_bound(target: Target, met: bool) -> None:
    assert target.met is met


def test_keys_are_spread_over_prefixes_or_lie_flat() -> None:
    assert len({key.split("/")[0] for key in PREFIXES.keys(320)}) == 16
    assert not any("/" in key for key in FLAT.keys(320))
    assert len(set(PREFIXES.keys(320))) == len(set(FLAT.keys(320))) == 320


def test_the_table_and_the_json_say_the_same() -> None:
    times = {"ours": Times([1.0], [0], [0.5]), "boto3": Times([4.0], [7], [2.5])}
    console = Console(file=io.StringIO(), width=120)
    show_race(console, NO_LATENCY, times, 8000)
    show_targets(console, [Target("x", 1, 2)])
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    assert "8,000" in text
    assert "2,000" in text
    assert "4.0x" in text
    assert "missed" in text
    rows = race_as_json(NO_LATENCY, times, 8000)["clients"]
    assert rows["boto3"] == {"objects_per_second": 2000.0, "seconds": [4.0], "left": [7], "cpu": [2.5]}


def test_without_uv_the_bench_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(clients, "ROOT", tmp_path)
    with pytest.raises(MissingToolError, match="run `make environment`"):
        clients.clients()
