"""docs/changing.md: each patch applies word for word and touches as few files as it says, and unit tests stay green.

Of a class of data buckets, each file left out is told, and told by name.
"""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from declared.stacks import deployed_stacks
from tests.copies import ROOT, TESTED, UNIT, checkout

pytestmark = pytest.mark.process

PAGE = (ROOT / "docs" / "changing.md").read_text(encoding="utf-8")
BUCKET = "A class of data buckets"
MOST = {
    "A number": 2,
    "A window": 4,
    "A stack": 3,
    BUCKET: 7,
    "An alarm on a metric that there is": 3,
    "A kind of claim": 4,
    "An audited attribute": 2,
}
AGREES = "tests/policies/test_rules.py::test_what_the_program_declares_agrees_with_the_runbook"
PRESENT = "tests/components/test_data_buckets.py::test_every_component_that_makes_a_bucket_is_tested_here"


def patches() -> dict[str, str]:
    """Section → its patches, one below the other."""
    found: dict[str, str] = {}
    title, heading = "", False
    for token in MarkdownIt().parse(PAGE):
        if heading:
            title = token.content
        heading = token.type == "heading_open" and token.tag == "h2"
        if token.type == "fence" and token.info == "diff":
            found[title] = found.get(title, "") + token.content
    return found


PATCHES = patches()


def files(patch: str) -> list[str]:
    """The files that a patch touches."""
    return re.findall(r"^diff --git a/(\S+) b/\1$", patch, re.MULTILINE)


def apply(patch: str, copy: Path, *options: str) -> None:
    done = subprocess.run(
        ["git", "apply", *options], cwd=copy, input=patch, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a module of the copy with this interpreter; its tests are no workers of this run."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=copy, env=own, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("pristine"))


@pytest.mark.parametrize("title", PATCHES)
def test_a_patch_applies_by_itself(title: str, pristine: Path) -> None:
    apply(PATCHES[title], pristine, "--check")


def test_every_change_is_counted() -> None:
    rows = re.findall(r"^\| \[(.+)\]\(#\S+\) \|", PAGE, re.MULTILINE)
    assert [row.lower() for row in rows] == [title.lower() for title in PATCHES]
    assert PATCHES.keys() == MOST.keys()


@pytest.mark.parametrize("title", MOST)
def test_a_change_touches_few_files_and_as_many_as_the_page_says(title: str) -> None:
    touched = set(files(PATCHES[title]))
    assert len(touched) <= MOST[title]
    said = re.search(rf"^\| \[{title}\]\(#\S+\) \| (\d+) \|", PAGE, re.MULTILINE | re.IGNORECASE)
    assert said
    assert int(said[1]) == len(touched)


def test_with_all_changes_the_unit_tests_of_what_knows_this_estate_are_green(tmp_path: Path) -> None:
    copy, scratch = checkout(tmp_path / "copy"), tmp_path / "scratch"
    for patch in PATCHES.values():
        apply(patch, copy)
    with ThreadPoolExecutor(2) as pool:
        draw = partial(run, copy, "scripts.storage.timeline", "--svg", "docs", "--stack")
        assert [drawn.stderr for drawn in pool.map(draw, deployed_stacks(copy)) if drawn.returncode] == []
    done = run(copy, "pytest", "-q", "-n", "2", f"--basetemp={scratch}", "-m", UNIT, *TESTED, "tests/test_readme.py")
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """File of the patch for a new bucket → what two tests say where it is forgotten, each at its place."""

    def without(file: str) -> str:
        folder = tmp_path_factory.mktemp("forgotten")
        copy = checkout(folder / "copy")
        apply(PATCHES[BUCKET], copy, f"--exclude={file}")
        done = run(
            copy, "pytest", "-vv", f"--basetemp={folder / 'scratch'}", "-k", "prod or tested_here", AGREES, PRESENT
        )
        return "\n".join(line for line in done.stdout.splitlines() if line.startswith("E "))

    with ThreadPoolExecutor(2) as pool:
        forgotten = files(PATCHES[BUCKET])
        return dict(zip(forgotten, pool.map(without, forgotten), strict=True))


@pytest.mark.parametrize("file", files(PATCHES[BUCKET]))
def test_a_forgotten_file_of_a_new_bucket_is_told_by_name(file: str, told: dict[str, str]) -> None:
    module = file.removesuffix(".py").replace("/", ".")
    assert file in told[file] or f"No module named '{module}'" in told[file], told[file][-3000:]
