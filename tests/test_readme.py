"""The README's tables name every schedule and role with the section it serves, and its numbers are the program's."""

import re
import tomllib
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from audit.model import Exit
from estate.lives import lives
from estate.model import Estate
from local.toolchain.terraform_provider import RELEASES
from semantics.lifecycle.life import Life
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


def test_every_role_is_named_with_its_section(prod: Estate) -> None:
    assert table("role") == {
        r.properties["name"]: r.properties["tags"]["runbook"] for r in prod.of_type("iam/role:Role")
    }


def test_every_alarm_says_the_section_that_its_tag_does(prod: Estate) -> None:
    alarms = [r.properties for r in prod.of_type("cloudwatch/metricAlarm:MetricAlarm")]
    said = {a["name"]: re.findall(r"docs/runbook\.md#([a-z-]+)", a["alarmDescription"]) for a in alarms}
    assert len(said) > 10
    assert said == {a["name"]: [a["tags"]["runbook"]] for a in alarms}


def test_every_schedule_is_named(prod: Estate) -> None:
    named = {r.properties["name"] for r in prod.of_type("scheduler/schedule:Schedule")}
    assert table("schedule").keys() == named
    sections = {r.properties["tags"]["runbook"] for r in prod.of_type("iam/role:Role")}
    assert set(table("schedule").values()) <= sections


def numbers(pattern: str) -> tuple[str, ...]:
    """The numbers of the README's one sentence of a form; its lines may be broken anywhere."""
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    (found,) = re.findall(pattern.replace("N", r"([\d.]+)"), text)
    return (found,) if isinstance(found, str) else found


@pytest.fixture(scope="module")
def lived(prod: Estate) -> dict[str, Life]:
    return {life.bucket: life for life, _ in lives(prod)}


def test_what_deep_archive_costs_is_what_the_prices_say(lived: dict[str, Life]) -> None:
    life = lived["author-recordings-prod"]
    pays = next(m[1] for r in life.remarks if (m := re.search(r"step pays from a window of (\d+) days on", r)))
    assert numbers("pays from a window of about N days on; production's is N days") == (pays, str(life.window))


def test_when_a_recording_is_archived_is_what_the_rules_say(lived: dict[str, Life]) -> None:
    (stage,) = (s for s in lived["author-recordings-prod"].stages if s.storage_class == "DEEP_ARCHIVE")
    assert numbers("to Deep Archive on day N or day N ") == (str(stage.day), str(stage.latest))


def test_versions_are_those_that_are_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f">={numbers('Python N or newer')[0]}" == project["requires-python"]
    go = re.search(r"^go (\d+\.\d+)", (ROOT / "local" / "cli" / "go.mod").read_text(), re.MULTILINE)
    assert numbers("Go N or newer") == (go and go[1],)
    (sdk,) = (m[1] for d in project["dependencies"] if (m := re.match(r"pulumi-aws==(\d+)", d)))
    provider, under = numbers("provider N under a N.?x SDK")
    assert {provider} == {release.version for release in RELEASES.values()}
    assert under.rstrip(".") == sdk


def test_exit_codes_are_the_audits() -> None:
    codes = numbers("exit codes N in sync, N drift, N no answer, N both")
    assert [int(c) for c in codes] == [Exit.CLEAN, Exit.DRIFT, Exit.NO_ANSWER, Exit.DRIFT | Exit.NO_ANSWER]


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
