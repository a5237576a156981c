"""Every class of data buckets is made by the program, and every bucket with users' requests is of such a class."""

from collections.abc import Iterator

from estate.model import Estate
from estate.names import Names
from estate.paths import Path, find
from estate.views import buckets, data_buckets, matching
from policies.comparison import Comparison, absent, undeclared
from policies.finding import Severity
from policies.rule import rule
from policies.runbook.claims import BucketClaim
from policies.runbook.reader import Runbook

CLASSES = "DATA_BUCKETS of estate/names.py"
DASHBOARD = "cloudwatch/dashboard:Dashboard"
BODY: Path = ("dashboardBody", "widgets")


@rule(
    "data-bucket",
    "Every class of data buckets is declared and on the dashboard, and every measured bucket is of one.",
    Severity.HIGH,
    (),
    why="Alarms, outputs, deliveries of logs, and widgets are made for the classes, and for nothing else.",
)
def data_bucket(estate: Estate, runbook: Runbook) -> Iterator[Comparison]:
    """Compares the classes of data buckets with what is declared, and what is measured with the classes."""
    classes = Names(estate.environment, estate.account, estate.region).data_buckets
    declared = {b.name for b in buckets(estate)}
    for name in classes:
        if name not in declared:
            wanted = f"a bucket, as in {CLASSES}: made by a component of components/ in __main__.py"
            yield absent(undeclared("s3/bucket:Bucket", name), ("bucket",), wanted, None)
    measured = [c.buckets for c in runbook.of(BucketClaim) if c.measured]
    for bucket in (b for pattern in measured for b in matching(estate, pattern)):
        if bucket.name not in classes:
            yield absent(bucket.resource, ("class",), f"a class of its own in {CLASSES}", None)
    yield from _shown(estate)


def _shown(estate: Estate) -> Iterator[Comparison]:
    boards = list(estate.of_type(DASHBOARD))
    lines = "dashboardBody.widgets.*.properties.metrics.*.*"
    shown = {value for board in boards for _, value in find(board.properties, lines)}
    for bucket in data_buckets(estate):
        if bucket.name not in shown:
            board = boards[0] if boards else undeclared(DASHBOARD, "(any)")
            yield absent(board, BODY, f"a line of {bucket.name}; components/dashboard.py draws them", None)


RULES = (data_bucket,)
