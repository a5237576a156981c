"""Tests that notice a change are told from those that do not, and a draw can be repeated."""

import ast
import os
from pathlib import Path

import pytest
from rich.console import Console

from functions.imports import ROOT
from scripts.mutants.__main__ import Equivalent, Mutant, MutantsError, equivalents, files, main, noticed
from scripts.mutants.__main__ import tests_of as reaching
from scripts.mutants.__main__ import without_equivalents as without
from scripts.mutants.changes import changes
from scripts.mutants.trial import NO_TESTS, PASSED, Trial, begin

MODULE = "def older(age: int, most: int) -> bool:\n    return age > most\n"


def test_tests_that_import_a_module_are_found_and_its_own_come_first() -> None:
    tests = [Path(test).relative_to(ROOT).as_posix() for test in reaching("semantics/iam/globs.py")]
    assert tests[0] == "tests/semantics/iam/test_globs.py"
    assert "tests/semantics/iam/test_comparison.py" in tests
    assert {test.split("/")[1] for test in tests} == {"semantics"}


def test_rooms_and_files_can_be_named() -> None:
    assert files(["semantics/iam/globs.py"]) == ["semantics/iam/globs.py"]
    assert "semantics/lifecycle/simulation.py" in files(["semantics", "semantics/iam/globs.py"])


@pytest.mark.parametrize("place", ["semantic", "docs"])
def test_a_place_without_modules_is_one_line(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([place]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"mutants: {place} is no module and no folder of modules; expected one as runtime/objects, semantics"
    ]


def test_what_changes_nothing_is_left_out_and_must_be_there() -> None:
    mutants = [Mutant("a.py", change) for change in changes(MODULE)]
    known = Equivalent("a.py", "return age > most", "age > most", "age >= most", "nobody is that old")
    assert [str(m) for m in without(mutants, [known])] == ["a.py:2: return age > most  →  return None"]
    elsewhere = Equivalent("b.py", "return age > most", "age > most", "age >= most", "not looked at")
    assert without(mutants, [elsewhere]) == mutants
    with pytest.raises(MutantsError, match=r"names 'age < most' within 'return .*' of a\.py, which is not there"):
        without(mutants, [Equivalent("a.py", "return age > most", "age < most", "age <= most", "gone")])


def test_every_equivalent_has_a_reason() -> None:
    assert [e for e in equivalents() if len(e.why) < 10] == []


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one module and one test, which looks at one side of its edge."""
    (tmp_path / "kept.py").write_text(MODULE)
    (tmp_path / "test_kept.py").write_text(
        "from kept import older\n\ndef test_kept():\n    assert older(2, 1) and not older(1, 1)\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.process
def test_a_change_is_noticed_by_the_process_that_has_it_and_by_no_other(checkout: Path) -> None:
    trial, tests = Trial(checkout, 60, 0), [str(checkout / "test_kept.py")]
    for change in changes(MODULE):
        assert ended(begin(trial, tests, "kept.py", change.tree)) == 1, change
    assert ended(begin(trial, tests)) == PASSED
    same = ast.parse("def older(age: int, most: int) -> bool:\n    return not age <= most\n")
    assert ended(begin(trial, tests, "kept.py", same)) == PASSED


@pytest.mark.process
def test_a_change_that_never_ends_is_noticed(checkout: Path) -> None:
    endless = ast.parse("def older(age: int, most: int) -> bool:\n    while True:\n        pass\n")
    assert ended(begin(Trial(checkout, 5, 0), [str(checkout / "test_kept.py")], "kept.py", endless)) < 0


@pytest.mark.process
def test_where_nobody_looks_nothing_is_noticed(checkout: Path) -> None:
    (checkout / "test_kept.py").write_text("")
    trial, tests = Trial(checkout, 60, 0), [str(checkout / "test_kept.py")]
    assert [ended(begin(trial, tests, "kept.py", change.tree)) for change in changes(MODULE)] == [NO_TESTS] * 2


@pytest.mark.process
def test_what_is_noticed_is_counted() -> None:
    source = (ROOT / "semantics/bucket_names.py").read_text()
    mutants = [Mutant("semantics/bucket_names.py", change) for change in changes(source)][:4]
    assert mutants
    caught = list(noticed(mutants, Trial(ROOT, 120, 0), 2, Console(quiet=True)))
    assert caught
    assert set(map(id, caught)) <= set(map(id, mutants))
