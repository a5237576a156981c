"""The temporary uploads' cleanup as deployed: backlog, alarm, schedule, alarm again.

What is emulated here: Lambda, EventBridge Scheduler and CloudWatch by `local/clock`, on demand instead of by time; AWS
by moto behind `local/account`, whose README says what it can't judge. The function's code, its zip, its role's rights,
the alarm and the schedules are the project's own, as `make up` provisioned them.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.account.daemon import authorization
from local.clock.alarms import tick
from local.clock.aws import Clients, running
from local.clock.schedules import fire
from tests.e2e.estates import Estate

pytestmark = pytest.mark.e2e

BUCKET = "author-temporary-uploads-local"
ALARM = "author-temporary-uploads-backlog"
PART = 64 << 20
COPIES = 17


@pytest.fixture
def clients(local_stack: Estate) -> Iterator[Clients]:
    """Have policies decide: the function and the schedule may do what their roles may, and nothing else."""
    account = running(local_stack.state / "account")
    authorization(account, on=True)
    yield Clients(account)
    authorization(account, on=False)


def _fired(clients: Clients, mode: str) -> Any:
    fired = fire(clients, f"author-temporary-uploads-{mode}")
    assert fired.error is None, fired.log
    return json.loads(fired.payload)


def _alarm(clients: Clients, moment: datetime) -> str:
    return next(judged.after for judged in tick(clients, moment) if judged.name == ALARM)


def test_a_backlog_rings_is_emptied_by_the_schedule_and_calms_down(clients: Clients) -> None:
    s3 = clients.make("s3")
    s3.put_object(Bucket=BUCKET, Key="upload/0", Body=bytes(PART))
    for number in range(1, COPIES):
        s3.copy_object(Bucket=BUCKET, Key=f"upload/{number}", CopySource={"Bucket": BUCKET, "Key": "upload/0"})

    assert _fired(clients, "measure")["bytes"] == PART * COPIES
    rang = datetime.now(UTC)
    assert _alarm(clients, rang) == "ALARM"

    cleaned = _fired(clients, "clean")
    assert (cleaned["result"], cleaned["deleted"], cleaned["remaining"]) == ("clean", COPIES, 0)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)

    assert _fired(clients, "measure")["bytes"] == 0
    assert _alarm(clients, rang + timedelta(hours=1)) == "OK", "the hour after the backlog was measured saw none"
