"""The scheduled cleanup against its peers, on one stub of S3, in one run."""

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console

from benchmarks.cleanup.clients import ROOT, Client, MissingToolError, clients
from benchmarks.cleanup.report import Target, machine, race_as_json, show_race, show_targets
from benchmarks.cleanup.rounds import (
    FLAT,
    NO_LATENCY,
    PREFIXES,
    RATE,
    SCENARIOS,
    THROTTLED,
    Times,
    memory,
    once,
    race,
)
from tests.stubs.s3.control import Stub, running_stub

DESCRIPTION = """\
Empties the same bucket with this project's function and its peers at their best, in turn: boto3 with 8 listers and 16
deleters, s5cmd with one command a prefix, rclone with 256 checkers; on a stub of S3 in a process of its own. Time runs
from a client's first request to the last answer, as the stub sees it.

The stub's latencies are assumed, not measured: 100 ms a listing, 50 ms and 0.3 ms a key for a batch, 30 ms for one
key. The figures compare clients; they do not say how fast S3 is."""

EPILOG = """\
examples:
  python -m benchmarks.cleanup --quick          a minute: fewer objects, one round
  python -m benchmarks.cleanup                  the whole: median of five, a million keys for memory
  python -m benchmarks.cleanup --json out.json  where the figures go

exit codes: 0 every target met, 1 one was missed, 2 wrong arguments, 3 a peer could not be run"""


def main() -> int:
    """Runs the benchmark and returns its exit code."""
    arguments = _parser().parse_args()
    console = Console()
    try:
        taking_part = clients()
    except MissingToolError as error:
        console.print(f"bench: {error}")
        return 3
    with running_stub() as stub:
        report, targets = _measure(stub, taking_part, console, quick=arguments.quick)
    show_targets(console, targets)
    report["targets"] = [{**vars(target), "met": target.met} for target in targets]
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(report, indent=2) + "\n")
    console.print(f"figures: {arguments.json}")
    return 0 if all(target.met for target in targets) else 1


def _measure(
    stub: Stub, taking_part: list[Client], console: Console, *, quick: bool
) -> tuple[dict[str, Any], list[Target]]:
    objects, rounds, throttled, most = (20_000, 1, 30_000, 50_000) if quick else (100_000, 5, 100_000, 1_000_000)
    report: dict[str, Any] = {"when": datetime.now(UTC).isoformat(), "machine": machine(), "races": []}
    targets: list[Target] = []
    ours = taking_part[0]
    with console.status("…") as status:
        for scenario in SCENARIOS:
            times = race(stub, scenario, taking_part, status.update, objects=objects, rounds=rounds)
            show_race(console, scenario, times, objects)
            report["races"].append(race_as_json(scenario, times, objects))
            targets += _race_targets(scenario.name, times, objects)
        for scenario in THROTTLED:
            status.update(f"{scenario.name}: {throttled:,} keys")
            seconds, left = once(stub, scenario, ours, throttled)
            console.print(f"{scenario.name}: {throttled:,} keys in {seconds:.1f} s, {left} left behind")
            share = throttled / seconds / RATE
            prefixes = scenario.prefixes if scenario.behaviour.throttle.each_prefix else 1
            targets += [
                Target(f"{scenario.name}: keys left behind", left, 0, most=True),
                Target(f"{scenario.name}: times the rate of one prefix", share, 0.95 * prefixes),
            ]
        status.update(f"memory at {most:,} keys")
        idle, peak = memory(stub, ours, most)
        console.print(f"memory: {idle:.0f} MiB idle, {peak:.0f} MiB at {most:,} keys")
        targets.append(Target(f"memory at {most:,} keys above an idle client, MiB", peak - idle, 40, most=True))
    return report, targets


def _race_targets(scenario: str, times: dict[str, Times], objects: int) -> list[Target]:
    bounds = {
        NO_LATENCY.name: {"boto3": 2.0, "s5cmd": 1.0},
        PREFIXES.name: {"boto3": 3.4, "s5cmd": 1.3},
        FLAT.name: {"boto3": 3.0, "s5cmd": 2.0},
    }
    ours = times["ours"]
    cpu = median(ours.cpu) * 100_000 / objects
    return [
        *(
            Target(f"{scenario}: times as fast as {peer}", ours.rate(objects) / times[peer].rate(objects), bound)
            for peer, bound in bounds[scenario].items()
        ),
        Target(f"{scenario}: CPU seconds for 100,000 keys", cpu, 3.2, most=True),
    ]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cleanup",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="fewer objects and one round; shows that it works")
    default = ROOT / "build" / "bench" / "cleanup.json"
    parser.add_argument(
        "--json", type=Path, default=default, help=f"file for the figures (default: {default.relative_to(ROOT)})"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
