"""What a cleanup wants deleted: entries last modified before it began, and uploads in progress for a day."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.temporary_uploads_cleanup.log import tell_entries, tell_uploads
from runtime.objects.bucket import Bucket
from runtime.objects.control import Control
from runtime.objects.entry import Entry, Upload, as_modified
from runtime.objects.sweep import Left, rehearse, sweep
from runtime.objects.tally import Outcome, Tally
from runtime.objects.uploads import abort_uploads

UPLOAD_AGE = timedelta(hours=24)
"""A multipart upload in progress for longer than this is abandoned (runbook: Hygiene)."""


@dataclass
class Cleaned:
    """What a cleanup did, and what it leaves behind.

    Attributes:
        entries: outcomes of objects, versions and delete markers.
        uploads: outcomes of multipart uploads; `DELETED` is aborted.
        left: what could still be deleted or aborted.
    """

    entries: Tally = field(default_factory=lambda: Tally(tell_entries))
    uploads: Tally = field(default_factory=lambda: Tally(tell_uploads))
    left: Left = field(default_factory=lambda: Left(0, at_least=True))

    @property
    def refused(self) -> int:
        """What could not be deleted or aborted."""
        return self.entries.refused + self.uploads.refused


def clean(bucket: Bucket, began: datetime, control: Control, cleaned: Cleaned, *, dry_run: bool = False) -> None:
    """Deletes everything last modified before a moment but null markers, and aborts old uploads.

    Args:
        bucket: what to empty.
        began: the moment, on S3's clock. What was modified in the same second stays for the next run.
        control: when to stop.
        cleaned: receives what was done.
        dry_run: only say what would be done.
    """
    cutoff, uploads_before = as_modified(began), began - UPLOAD_AGE

    def wanted(entry: Entry) -> bool:
        return entry.modified < cutoff

    def abandoned(upload: Upload) -> bool:
        return upload.began < uploads_before

    work = rehearse if dry_run else sweep
    with ThreadPoolExecutor(1, "uploads") as pool:
        aborting = pool.submit(abort_uploads, bucket, abandoned, control, cleaned.uploads, rehearse=dry_run)
        entries = work(bucket, wanted, control, cleaned.entries)
        seen = aborting.result()
    uploads = cleaned.uploads.undone + cleaned.uploads[Outcome.REHEARSED]
    cleaned.left = Left(entries.entries + uploads, at_least=entries.at_least or not seen)
