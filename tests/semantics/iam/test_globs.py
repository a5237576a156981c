import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.iam.globs import atoms, matches, same_language

patterns = st.text(alphabet="ab*?", max_size=6)
texts = st.text(alphabet="abc", max_size=7)


def as_regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


@given(patterns, texts)
def test_matches_as_a_regular_expression_does(pattern: str, text: str) -> None:
    assert matches(pattern, text) == bool(as_regex(pattern).fullmatch(text))


@given(st.lists(patterns, min_size=1, max_size=3, unique=True), texts)
def test_every_matched_text_lies_in_exactly_one_atom(several: list[str], text: str) -> None:
    members = frozenset(i for i, p in enumerate(several) if as_regex(p).fullmatch(text))
    found = [atom for atom in atoms(tuple(several)) if atom.members == members]
    assert len(found) == (1 if members else 0)


@given(st.lists(patterns, min_size=1, max_size=3, unique=True))
def test_a_witness_is_matched_by_its_members_only(several: list[str]) -> None:
    for atom in atoms(tuple(several)):
        text = atom.witness.replace("…", "c")
        assert atom.members == frozenset(i for i, p in enumerate(several) if as_regex(p).fullmatch(text))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (["a*"], ["a", "a?*"], True),
        (["a*"], ["a?*"], False),
        (["arn:aws:s3:::b/*"], ["arn:aws:s3:::b/x*", "arn:aws:s3:::b/*"], True),
        (["arn:aws:s3:::b/*"], ["arn:aws:s3:::b*"], False),
        (["*a*b*"], ["*a*b*", "ab"], True),
    ],
)
def test_unions_are_compared_as_languages(left: list[str], right: list[str], *, same: bool) -> None:
    assert same_language(left, right) is same
