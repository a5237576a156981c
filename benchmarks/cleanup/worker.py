"""What runs in a process of its own: `python -m benchmarks.cleanup.worker ours`, against the environment's stub."""

import os
import sys
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


if __name__ == "__main__":
    {"ours": ours, "boto3": plain}[sys.argv[1]]()
