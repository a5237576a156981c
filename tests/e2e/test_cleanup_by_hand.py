"""The command of `make empty-temporary-uploads` against the estate as deployed.

What is emulated here: Lambda and its log by `local/clock` behind the embedded account, whose README says what it can't
judge. The command, the function and its zip are the project's own.
"""

import json
import time

import pytest

from scripts.storage.empty_temporary_uploads import main
from tests.e2e.estates import Estate

pytestmark = pytest.mark.e2e

BUCKET = "author-temporary-uploads-local"
KEYS = ["a/1", "b 2+3%", "é\n", "..", "😀"]


@pytest.fixture
def by_hand(local_stack: Estate, monkeypatch: pytest.MonkeyPatch) -> Estate:
    settings = {
        "AWS_ENDPOINT_URL": local_stack.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    s3 = local_stack.client("s3")
    for key in KEYS:
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * 10)
    time.sleep(1.1)  # what was modified in the second in which a run begins stays for the next
    return local_stack


def test_a_dry_run_leaves_everything_and_a_run_leaves_nothing(
    by_hand: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stack", "local", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["remaining"] == len(KEYS)
    s3 = by_hand.client("s3")
    assert len(s3.list_objects_v2(Bucket=BUCKET)["Contents"]) == len(KEYS)

    assert main(["--stack", "local", "--yes", "--json"]) == 0
    summary = json.loads(capsys.readouterr().out)
    assert (summary["result"], summary["deleted"], summary["remaining"]) == ("clean", len(KEYS), 0)
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)
