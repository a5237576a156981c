"""How old things are: the newest inventory of each bucket, and the newest evidence."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from audit.api import AbsentError, Account
from estate.model import Estate

INVENTORY = "s3/inventory:Inventory"
_DATED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d-\d\dZ)/$")
"""Folder of one inventory. Source: S3 user guide, "Locating your inventory list"
(https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html), read 2026-11-24."""


def inventory_ages(account: Account, declared: Estate, now: datetime) -> Iterator[tuple[str, float]]:
    """Yields each bucket with an inventory and its age in hours; a bucket that has none yet is left out.

    Raises:
        UnreadableError: the account did not tell.
    """
    for resource in declared.of_type(INVENTORY):
        bucket, name = str(resource.properties["bucket"]), str(resource.properties["name"])
        target = str(resource.properties["destination"]["bucket"]["bucketArn"]).rpartition(":")[2]
        if made := _newest(account, target, f"{bucket}/{name}/"):
            yield bucket, (now - made).total_seconds() / 3600


def _newest(account: Account, target: str, prefix: str) -> datetime | None:
    """Finds the newest inventory that is whole: its manifest comes last."""
    try:
        answer = account.ask("s3", "list_objects_v2", Bucket=target, Prefix=prefix, Delimiter="/")
    except AbsentError:
        return None
    folders = sorted((p["Prefix"] for p in answer.get("CommonPrefixes", ())), reverse=True)
    for folder in folders:
        if dated := _DATED.search(folder):
            found = account.ask("s3", "list_objects_v2", Bucket=target, Prefix=f"{folder}manifest.json")
            if found.get("Contents"):
                return datetime.strptime(dated[1], "%Y-%m-%dT%H-%MZ").replace(tzinfo=UTC)
    return None


def evidence_age(account: Account, bucket: str, now: datetime) -> float | None:
    """Days since the newest complete evidence.

    Where there is none yet, days since the first estate was deployed: an audit that never was must ring as well.

    Raises:
        UnreadableError: the account did not tell.
    """

    def dates(prefix: str, ending: str) -> list[datetime]:
        answer = account.ask("s3", "list_objects_v2", Bucket=bucket, Prefix=prefix)
        return [o["LastModified"] for o in answer.get("Contents", ()) if o["Key"].endswith(ending)]

    complete = dates("audit/", "-complete/evidence.json")
    since = max(complete) if complete else min(dates("estates/", ".json"), default=None)
    return (now - since).total_seconds() / 86_400 if since else None
