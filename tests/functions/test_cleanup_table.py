"""Every request that the engine makes × everything that can go wrong with it: generated, so none is forgotten."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.temporary_uploads_cleanup import handler as cleanup
from functions.temporary_uploads_cleanup.handler import CleanupError, handler
from runtime import stop_switch
from runtime.objects import answers, client
from runtime.objects.bucket import Bucket
from runtime.objects.control import Control, Reason
from runtime.objects.holds import LockHolds
from runtime.objects.sweep import sweep
from runtime.objects.tally import Outcome, Tally
from tests.functions.conftest import Lambda, Log
from tests.stubs.s3.behaviour import Behaviour, Fault
from tests.stubs.s3.control import ACCOUNT, BUCKET, Stub

pytestmark = pytest.mark.process

ODD = "bell\x07"
OLD = [ODD, *(f"{n % 2}/{n:02}" for n in range(12))]
NEW = "new"


@dataclass(frozen=True)
class Kind:
    """What goes wrong with the first request of a kind, or with all of them."""

    fault: Callable[[str], Fault]

    def behaviour(self, operation: str) -> Behaviour:
        return Behaviour(faults=[self.fault(operation)])


def once(kind: str) -> Kind:
    return Kind(lambda operation: Fault(operation, kind))


def status(code: int, said: str, times: int = 1) -> Kind:
    return Kind(lambda operation: Fault(operation, "error", times=times, code=said, status=code))


DENIED = "denied"
FAULTS: dict[str, Kind] = {
    "500": status(500, "InternalError"),
    "502": status(502, "BadGateway"),
    "503": status(503, "SlowDown"),
    "504": status(504, "GatewayTimeout"),
    "cut": once("truncated"),
    "reset": once("reset"),
    "silence": once("slow"),
    "hang": once("hang"),
    "trickle": once("trickle"),
    "foreign": once("foreign"),
    DENIED: status(403, "AccessDenied", 999),
}
ALL = frozenset(FAULTS) - {DENIED}
STATUSES = frozenset({"500", "502", "503", "504"})


@dataclass(frozen=True)
class Row:
    """A request: the run that it belongs to, the faults that pass, and what stays of the old where it is denied."""

    run: str
    passing: frozenset[str]
    denied_stay: frozenset[str]


EVERYTHING = frozenset(OLD)
ROWS: dict[str, Row] = {
    "GetBucketTagging": Row("clean", ALL, EVERYTHING),
    "GetBucketVersioning": Row("clean", ALL, EVERYTHING),
    "ListObjectsV2": Row("clean", ALL, EVERYTHING),
    "ListObjectVersions": Row("clean versions", ALL, EVERYTHING),
    "ListMultipartUploads": Row("clean", ALL, frozenset()),
    "DeleteObjects": Row("clean", ALL, EVERYTHING - {ODD}),
    "DeleteObject": Row("clean", ALL, frozenset({ODD})),
    "AbortMultipartUpload": Row("clean", ALL, frozenset()),
    "GetParameter": Row("clean", STATUSES | {"reset"}, EVERYTHING),
    "Invoke": Row("heal", STATUSES | {"reset", "cut", "silence"}, EVERYTHING),
    "GetObjectLegalHold": Row("sweep", ALL - {"cut"}, EVERYTHING),
    "GetObjectRetention": Row("sweep", ALL - {"cut"}, EVERYTHING),
}


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits briefly where a fault wants to be waited for; elsewhere a busy machine is given the time it takes."""
    asked: dict[str, str] = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    kind, operation = asked.get("kind", ""), asked.get("operation", "")
    bounded = {"hang", "trickle", "silence"} if operation == "GetParameter" else {"hang", "trickle"}
    longest = 0.5 if kind in bounded else 20.0
    monkeypatch.setattr(client, "SILENCE", 0.3 if kind in {"hang", "silence"} else 10.0)
    for module in (client, stop_switch, cleanup):
        monkeypatch.setattr(module, "LONGEST", longest)


def long_ago() -> str:
    return (datetime.now(UTC) - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def filled(stub: Stub, run: str) -> None:
    if run != "clean":
        stub.reset(versioned=run == "clean versions", locked=run == "sweep")
    stub.fill(OLD, modified=long_ago())
    stub.put(NEW, "x", modified="2099-01-01T00:00:00.000Z")
    stub.upload("upload", long_ago())


def summary_of(event: dict[str, Any]) -> dict[str, Any]:
    """The run's summary, or what stands for it where the run could not begin."""
    try:
        return handler(event, Lambda())
    except CleanupError as error:
        text = str(error)
    return json.loads(text) if text.startswith("{") else {"result": "failed", "deleted": 0}


def swept() -> dict[str, Any]:
    bucket = Bucket(BUCKET, ACCOUNT)
    now = bucket.overview().now
    control, tally = Control(deadline=float("inf")), Tally()
    left = sweep(bucket, lambda entry: entry.key != NEW, control, tally, LockHolds(bucket, now, control))
    assert tally.miscount() is None
    failed = control.reason is Reason.ERROR or tally[Outcome.HELD]
    return {"result": "failed" if failed else "clean" if not left.entries else "incomplete", **tally.counts()}


RUNS: dict[str, Callable[[], dict[str, Any]]] = {
    "clean": lambda: summary_of({"mode": "clean"}),
    "clean versions": lambda: summary_of({"mode": "clean"}),
    "heal": lambda: summary_of({"mode": "measure", "heal": True}),
    "sweep": swept,
}


def test_every_request_of_the_engine_has_its_row() -> None:
    assert set(answers.ROOTS) | answers.EMPTY | {"GetParameter", "Invoke"} == set(ROWS)


@pytest.mark.parametrize("run", sorted(RUNS))
def test_every_request_that_a_run_makes_has_its_row_and_is_made(stub: Stub, run: str) -> None:
    filled(stub, run)
    RUNS[run]()
    asked = {name for name in stub.state()["counts"] if name[0].isupper()}
    assert {operation for operation, row in ROWS.items() if row.run == run} <= asked <= set(ROWS)


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("operation", ROWS)
def test_whatever_goes_wrong_is_told_as_it_is(stub: Stub, log: Log, operation: str, kind: str) -> None:
    row = ROWS[operation]
    filled(stub, row.run)
    stub.behave(FAULTS[kind].behaviour(operation))
    summary = RUNS[row.run]()
    state = stub.state()
    stay = {key for key in state["keys"] if key != NEW}
    assert NEW in state["keys"]
    assert state["counts"].get("unconditional", 0) == 0
    if kind == DENIED:
        assert (summary.get("result"), stay) == ("failed", row.denied_stay)
    elif row.run == "heal":
        assert bool(state["invocations"]) or kind not in row.passing
        assert ("new_chain" in summary) is (kind in row.passing)
    else:
        assert summary["result"] == ("clean" if kind in row.passing else "failed")
        # Half an error document does not say that there is no hold, and unknown is held: the one version it was about.
        expected = 0 if kind in row.passing else 1 if row.run == "sweep" else len(EVERYTHING)
        assert len(stay) == expected
    if row.run.startswith("clean"):
        assert summary["deleted"] == len(EVERYTHING) - len(stay) == len(set(map(str, log.keys("deleted"))))
        assert len([line for line in log.lines if line["message"] in {"summary", "failed"}]) == 1
