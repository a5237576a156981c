"""Empties `author-temporary-uploads` (`clean`) and says what lies in it (`measure`)."""

import json
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from functions.temporary_uploads_cleanup.cleaning import Cleaned, clean
from functions.temporary_uploads_cleanup.log import logger
from functions.temporary_uploads_cleanup.measuring import measure, overdue
from functions.temporary_uploads_cleanup.metrics import publish_backlog, publish_cleanup, publish_failure
from functions.temporary_uploads_cleanup.report import progress, summary_of
from functions.temporary_uploads_cleanup.request import Request, read_request
from functions.temporary_uploads_cleanup.settings import CleanupSettings, read_settings
from runtime.objects.bound import within
from runtime.objects.bucket import Bucket, Overview
from runtime.objects.control import Control, Reason
from runtime.objects.errors import code_of
from runtime.objects.patience import persist
from runtime.objects.switch import Switch
from runtime.stop_switch import BRIEF, LONGEST, stop_value

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

RESERVE = 30.0
"""Seconds kept free before Lambda's deadline: to end what has begun, report, and start the continuation."""

ACCEPTED = 202
"""What Lambda answers where it has taken an event to be run."""

TAG = ("temporary", "true")
"""The tag without which no bucket is emptied, whatever its name."""


class NotTemporaryError(RuntimeError):
    """The bucket does not say that it is temporary."""


class CleanupError(RuntimeError):
    """The run failed; the message is its summary. Raised at the very end, so that the failure has a destination."""


class NotStartedError(RuntimeError):
    """Lambda's answer does not say that it took the next run."""


class Context(Protocol):
    """What the handler needs of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the run."""
        ...


def handler(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Lambda's entry point.

    Args:
        event: see `request.Request`; `{"mode": "clean"}` or `{"mode": "measure"}` is enough. Measuring deletes nothing
            and starts nothing, unless the event says `"heal": true`, as that of the hourly schedule does.
        context: Lambda's own.

    Returns:
        The summary, which is also the log's last line.

    Raises:
        CleanupError: the run failed. What it could not delete is in the log, by key.
    """
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE
    settings = read_settings()
    request = read_request(event)
    logger.append_keys(mode=request.mode, chain=request.chain, depth=request.depth)
    try:
        run = _measure if request.mode == "measure" else _clean
        summary = run(settings, request, deadline)
    except Exception as error:
        logger.exception("failed")
        if request.mode == "clean" and not request.dry_run:
            publish_failure(settings.bucket)
        raise CleanupError(f"{request.mode} of {settings.bucket} failed: {error}") from error
    if summary.get("result") == "failed":
        raise CleanupError(json.dumps(summary))
    return summary


def _opened(settings: CleanupSettings, control: Control) -> tuple[Bucket, Overview]:
    """The bucket, if it may be emptied, and what is known of it before."""
    bucket = Bucket(settings.bucket, settings.account)
    overview = persist(bucket.overview, control)
    require_temporary(settings.bucket, overview)
    return bucket, overview


def require_temporary(bucket: str, overview: Overview) -> None:
    """Refuses a bucket whose tag does not say that it is temporary; its name is checked with the settings.

    Raises:
        NotTemporaryError: naming the tag found.
    """
    name, expected = TAG
    found = overview.tags.get(name)
    if found != expected:
        tag = "no such tag" if found is None else f"{name}={found}"
        raise NotTemporaryError(
            f"{bucket} must carry the tag {name}={expected}, found {tag}; nothing was deleted. "
            "Tag it only if everything in it may be deleted."
        )


def _clean(settings: CleanupSettings, request: Request, deadline: float) -> dict[str, Any]:
    started = time.monotonic()
    switch = Switch(stop_value(settings.stop_parameter))
    bucket, overview = _opened(settings, Control(deadline=deadline))
    control = Control(deadline=deadline, switch=switch, max_deletes=request.max_deletes)
    began = min(request.before, overview.now) if request.before else overview.now
    cleaned = Cleaned()
    with progress(cleaned):
        try:
            clean(bucket, began, control, cleaned, dry_run=request.dry_run)
        except Exception as error:
            logger.exception("ended by an error")
            control.fail(error)
    if control.error:
        logger.error("an error", exc_info=control.error)
    if miscount := cleaned.entries.miscount() or cleaned.uploads.miscount():
        control.miscounted(miscount)
    following = _continuation(request, control, began)
    seconds = time.monotonic() - started
    summary = summary_of(request, control, cleaned, seconds, continues=following is not None)
    logger.info("summary", extra=summary)
    if following:
        summary |= _continued(settings, following)
    if not request.dry_run:
        publish_cleanup(settings.bucket, summary)
    return summary


def _continued(settings: CleanupSettings, following: Request) -> dict[str, Any]:
    """Starts the next run of a chain; what changes in the summary, which is in the log already, where it can't."""
    try:
        _invoke(settings, following)
    except Exception as error:
        logger.exception("the continuation could not be started")
        failure = f"the continuation could not be started: {code_of(error)}: {error}"
        return {"result": "failed", "reason": Reason.ERROR, "error": failure, "continues": False}
    return {}


def _continuation(request: Request, control: Control, began: datetime) -> Request | None:
    """The run that goes on where this one met its deadline; a dry run would only begin anew."""
    if request.dry_run or control.reason is not Reason.DEADLINE:
        return None
    following = request.next_run(began, control.remainder)
    if following is None:
        logger.warning("the chain is as long as it may be; the hourly run starts a new one if work remains")
    return following


def _measure(settings: CleanupSettings, request: Request, deadline: float) -> dict[str, Any]:
    control = Control(deadline=deadline)
    bucket, overview = _opened(settings, control)
    backlog = measure(bucket, settings.backlog_threshold, control)
    age = backlog.age(overview.now)
    publish_backlog(settings.bucket, objects=backlog.objects, size=backlog.size, oldest_age=age)
    before = overdue(backlog, settings.clean_at, overview.now) if request.heal else None
    if before:
        logger.warning(
            "the last scheduled cleanup left work; starting a new chain", extra={"before": before.isoformat()}
        )
    summary = {
        "objects": backlog.objects,
        "bytes": backlog.size,
        "oldest_age": age,
        "at_least": backlog.at_least,
        "null_markers": backlog.null_markers,
        "new_chain": before is not None,
    }
    logger.info("summary", extra=summary)
    if before:
        _invoke(settings, Request(mode="clean", before=before, chain=uuid.uuid4().hex))
    return summary


def _invoke(settings: CleanupSettings, request: Request) -> None:
    # A call that is repeated may start two runs, and two would delete twice what a limit allows.
    attempts = 1 if request.max_deletes else 2
    config = BRIEF.merge(Config(retries={"mode": "standard", "total_max_attempts": attempts}))
    client: LambdaClient = boto3.client("lambda", config=config)  # pyright: ignore[reportUnknownMemberType]
    asked: Any = {"FunctionName": settings.function_name, "InvocationType": "Event"}
    answer = within(LONGEST, lambda: client.invoke(**asked, Payload=json.dumps(request.as_event())))
    if answer["StatusCode"] != ACCEPTED:
        raise NotStartedError(f"{settings.function_name} answered {answer['StatusCode']}; expected {ACCEPTED}")
