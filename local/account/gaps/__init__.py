"""The gaps between moto and AWS that this project would fall into, one family a file."""

from local.account.gaps import (
    access_logging,
    bucket_documents,
    cloudtrail,
    function_settings,
    lifecycle,
    notifications,
    policy_statements,
    queues,
    schedules,
)

PATCHES = (
    access_logging,
    bucket_documents,
    cloudtrail,
    function_settings,
    lifecycle,
    notifications,
    policy_statements,
    queues,
    schedules,
)


def close_all() -> None:
    """Patch moto in this process; call it once, before the first request."""
    for module in PATCHES:
        module.install()
