"""Which names S3 takes for a general purpose bucket.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, read 2026-11-24.
"""

import re

RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")
"""Ends of access point, Outposts, multi-region, directory, table and account-regional names."""


def problem(name: str) -> str | None:
    """Says what is wrong with a name; None where S3 takes it."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) or ".." in name:
        return "S3 takes 3 to 63 of a-z 0-9 . -, begun and ended by a letter or digit, without two dots in a row"
    if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        return "S3 takes no name that looks like an IP address"
    if name.startswith(RESERVED_BEGINNINGS) or name.endswith(RESERVED_ENDS):
        return "S3 reserves names that begin or end so"
    return None
