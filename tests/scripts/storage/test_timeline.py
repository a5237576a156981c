import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from declared.stacks import ROOT, deployed_stacks
from estate.lives import lives, picture_name
from estate.model import Estate, Resource, estate
from estate.names import DATA_BUCKETS, Names
from estate.views import LIFECYCLE, VERSIONING
from scripts.storage import timeline
from scripts.storage.timeline import main
from semantics.lifecycle.costs import load_prices
from semantics.lifecycle.life_svg import life_svg
from tests.components.published import declared as documented
from tests.semantics.lifecycle.samples import recordings, temporary

DOCUMENTED = deployed_stacks()
NAMES = Names("prod", "1", "us-east-1")
Change = Callable[[dict[str, Any]], object]


def an_estate(change: Change = lambda _: None) -> Estate:
    """Each class of data buckets as it could stand in production, with a change to the recordings' lifecycle."""
    kept = {NAMES.bucket(of): recordings(60) if of.versioned else temporary() for of in DATA_BUCKETS}
    kept[NAMES.recordings] = recordings()
    change(kept[NAMES.recordings])
    resources = [Resource(f"aws:{LIFECYCLE}", b, {"bucket": b, **rules}) for b, rules in kept.items()]
    on = {"status": "Enabled"}
    resources += [
        Resource(f"aws:{VERSIONING}", b, {"bucket": b, "versioningConfiguration": on})
        for b in (NAMES.bucket(of) for of in DATA_BUCKETS if of.versioned)
    ]
    resources += [Resource("aws:s3/bucket:Bucket", "r", {"bucket": NAMES.recordings, "objectLockEnabled": True})]
    return estate("prod", NAMES.environment, NAMES.account, NAMES.region, resources)


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[[Estate], None]:
    def put(declared: Estate) -> None:
        def answer(_: str) -> Estate:
            return declared

        monkeypatch.setattr(timeline, "declared_estate", answer)
        monkeypatch.setenv("COLUMNS", "200")

    return put


def test_each_data_bucket_is_shown_with_the_last_day_and_the_crossover(
    declare: Callable[[Estate], None], capsys: pytest.CaptureFixture[str]
):
    declare(an_estate())
    assert main(["--stack", "prod"]) == 0
    shown = capsys.readouterr().out
    for bucket in NAMES.data_buckets:
        assert bucket in shown
    assert "30     37        in Glacier Deep Archive" in shown
    assert "Bytes can exist through day 47" in shown
    assert "step pays from a window of 51 days on" in shown
    assert "https://aws.amazon.com/s3/pricing/, us-east-1, read 2026-11-23" in shown


def test_json_says_the_same(declare: Callable[[Estate], None], capsys: pytest.CaptureFixture[str]):
    declare(an_estate())
    assert main(["--stack", "prod", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["bucket"], first["last_day"], first["problems"]) == ("author-recordings-prod", 47, [])
    assert first["stages"][2] == {"storage_class": "DEEP_ARCHIVE", "day": 30, "latest": 37}
    assert round(first["options"][0]["usd_per_tb"], 2) == 24.38


def test_pictures_are_written_one_a_bucket(declare: Callable[[Estate], None], tmp_path: Path):
    declare(an_estate())
    assert main(["--stack", "prod", "--svg", str(tmp_path / "new")]) == 0
    drawn = {path.name for path in (tmp_path / "new").iterdir()}
    assert drawn == {f"timeline-prod-{of.short}.svg" for of in DATA_BUCKETS}
    assert "timeline-prod-recordings.svg" in drawn


def _merge(rules: dict[str, Any]) -> None:
    rules["rules"][1]["transitions"] = rules["rules"][0]["transitions"] + rules["rules"][1]["transitions"]
    del rules["rules"][0]


def _unknown_key(rules: dict[str, Any]) -> None:
    rules["rules"][0]["size"] = 3


def test_a_class_without_a_price_is_one_clear_line(
    declare: Callable[[Estate], None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    known = load_prices()
    without = {name: price for name, price in known.classes.items() if name != "DEEP_ARCHIVE"}
    monkeypatch.setattr("estate.lives.load_prices", lambda: replace(known, classes=without))
    declare(an_estate())
    assert main(["--stack", "prod"]) == 1
    assert "author-recordings-prod: prices.yaml has no price for DEEP_ARCHIVE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_merge, "author-recordings-prod: S3 would refuse these rules. spacing: rules[recordings-archive].transitions"),
        (_unknown_key, "author-recordings-prod: rules[recordings-infrequent].size is not part of a lifecycle rule"),
    ],
)
def test_what_cannot_be_shown_is_one_clear_line(
    change: Change, message: str, declare: Callable[[Estate], None], capsys: pytest.CaptureFixture[str]
):
    declare(an_estate(change))
    assert main(["--stack", "prod"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"timeline: {message}")
    assert captured.err.count("\n") == 1


def test_what_s3_does_silently_is_shown_beside_it(
    declare: Callable[[Estate], None], capsys: pytest.CaptureFixture[str]
):
    declare(an_estate(lambda r: r["rules"][1].pop("noncurrentVersionExpiration")))
    assert main(["--stack", "prod"]) == 0
    shown = capsys.readouterr().out
    assert "! noncurrent-expire: rules[recordings-archive].noncurrentVersionExpiration is (absent)" in shown
    assert "Day 45 only adds a delete marker" in shown


def test_a_data_bucket_without_lifecycle_is_named(
    declare: Callable[[Estate], None], capsys: pytest.CaptureFixture[str]
):
    declare(estate("prod", "prod", "1", "us-east-1", []))
    assert main(["--stack", "prod"]) == 1
    assert "author-recordings-prod has no lifecycle configuration in stack prod" in capsys.readouterr().err


def test_an_unknown_stack_and_a_wrong_option_exit_1(capsys: pytest.CaptureFixture[str]):
    assert main(["--stack", "nowhere"]) == 1
    assert "no stack nowhere" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stopped:
        main(["--stak", "prod"])
    assert stopped.value.code == 1
    assert "--help shows examples" in capsys.readouterr().err


@pytest.mark.parametrize("stack", DOCUMENTED)
def test_the_pictures_in_docs_are_up_to_date(stack: str):
    """If this fails: `make pictures`."""
    declared = documented(stack)
    for life, found in lives(declared):
        assert found == ()
        assert (ROOT / "docs" / picture_name(life, declared)).read_text(encoding="utf-8") == life_svg(life)


def test_docs_hold_no_picture_of_a_bucket_that_is_gone():
    expected = {picture_name(life, e) for e in map(documented, DOCUMENTED) for life, _ in lives(e)}
    assert {p.name for p in (ROOT / "docs").glob("timeline-*.svg")} == expected


def test_what_runs_in_the_account_can_draw_without_pulumi():
    code = "import sys, estate.lives, semantics.lifecycle.life_svg; sys.exit('pulumi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
