"""What runs in a process of its own, against the stub in the environment.

`python -m benchmarks.cleanup.worker ours|boto3 [FILE]`: writes its most memory into FILE. A parent can't ask for that
after the end, because Linux counts the parent's own memory in until the program has begun.
"""

import os
import sys
from pathlib import Path
from typing import Any, cast

import boto3


class Context:
    """Lambda's context with its longest time."""

    def get_remaining_time_in_millis(self) -> int:
        """Fifteen minutes."""
        return 900_000


def ours() -> None:
    """This project's function, its log included."""
    from functions.temporary_uploads_cleanup.handler import handler  # noqa: PLC0415  (the peer must not pay for it)

    handler({"mode": "clean"}, Context())


def plain() -> None:
    """boto3's own way to empty a bucket."""
    s3 = cast("Any", boto3.resource("s3"))  # pyright: ignore[reportUnknownMemberType]
    s3.Bucket(os.environ["BUCKET"]).objects.all().delete()


def peak_memory() -> float:
    """Most memory (MiB) that this process had, as Linux counts it since the program began."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    {"ours": ours, "boto3": plain}[sys.argv[1]]()
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(str(peak_memory()), encoding="ascii")
