"""The storage estate of the Author platform: what one stack consists of.

Every name and policy follows from the stack's configuration (`components.settings`); numbers that the runbook
also states stand here or there, and nowhere read from it.
"""

from components import outputs, settings
from components.access_logs import AccessLogs, AccessLogsArgs
from components.exports import Exports, ExportsArgs
from components.recordings import Recordings, RecordingsArgs
from components.temporary_uploads import TemporaryUploads, TemporaryUploadsArgs

configured = settings.load()
site = configured.site

logs = AccessLogs("author-access-logs", site, AccessLogsArgs(keep_days=400))
Recordings(
    "author-recordings",
    site,
    RecordingsArgs(
        standard_ia_after_days=7,
        deep_archive_after_days=30,
        window_days=configured.recordings_window_days,
        noncurrent_days=1,
        access_logs=logs,
    ),
)
Exports("author-exports", site, ExportsArgs(expire_after_days=14, noncurrent_days=1, access_logs=logs))
TemporaryUploads("author-temporary-uploads", site, TemporaryUploadsArgs(expire_after_days=2, access_logs=logs))

outputs.export(site.names)
