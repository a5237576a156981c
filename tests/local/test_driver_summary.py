import io
from typing import Any

from rich.console import Console, RenderableType

from local.driver.summary import LIFECYCLE, buckets, components

STACK = "urn:pulumi:local::p::pulumi:pulumi:Stack::p-local"
EXPORTS = "urn:pulumi:local::p::author:storage:Exports::author-exports"
INNER = "urn:pulumi:local::p::author:storage:Exports$author:storage:PrivateBucket::inner"


def item(urn: str, kind: str, parent: str, **outputs: Any) -> dict[str, Any]:
    return {"urn": urn, "type": kind, "parent": parent, "outputs": outputs}


def text(table: RenderableType) -> str:
    console = Console(file=io.StringIO(), width=200, record=True)
    console.print(table)
    return console.export_text()


def test_resources_are_counted_by_the_component_below_the_stack() -> None:
    shown = text(
        components(
            [
                item(STACK, "pulumi:pulumi:Stack", ""),
                item(EXPORTS, "author:storage:Exports", STACK),
                item(INNER, "author:storage:PrivateBucket", EXPORTS),
                item("urn:pulumi:local::p::x$aws:s3/bucket:Bucket::b", "aws:s3/bucket:Bucket", INNER),
                item("urn:pulumi:local::p::x$aws:kms/key:Key::k", "aws:kms/key:Key", EXPORTS),
            ]
        )
    )
    row = next(line for line in shown.splitlines() if "author-exports" in line)
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["author-exports", "Exports", "2"]
    assert "inner" not in shown


def test_each_rule_of_a_lifecycle_is_told_in_a_line() -> None:
    rules = [
        {
            "id": "two",
            "transitions": [{"days": 30, "storageClass": "DEEP_ARCHIVE"}],
            "expiration": {"days": 45},
            "noncurrentVersionExpiration": {"noncurrentDays": 1},
        },
        {
            "id": "leftovers",
            "expiration": {"expiredObjectDeleteMarker": True},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        },
    ]
    shown = text(buckets([item("u", LIFECYCLE, EXPORTS, bucket="author-recordings-local", rules=rules)]))
    assert "two: day 30: DEEP_ARCHIVE, day 45: expires, noncurrent 1 days: deleted" in shown
    assert "leftovers: lone delete markers: removed, incomplete uploads 7 days: aborted" in shown
