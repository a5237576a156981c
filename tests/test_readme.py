"""The README's tables name every alarm, schedule and role, with the runbook section that each serves."""

from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from estate.model import Estate
from tests.policies.declared import declared

ROOT = Path(__file__).resolve().parents[1]


def table(head: str) -> dict[str, str]:
    """The rows of the table whose first column has this head: name → section."""
    tables: list[list[list[str]]] = []
    for token in MarkdownIt("gfm-like").disable("linkify").parse((ROOT / "README.md").read_text(encoding="utf-8")):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and token.level > 3 and token.children:
            tables[-1][-1].append("".join(c.content for c in token.children))
    header, *rows = next(t for t in tables if t[0] == [head, "section"])
    return {row[0]: row[1] for row in rows if len(row) == len(header)}


@pytest.fixture(scope="module")
def prod() -> Estate:
    return declared("prod")


@pytest.mark.parametrize(("head", "kind"), [("alarm", "cloudwatch/metricAlarm:MetricAlarm"), ("role", "iam/role:Role")])
def test_every_alarm_and_role_is_named_with_its_section(prod: Estate, head: str, kind: str) -> None:
    assert table(head) == {r.properties["name"]: r.properties["tags"]["runbook"] for r in prod.of_type(kind)}


def test_every_schedule_is_named(prod: Estate) -> None:
    named = {r.properties["name"] for r in prod.of_type("scheduler/schedule:Schedule")}
    assert table("schedule").keys() == named
    sections = {r.properties["tags"]["runbook"] for r in prod.of_type("iam/role:Role")}
    assert set(table("schedule").values()) <= sections


def test_every_named_target_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {word for line in readme.splitlines() if "make " in line for word in _targets(line)}
    assert len(named) > 10
    assert {t for t in named if f"\n{t}:" not in makefile} == set()


def _targets(line: str) -> list[str]:
    found: list[str] = []
    for part in line.replace("$(make -s", "`make").split("make ")[1:]:
        words = part.replace("`", " ").replace(")", " ").split()
        found += [w for w in words[:1] if w.islower() and w.replace("-", "").isalpha()]
    return [w for w in found if w not in {"and", "alone"}]
