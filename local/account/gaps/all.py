"""The gaps between moto and AWS that this project would fall into, one family a file."""

from local.account.gaps import (
    access_logging,
    alarms,
    authorization,
    bucket_documents,
    bucket_owner,
    cloudtrail,
    delete_objects,
    function_settings,
    holds,
    invocations,
    keys,
    left_out,
    lifecycle,
    listings,
    log_metrics,
    multipart,
    notifications,
    object_lock,
    policy_statements,
    queues,
    refusals,
    resources,
    restores,
    s3_actions,
    schedules,
    service_actions,
    time_shift,
    topics,
    versions,
)

# Each wraps those before it; the bucket's owner comes last, so that a request is refused before anything looks at it.
PATCHES = (
    access_logging,
    alarms,
    authorization,
    bucket_documents,
    cloudtrail,
    delete_objects,
    function_settings,
    holds,
    invocations,
    keys,
    left_out,
    lifecycle,
    listings,
    log_metrics,
    notifications,
    object_lock,
    multipart,
    policy_statements,
    queues,
    resources,
    restores,
    s3_actions,
    schedules,
    service_actions,
    time_shift,
    topics,
    versions,
    refusals,
    bucket_owner,
)


def close_all() -> None:
    """Patch moto in this process; call it once, before the first request."""
    for module in PATCHES:
        module.install()
