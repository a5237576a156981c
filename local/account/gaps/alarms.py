"""A new alarm has no data yet, and a changed one keeps its state; plain moto calls both OK."""

from typing import Any

from moto.cloudwatch.models import CloudWatchBackend

from local.account.patching import around


def install() -> None:
    """Set the state of an alarm that was just put."""

    @around(CloudWatchBackend, "put_metric_alarm")
    def _put(original: Any, cloudwatch: CloudWatchBackend, *args: Any, **given: Any) -> Any:
        before = cloudwatch.alarms.get(given["name"])
        alarm = original(cloudwatch, *args, **given)
        alarm.state_value = before.state_value if before else "INSUFFICIENT_DATA"
        return alarm
