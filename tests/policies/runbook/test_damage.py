"""Every header, row, bullet and heading of the runbook, damaged one at a time: refused, missed by a rule, or no damage.

A sample in every run, whose seed is printed; `pytest --thorough` tries all of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random, randrange

import pytest

from estate.views import matching
from policies.rules.all import RULES, judge
from policies.runbook.claims import Claim
from policies.runbook.markdown import RunbookError
from policies.runbook.reader import Runbook, parse_runbook
from policies.runbook.tables import BY_HEADER
from tests.policies.declared import ROOT, STACKS, declared, runbook

pytestmark = pytest.mark.process

LINES = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8").split("\n")
SAMPLE = 60
HEADERS = {f"| {' | '.join(header)} |" for header in BY_HEADER}


@dataclass(frozen=True)
class Damage:
    """The document with one line changed, or without it where `instead` is None."""

    line: int
    instead: str | None

    @property
    def source(self) -> str:
        return "\n".join(
            [*LINES[: self.line - 1], *([] if self.instead is None else [self.instead]), *LINES[self.line :]]
        )

    def __str__(self) -> str:
        return f"line {self.line}: {LINES[self.line - 1]!r} → {self.instead!r}"


def lines_that_matter() -> list[int]:
    """The lines that hold claims, their headers and dashes, and the headings."""
    claims = {claim.line for claim in runbook().claims}
    headers = {n for n, line in enumerate(LINES, start=1) if line in HEADERS}
    headings = {n for n, line in enumerate(LINES, start=1) if re.match(r"#+ ", line)}
    return sorted(claims | headers | {n + 1 for n in headers} | headings)


def damages() -> Iterator[Damage]:
    """Each such line removed, pushed into code or quote, or with a character or word less or doubled."""
    for number in lines_that_matter():
        line = LINES[number - 1]
        yield Damage(number, None)
        yield from (Damage(number, before + line) for before in ("> ", "    ", "x ", "\n", "○ "))
        yield Damage(number, f"<!-- {line} -->")
        yield Damage(number, f"```\n{line}\n```")
        for at in range(len(line)):
            yield Damage(number, line[:at] + line[at + 1 :])
            yield Damage(number, line[:at] + line[at] + line[at:])
        for word in re.finditer(r"\S+\s*", line):
            yield Damage(number, line[: word.start()] + line[word.end() :])


def noticed(damage: Damage) -> bool:
    """Says whether the damage is refused, or a rule misses something, or the document says the same as before."""
    try:
        read = parse_runbook(damage.source)
    except RunbookError:
        return True
    changed = {type(claim) for claim in said(read) ^ said(runbook())}
    if not changed and read.headings == runbook().headings:
        return True
    rules = [rule for rule in RULES if changed & set(rule.claims) or rule.id in ("rows", "sections")]
    return any(True for stack in STACKS for rule in rules for _ in judge(rule, declared(stack), read))


def said(read: Runbook) -> frozenset[Claim]:
    """What the document says, wherever it says it; two patterns of the same buckets say the same."""
    return frozenset(_plain(claim) for claim in read.claims)


def _plain(claim: Claim) -> Claim:
    plain = replace(claim, line=0, column=0, text="")
    if pattern := vars(claim).get("buckets"):
        meant = sorted(b.name for stack in STACKS for b in matching(declared(stack), pattern))
        return replace(plain, buckets=" ".join(meant) or pattern)
    return plain


def test_damage_to_the_document_is_noticed(request: pytest.FixtureRequest) -> None:
    tried = list(damages())
    if not request.config.getoption("--thorough"):
        seed = randrange(10**6)  # noqa: S311 - it only picks tests
        print(f"seed {seed}")
        tried = Random(seed).sample(tried, SAMPLE)  # noqa: S311 - the same
    assert [str(damage) for damage in tried if not noticed(damage)] == []


def test_every_line_that_matters_is_missed_when_it_is_gone() -> None:
    lines = lines_that_matter()
    assert len(lines) > len(runbook().claims)
    assert [n for n in lines if not noticed(Damage(n, None))] == []
