"""What runs in a process of its own, against the stub in the environment.

`python -m benchmarks.cleanup.worker ours|boto3 [FILE]`: writes its most memory into FILE. A parent can't ask for that
after the end, because Linux counts the parent's own memory in until the program has begun.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import boto3
from botocore.config import Config


class Context:
    """Lambda's context with its longest time."""

    def get_remaining_time_in_millis(self) -> int:
        """Fifteen minutes."""
        return 900_000


def ours() -> None:
    """This project's function, its log included."""
    from functions.temporary_uploads_cleanup.handler import handler  # noqa: PLC0415  (the peer must not pay for it)

    handler({"mode": "clean"}, Context())


def threaded() -> None:
    """boto3 at its best: 8 listers, one prefix each at a time, and 16 deleters."""
    s3 = cast("Any", boto3).client("s3", config=Config(max_pool_connections=24))
    bucket = os.environ["BUCKET"]
    top = s3.list_objects_v2(Bucket=bucket, Delimiter="/").get("CommonPrefixes", [])

    def delete(page: dict[str, Any]) -> None:
        keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": keys, "Quiet": True})

    with ThreadPoolExecutor(16) as deleters, ThreadPoolExecutor(8) as listers:

        def list_all(prefix: str) -> None:
            for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                deleters.submit(delete, page)

        list(listers.map(list_all, [common["Prefix"] for common in top] or [""]))


def peak_memory() -> float:
    """Most memory (MiB) that this process had, as Linux counts it since the program began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    {"ours": ours, "boto3": threaded}[sys.argv[1]]()
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(str(peak_memory()), encoding="ascii")
