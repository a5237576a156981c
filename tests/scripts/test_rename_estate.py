"""A name is refused where AWS would refuse it, nothing else is written, and the copy is an estate of that name."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from declared.stacks import ROOT, stacks
from estate.names import PREFIX
from scripts.rename_estate import RenameError, check_folder, check_limits, check_spelling, main, renamed
from tests.copies import TESTED, UNIT
from tests.policies.declared import declared

NEW = min({"acme", "zenith"} - {PREFIX})
"""The copy's name. In the copy, where these tests stand too, it is another."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{PREFIX}-recordings-* and /{PREFIX}/retention", "zen-recordings-* and /zen/retention"),
        (f"{PREFIX}.storage.deleted, {PREFIX}:0, {PREFIX}_retention=1", "zen.storage.deleted, zen:0, zen_retention=1"),
        (f"{PREFIX.capitalize()}/Storage, {PREFIX.capitalize()}'s", "Zen/Storage, Zen's"),
        (f"{PREFIX.upper()}_STORAGE_STATE", "ZEN_STORAGE_STATE"),
        (rf'"config:\n{PREFIX}-storage:owner"', r'"config:\nzen-storage:owner"'),
    ],
)
def test_the_word_is_renamed_in_each_spelling(text: str, expected: str) -> None:
    assert renamed(text, "zen")[0] == expected


@pytest.mark.parametrize("end", ["ize", "ization", "s", "2"])
@pytest.mark.parametrize("start", ["", "_", "ecr:Get"])
def test_a_word_that_only_contains_it_stays(start: str, end: str) -> None:
    text = f"{start}{PREFIX}{end}"
    assert renamed(text, "zen") == (text, 0)


@pytest.mark.parametrize("name", ["Acme", "acme-eu", "acme_eu", "3m", "", "acme.eu", "ácme"])
def test_a_name_that_is_no_lower_case_word_is_refused(name: str) -> None:
    with pytest.raises(RenameError, match=r"can't be the prefix: expected one word of a-z and 0-9"):
        check_spelling(name)


def test_the_present_name_is_refused() -> None:
    with pytest.raises(RenameError, match=f"is called {PREFIX} already"):
        check_spelling(PREFIX)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("awsome", "aws-limit-parameter-name: ssm/parameter .* expected .* not under /aws or /ssm"),
        ("ssm", "aws-limit-parameter-name: ssm/parameter .* expected .* not under /aws or /ssm"),
        ("sthree", "aws-limit-bucket-name: s3/bucket sthree-.* expected 3 to 63"),
        ("a" * 50, "aws-limit-bucket-name: s3/bucket a+-.* expected 3 to 63"),
    ],
)
def test_a_name_that_aws_would_refuse_is_refused(name: str, limit: str) -> None:
    check_spelling(name)
    kind = limit.split()[1]
    of_that_kind = tuple(r for r in declared("staging").resources if r.type.split(":")[1] == kind)
    with pytest.raises(RenameError, match=f"'{name}' can't be the prefix of stack staging: {limit}"):
        check_limits(name, [replace(declared("staging"), resources=of_that_kind)])


def test_the_longest_name_that_fits_is_taken_and_a_longer_one_is_not() -> None:
    roles = [role.properties["name"].removeprefix(PREFIX) for role in declared("staging").of_type("iam/role:Role")]
    fits = "a" * (64 - max(map(len, roles)))
    check_limits(fits, [declared("staging")])
    with pytest.raises(RenameError, match=r"aws-limit-role-name: iam/role a+-.*-role.* expected 1 to 64"):
        check_limits(f"{fits}a", [declared("staging")])


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    check_folder(tmp_path)
    check_folder(tmp_path / "new")
    (tmp_path / "kept").write_text("mine")
    for occupied in (tmp_path, tmp_path / "kept"):
        with pytest.raises(RenameError, match="exists and is no empty folder"):
            check_folder(occupied)


def test_a_users_mistake_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["Acme"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("rename_estate: 'Acme' can't be the prefix: ")


def run(folder: Path, *command: str) -> str:
    # The tests of the copy are no workers of this run.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of that name, with what `make unit` builds."""
    folder = tmp_path_factory.mktemp("estates") / NEW
    run(ROOT, sys.executable, "-m", "functions.packaging")
    run(ROOT, sys.executable, "scripts/rename_estate.py", NEW, "--to", str(folder))
    (folder / ".venv").symlink_to(ROOT / ".venv", target_is_directory=True)
    run(folder, sys.executable, "-m", "functions.packaging")
    for stack in stacks():
        run(folder, sys.executable, "-m", "declared", "--stack", stack)
    return folder


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in (ROOT / listed for listed in run(ROOT, "git", "ls-files").splitlines()):
        copied = folder / path.relative_to(ROOT)
        yield path.relative_to(ROOT).as_posix(), copied.read_text()


@pytest.mark.process
def test_without_a_folder_nothing_is_written_and_what_would_change_is_shown(tmp_path: Path) -> None:
    run(ROOT, sys.executable, "-m", "functions.packaging")
    before = run(ROOT, "git", "status", "--short")
    told = run(ROOT, sys.executable, "-m", "scripts.rename_estate", NEW).splitlines()
    assert {line.split()[1] for line in told} >= {"estate/names.py", "docs/runbook.md", "policies/grants.yaml"}
    assert told[-1] == "Nothing is written; --to FOLDER makes the copy."
    assert run(ROOT, "git", "status", "--short") == before


@pytest.mark.process
def test_the_word_is_left_nowhere_but_in_the_license(estate: Path) -> None:
    word = re.compile(rf"(?<![a-z0-9]){PREFIX}(?![a-z0-9])", re.IGNORECASE)
    assert [path for path, text in texts(estate) if word.search(text)] == ["LICENSE"]


@pytest.mark.process
def test_no_stack_of_the_copy_declares_anything_of_the_former_name(estate: Path) -> None:
    for stack in stacks():
        declared = (estate / f"build/estate-{stack}.json").read_text()
        names = {resource["name"] for resource in json.loads(declared)["resources"]}
        assert f"{NEW}-recordings" in {name.removesuffix(f"-{stack}") for name in names}
        assert re.findall(rf"[^\s\"]*\b{PREFIX}\b[^\s\"]*", declared, re.IGNORECASE) == []


@pytest.mark.process
def test_the_copy_keeps_its_style_and_passes_its_unit_tests(estate: Path) -> None:
    # What is not tested again is the same, byte for byte.
    untouched = ("semantics", "tests/semantics")
    files = [path for room in untouched for path in (ROOT / room).rglob("*.*") if path.suffix in {".py", ".yaml"}]
    assert [path for path in files if path.read_bytes() != (estate / path.relative_to(ROOT)).read_bytes()] == []
    run(estate, sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    scratch = estate.parent / "scratch"
    run(estate, sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", UNIT, f"--basetemp={scratch}", *TESTED)
