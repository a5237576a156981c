"""Aborts multipart uploads that nobody completed: several at once, each with an outcome of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from botocore.exceptions import ClientError

from runtime.objects.bucket import Bucket, Following
from runtime.objects.control import Control
from runtime.objects.entry import Upload
from runtime.objects.errors import DENIED, GONE, LOST, code_of
from runtime.objects.patience import persist
from runtime.objects.tally import Outcome, Tally

ABORTERS = 8
"""Aborts at once."""

Wanted = Callable[[Upload], bool]


def abort_uploads(bucket: Bucket, wanted: Wanted, control: Control, tally: Tally, *, rehearse: bool = False) -> bool:
    """Aborts the uploads that are wanted, page by page.

    Args:
        bucket: where.
        wanted: whether an upload is to be aborted.
        control: when to stop; an error makes the run a failure by it, but does not end it.
        tally: receives each upload's outcome.
        rehearse: only say what would be aborted.

    Returns:
        Whether all of them were seen.
    """
    following: Following | None = {}
    with ThreadPoolExecutor(ABORTERS, "aborter") as pool:
        while following is not None:
            if control.ended():
                return False
            asked = following
            try:
                page = persist(lambda asked=asked: bucket.uploads(asked), control)
            except (ClientError, *LOST) as error:
                control.blame(error)
                return False
            following = page.following
            due = [upload for upload in page.uploads if wanted(upload)]
            tally.add_listed(len(page.uploads))
            tally.add(Outcome.UNWANTED, [upload for upload in page.uploads if not wanted(upload)])
            if rehearse:
                tally.add(Outcome.REHEARSED, due)
            else:
                list(pool.map(partial(_abort, bucket, control, tally), due))
    return True


def _abort(bucket: Bucket, control: Control, tally: Tally, upload: Upload) -> None:
    if control.ended():
        tally.add(Outcome.LEFT, [upload])
        return
    try:
        persist(lambda: bucket.abort(upload), control)
    except (ClientError, *LOST) as error:
        code = code_of(error)
        outcome = Outcome.GONE if code in GONE else Outcome.DENIED if code in DENIED else Outcome.FAILED
        tally.add(outcome, [upload], code)
    else:
        tally.add(Outcome.DELETED, [upload])
