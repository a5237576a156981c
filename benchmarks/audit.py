"""How fast the audit reads buckets, beside a reader that asks one thing after another: `python -m benchmarks.audit`.

The account is a stub in a process of its own that takes 60 ms for each answer (assumed, not measured). The sequential
reader does the same calls with plain boto3 clients; it reads five buckets, and its time for more is that times as many.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, cast

import boto3
from botocore.exceptions import ClientError
from rich.console import Console
from rich.table import Table

from audit.api import Account
from audit.judge import Context, judge
from audit.observe import Observation, declared_places, discovered_places, observe
from audit.readers import s3
from estate.model import Estate, Resource, estate

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {5: 1.0, 50: 3.0, 500: 20.0}
"""Buckets → seconds."""
MOST_CALLS, MOST_MEGABYTES, SEQUENTIAL = 20, 150, 5
ACCOUNT, REGION = "123456789012", "us-east-1"


@dataclass(frozen=True)
class Row:
    """One size.

    Attributes:
        buckets: how many were read.
        seconds, sequential: wall time of the audit's reader, and of the sequential one.
        limit: the most seconds allowed.
        calls: a bucket.
    """

    buckets: int
    seconds: float
    sequential: float
    limit: float
    calls: float

    @property
    def ratio(self) -> float:
        """How many times faster than the sequential reader."""
        return self.sequential / self.seconds

    @property
    def met(self) -> bool:
        """Whether time and calls are within their limits."""
        return self.seconds < self.limit and self.calls <= MOST_CALLS


@contextmanager
def stub() -> Generator[str]:
    """Starts the stub and yields its endpoint; it ends with its input."""
    command = [sys.executable, "-m", "benchmarks.audit_stub"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


def read(asked: boto3.Session, declared: Estate) -> tuple[list[Observation], Account]:
    """Reads an estate as the audit does."""
    account = Account(asked, ACCOUNT, REGION)
    places = declared_places(declared, s3.KINDS)
    found, unlisted = discovered_places(account, declared, s3.KINDS, s3.KINDS)
    if unlisted:
        raise SystemExit(f"bench: the stub did not answer: {unlisted}")
    return observe(account, [*places, *found], lambda: None), account


def buckets_only(count: int) -> Estate:
    """An estate that declares buckets and nothing of them."""
    names = (f"author-bench-{i}" for i in range(count))
    return estate("bench", "bench", ACCOUNT, REGION, [Resource(s3.BUCKETS, n, {"bucket": n}) for n in names])


def declared_like(seen: list[Observation], count: int) -> Estate:
    """An estate of buckets that declare what was seen of one."""
    made: list[Resource] = []
    for name in (f"author-bench-{i}" for i in range(count)):
        for o in seen:
            if o.values is not None:
                properties = {k: v for k, v in o.values.items() if v is not None} | {"bucket": name}
                made.append(Resource(o.place.kind.type, name, properties))
    return estate("bench", "bench", ACCOUNT, REGION, made)


def sequential(asked: boto3.Session, declared: Estate) -> float:
    """Seconds that a reader takes which asks one thing after another, each once."""
    client = cast("Any", asked).client("s3", region_name=REGION)
    attributes = [a for kind in (s3.BUCKET, *s3.SUB_RESOURCES) for a in kind.attributes]
    operations = dict.fromkeys([*(a.call.operation for a in attributes), s3.ALL_METRICS.operation])
    operations[s3.ALL_INVENTORIES.operation] = None
    began = perf_counter()
    for bucket in (r for r in declared.resources if r.type == s3.BUCKETS):
        for operation in operations:
            try:
                getattr(client, operation)(Bucket=bucket.properties["bucket"], ExpectedBucketOwner=ACCOUNT)
            except ClientError:
                continue  # what a bucket has not is an error of its own
    return perf_counter() - began


def measure(asked: boto3.Session) -> list[Row]:
    """Reads each size once.

    Raises:
        SystemExit: the audit finds differences where there are none, so its time means nothing.
    """
    seen, _ = read(asked, buckets_only(1))
    five = sequential(asked, declared_like(seen, SEQUENTIAL))
    rows: list[Row] = []
    for count, limit in LIMITS.items():
        declared = declared_like(seen, count)
        began = perf_counter()
        observations, account = read(asked, declared)
        findings = [f for o in observations for f in judge(o, Context(declared, {}, {}))]
        seconds = perf_counter() - began
        if findings or len(observations) < len(declared.resources):
            raise SystemExit(f"bench: {len(findings)} findings on buckets as declared: {findings[:1]}")
        calls = sum(account.calls.values()) / count
        rows.append(Row(count, seconds, five * count / SEQUENTIAL, limit, calls))
    return rows


def show(rows: list[Row], megabytes: float) -> None:
    """Prints the table."""
    table = Table(
        title="The audit's reader, 60 ms a call", caption=f"most memory {megabytes:.0f} MB of {MOST_MEGABYTES}"
    )
    for heading in ("buckets", "seconds", "at most", "calls a bucket", "one after another", "times faster", ""):
        table.add_column(heading, justify="right")
    for row in rows:
        cells = (f"{row.seconds:.2f}", f"{row.limit:.0f}", f"{row.calls:.1f}", f"{row.sequential:.1f}")
        table.add_row(str(row.buckets), *cells, f"{row.ratio:.1f}", "met" if row.met else "MISSED")
    Console().print(table)


def main() -> int:
    """Measures, prints and writes the figures; 0 where every limit is met, else 1."""
    parser = argparse.ArgumentParser("python -m benchmarks.audit", description=__doc__)
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench" / "audit.json", metavar="FILE")
    arguments = parser.parse_args()
    with stub() as endpoint:
        os.environ["AWS_ENDPOINT_URL"] = endpoint
        rows = measure(boto3.Session("key", "secret", region_name=REGION))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show(rows, megabytes)
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    figures = [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows]
    arguments.json.write_text(json.dumps({"rows": figures, "megabytes": megabytes}, indent=1) + "\n")
    return 0 if all(row.met for row in rows) and megabytes < MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
