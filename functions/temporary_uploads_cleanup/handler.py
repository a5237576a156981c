"""Empties `author-temporary-uploads` (`clean`) and says what lies in it (`measure`)."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from functions.temporary_uploads_cleanup.metrics import publish_backlog, publish_cleanup
from functions.temporary_uploads_cleanup.settings import Settings, read_settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = Logger(service="temporary-uploads-cleanup")


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Lambda's entry point.

    Args:
        event: `{"mode": "clean"}` or `{"mode": "measure"}`.
    """
    settings = read_settings()
    pages = _client().get_paginator("list_objects_v2")
    listing = pages.paginate(Bucket=settings.bucket, ExpectedBucketOwner=settings.account)
    if event["mode"] == "measure":
        return _measure(settings, [entry for page in listing for entry in page.get("Contents", [])])
    return _clean(settings, [page.get("Contents", []) for page in listing])


def _measure(settings: Settings, found: list[Any]) -> dict[str, Any]:
    now = datetime.now(UTC)
    size = sum(entry["Size"] for entry in found)
    age = max(((now - entry["LastModified"]).total_seconds() for entry in found), default=0.0)
    publish_backlog(settings.bucket, objects=len(found), size=size, oldest_age=age)
    return {"objects": len(found), "bytes": size, "oldest_age": age}


def _clean(settings: Settings, batches: list[list[Any]]) -> dict[str, Any]:
    s3 = _client()
    deleted, size, failed = 0, 0, 0
    for batch in batches:
        if not batch:
            continue
        answer = s3.delete_objects(
            Bucket=settings.bucket,
            ExpectedBucketOwner=settings.account,
            Delete={"Objects": [{"Key": entry["Key"], "ETag": entry["ETag"]} for entry in batch], "Quiet": True},
        )
        wrong = {error.get("Key"): error.get("Code") for error in answer.get("Errors", [])}
        gone = [entry for entry in batch if entry["Key"] not in wrong]
        logger.info("deleted", extra={"keys": [entry["Key"] for entry in gone]})
        deleted += len(gone)
        size += sum(entry["Size"] for entry in gone)
        failed += len(wrong)
    result = "failed" if failed else "clean"
    publish_cleanup(settings.bucket, deleted=deleted, size=size, remaining=failed, result=result)
    summary: dict[str, object] = {"result": result, "deleted": deleted, "bytes": size, "failed": failed}
    logger.info("summary", extra=summary)
    return summary


def _client() -> "S3Client":
    return boto3.client("s3")  # pyright: ignore[reportUnknownMemberType]
