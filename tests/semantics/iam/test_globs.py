import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.iam.globs import atoms, matches, may_overlap
from tests.semantics.iam.wildcards import covers

patterns = st.text(alphabet="ab*?.[\n", max_size=6)
texts = st.text(alphabet="abcAB.[\n", max_size=7)


@given(patterns, texts)
def test_a_pattern_covers_a_text_as_the_guide_words_it(pattern: str, text: str) -> None:
    assert matches(pattern, text) == covers(pattern, text)
    assert matches(pattern, text, ignore_case=True) == covers(pattern.lower(), text.lower())


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/two\nlines", True),
        ("arn:aws:s3:::b.c/*", "arn:aws:s3:::bxc/a", False),
        ("s3:Get?", "s3:Get1", True),
        ("s3:Get", "s3:GetObject", False),
        ("s3:get*", "s3:GetObject", False),
    ],
)
def test_wildcards(pattern: str, text: str, *, covered: bool) -> None:
    assert matches(pattern, text) is covered


def test_actions_are_matched_without_regard_to_case() -> None:
    assert matches("s3:get*", "s3:GetObject", ignore_case=True)


@given(st.lists(patterns, min_size=1, max_size=3, unique=True), texts)
def test_every_covered_text_lies_in_exactly_one_atom(several: list[str], text: str) -> None:
    members = frozenset(i for i, p in enumerate(several) if covers(p, text))
    found = [atom for atom in atoms(tuple(several)) if atom.members == members]
    assert len(found) == (1 if members else 0)


@given(st.lists(patterns, min_size=1, max_size=3, unique=True))
def test_a_witness_is_covered_by_its_members_only(several: list[str]) -> None:
    for atom in atoms(tuple(several)):
        text = atom.witness.replace("…", "c")
        assert atom.members == frozenset(i for i, p in enumerate(several) if covers(p, text))


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
def test_atoms_tell_whether_two_unions_are_one_language(left: list[str], right: list[str], *, same: bool) -> None:
    sides = [{i < len(left) for i in atom.members} for atom in atoms((*left, *right))]
    assert all(side == {True, False} for side in sides) is same


@given(patterns, patterns, texts)
def test_what_both_cover_may_overlap(left: str, right: str, text: str) -> None:
    if covers(left, text) and covers(right, text):
        assert may_overlap(left, right)


def test_patterns_that_begin_differently_do_not_overlap() -> None:
    assert not may_overlap("arn:aws:s3:::a/*", "arn:aws:s3:::b/*")
