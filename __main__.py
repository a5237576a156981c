"""The storage estate of the Author platform: what one stack consists of.

Every name and policy follows from the stack's configuration (`components.settings`). Numbers that the runbook also
states stand here or there, and are never read from it: the rules compare the two.
"""

from dataclasses import replace
from datetime import time

import pulumi

from components import estate_file, outputs, settings
from components.access_logs import AccessLogs, AccessLogsArgs
from components.alarm_table import GIBIBYTE
from components.alarms import Alarms, AlarmsArgs
from components.cleanup import Cleanup, CleanupArgs
from components.dashboard import Dashboard, DashboardArgs
from components.deployment import DeploymentMarker, DeploymentMarkerArgs
from components.drift_audit import DriftAudit, DriftAuditArgs
from components.evidence import Evidence, EvidenceArgs
from components.exports import Exports, ExportsArgs
from components.incident_tools import IncidentTools, IncidentToolsArgs
from components.inventory import Inventory, InventoryArgs
from components.notifications import Notifications, NotificationsArgs
from components.recordings import Recordings, RecordingsArgs
from components.retention import Retention, RetentionArgs
from components.retention_metrics import RetentionMetrics, RetentionMetricsArgs
from components.schedules import ScheduleGroup, ScheduleGroupArgs
from components.telemetry import Telemetry, TelemetryArgs
from components.temporary_uploads import TemporaryUploads, TemporaryUploadsArgs
from estate.names import EXPORTS, PREFIX, RECORDINGS, TEMPORARY_UPLOADS

configured = settings.load()
declared = estate_file.built(pulumi.get_stack(), configured.estate_hash)

before = configured.site
begin = DeploymentMarkerArgs(before.names.deployment_opened, declared.sha256, "What is being deployed, or was last.")
site = replace(before, opened=DeploymentMarker(f"{PREFIX}-deployment-opened", before, begin).parameter)

logs = AccessLogs(f"{PREFIX}-access-logs", site, AccessLogsArgs(keep_days=400))
recordings = Recordings(
    f"{PREFIX}-recordings",
    site,
    RecordingsArgs(
        standard_ia_after_days=7,
        deep_archive_after_days=30,
        window_days=configured.recordings_window_days,
        noncurrent_days=1,
        access_logs=logs,
    ),
)
exports = Exports(f"{PREFIX}-exports", site, ExportsArgs(expire_after_days=14, noncurrent_days=1, access_logs=logs))
uploads = TemporaryUploads(
    f"{PREFIX}-temporary-uploads", site, TemporaryUploadsArgs(expire_after_days=2, access_logs=logs)
)
listed = {
    RECORDINGS: recordings.bucket,
    EXPORTS: exports.bucket,
    TEMPORARY_UPLOADS: uploads.bucket,
}
Inventory(f"{PREFIX}-inventory", site, InventoryArgs(keep_days=90, of=listed))
evidence = Evidence(f"{PREFIX}-evidence", site, EvidenceArgs(locked_years=7, expire_after_days=2557))

Notifications(f"{PREFIX}-notifications", site, NotificationsArgs(configured.pagerduty_endpoints))
group = ScheduleGroup(f"{PREFIX}-storage", site, ScheduleGroupArgs(site.names.schedule_group))
retention = Retention(
    f"{PREFIX}-retention",
    site,
    RetentionArgs(
        window_days=configured.recordings_window_days,
        schedule=configured.retention_schedule,
        enabled=configured.retention_enabled,
        image=configured.retention_image,
        subnets=configured.retention_subnets,
        security_groups=configured.retention_security_groups,
        database_secret=configured.retention_database_secret,
        group=group,
    ),
)
Cleanup(
    f"{PREFIX}-temporary-uploads-cleanup",
    site,
    CleanupArgs(clean_at=time(3), backlog_threshold_bytes=GIBIBYTE, group=group),
)
DriftAudit(f"{PREFIX}-drift-audit", site, DriftAuditArgs(declared, evidence, group))
tools = IncidentToolsArgs(f"{PREFIX}-prod", configured.detector_model_version, saturated_replicas=6)
IncidentTools(f"{PREFIX}-incident-tools", site, tools)

Telemetry(f"{PREFIX}-lifecycle", site, TelemetryArgs(keep_days=400))
RetentionMetrics(f"{PREFIX}-retention-metrics", site, RetentionMetricsArgs(after=retention.log_group))
alarms = Alarms(f"{PREFIX}-alarms", site, AlarmsArgs(configured.retention_silent_after_hours))
Dashboard(f"{PREFIX}-dashboard", site, DashboardArgs([alarm.definition.name for alarm in alarms.alarms]))

end = DeploymentMarkerArgs(
    site.names.deployment_closed, declared.sha256, "What was deployed in full.", tuple(site.standing)
)
DeploymentMarker(f"{PREFIX}-deployment-closed", site, end)
outputs.export(site.names)
