"""The S3 client of deleters and listers: botocore's, asked once a request, with each answer looked at."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from runtime.objects.answers import watch

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LISTERS = 16
"""Listings at once."""

DELETERS = 24
"""Deletions at once: at a third of a second each they carry the rate that S3 allows twenty prefixes."""

SILENCE = 15.0
"""Seconds without a byte from S3 before a request counts as lost."""

LONGEST = 20.0
"""Seconds that a request may take in all; a run keeps more than that free before its deadline."""


def s3_client() -> "S3Client":
    """Makes the client. It repeats nothing by itself: what is repeated, and for how long, a run decides."""
    config = Config(
        connect_timeout=5,
        read_timeout=SILENCE,
        retries={"total_max_attempts": 1},
        max_pool_connections=LISTERS + DELETERS,
        parameter_validation=False,
    )
    client: S3Client = boto3.client("s3", config=config)  # pyright: ignore[reportUnknownMemberType]
    watch(client.meta.events)
    return client
