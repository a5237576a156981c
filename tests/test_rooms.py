"""Which room may use which: no circle, no import that runs upward, and ARCHITECTURE.md draws what is there."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from functions.imports import ROOT, Import, closure, imports

FLOORS = (
    ("semantics",),
    ("estate",),
    ("runtime", "declared"),
    ("policies",),
    ("audit",),
    ("components",),
    ("functions", "jobs"),
    ("__main__.py", "scripts", "local"),
    ("tests", "benchmarks"),
)
"""From the ground up. A room uses only what stands below it; tests and benchmarks share their doubles."""

FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
SHARING = frozenset({"tests", "benchmarks"})
ZIPPED = frozenset({"semantics", "estate", "runtime", "policies", "audit", "functions"})


@cache
def files() -> tuple[str, ...]:
    here = (path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.py"), *ROOT.glob("[!.]*/**/*.py")))
    return tuple(sorted(path for path in here if room_of(path) != "build"))


def room_of(path: str) -> str:
    return path.split("/", 1)[0]


@cache
def arrows() -> tuple[Import, ...]:
    return tuple(i for path in files() for i in imports(path) if room_of(i.target) != room_of(i.source))


def circle(graph: Mapping[str, set[str]]) -> list[str] | None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_every_file_stands_in_a_room() -> None:
    assert {room_of(path) for path in files()} <= FLOOR.keys()


def test_no_import_runs_upward() -> None:
    upward = [i for i in arrows() if FLOOR[room_of(i.target)] >= FLOOR[room_of(i.source)]]
    assert [i for i in upward if not {room_of(i.source), room_of(i.target)} <= SHARING] == []


def test_nothing_outside_local_knows_local() -> None:
    assert [i for i in arrows() if room_of(i.target) == "local" and room_of(i.source) not in SHARING] == []


def test_no_circle_between_folders() -> None:
    folders: dict[str, set[str]] = defaultdict(set)
    for path in files():
        for found in imports(path):
            source, target = (Path(p).parent for p in (found.source, found.target))
            # What a room keeps at its top (errors, names) serves all of its folders.
            if source != target and target not in source.parents and room_of(path) not in SHARING:
                folders[str(source)].add(str(target))
    assert circle(folders) is None


def test_no_circle_between_modules_at_import() -> None:
    assert circle({path: {i.target for i in imports(path) if not i.later} - {path} for path in files()}) is None


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) or ()) == {"a", "b", "c"}


def test_no_zip_holds_what_runs_the_program() -> None:
    packed = closure(*(p for p in files() if re.fullmatch(r"functions/\w+/handler.py", p)))
    assert {room_of(path) for path in packed} <= ZIPPED


def test_semantics_knows_nothing_of_ours() -> None:
    assert [i for i in arrows() if room_of(i.source) == "semantics"] == []
    ours = re.compile(r"\b(author\W|runbook|estate|this project|the project)", re.IGNORECASE)
    texts = [p for p in (ROOT / "semantics").rglob("*.*") if p.suffix in {".py", ".md", ".yaml"}]
    assert {p.suffix for p in texts} == {".py", ".md", ".yaml"}
    assert [p for p in texts if ours.search(p.read_text(encoding="utf-8"))] == []


def test_what_tests_semantics_knows_nothing_of_ours_either() -> None:
    tests = [p for p in files() if p.startswith("tests/semantics/")]
    used = {i.target for p in tests for i in imports(p)}
    assert {t for t in used if not t.startswith(("semantics/", "tests/semantics/"))} == set()


def test_architecture_draws_the_arrows_that_are_there() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+)$", (ROOT / "ARCHITECTURE.md").read_text(), re.MULTILINE))
    there = {(room_of(i.source), room_of(i.target)) for i in arrows() if room_of(i.source) not in SHARING}
    assert drawn == {(a, b) for a, b in there if a != "__main__.py"}
