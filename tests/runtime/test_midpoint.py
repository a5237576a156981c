import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.objects.midpoint import TOP, ceiling, common, midpoint

TEXT = st.text("abc/09é", max_size=6)


@given(low=TEXT, high=st.none() | TEXT, alphabet=st.sets(st.sampled_from("abc/09"), min_size=1))
def test_it_lies_between(low: str, high: str | None, alphabet: set[str]) -> None:
    found = midpoint(low, high, sorted(alphabet))
    if found is not None:
        assert low < found
        assert high is None or found < high


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [("0", "8", "4"), ("a0", "a8", "a4"), ("", "8", "3"), ("2", "3", "25"), ("09", "1", "0")],
)
def test_it_lies_about_halfway(low: str, high: str, expected: str) -> None:
    found = midpoint(low, high, "0123456789")
    assert found is not None
    assert found.startswith(expected)


def test_without_a_bound_it_goes_on_upwards_and_ever_nearer() -> None:
    low, high, seen = "k00099", None, 0
    while (high := midpoint(low, high, "0123456789k")) is not None and not high.startswith("k00"):
        seen += 1
    assert high is not None
    assert seen < 20


@pytest.mark.parametrize(("low", "high"), [("a", "a"), ("b", "a")])
def test_between_nothing_there_is_nothing(low: str, high: str) -> None:
    assert midpoint(low, high, "ab") is None


def test_guesses_at_the_end_keep_one_character_more_each_until_keys_differ() -> None:
    guesses: list[str] = []
    while (guess := ceiling("up-00019.part", guesses[-1] if guesses else None, 6)) is not None:
        guesses.append(guess)
    assert guesses == [f"{beginning}{TOP}" for beginning in ("u", "up", "up-", "up-0", "up-00", "up-000")]
    assert guesses == sorted(guesses, reverse=True)


@pytest.mark.parametrize(("high", "shared"), [("b", 6), ("a0", 6), (None, 0)])
def test_nothing_is_guessed_below_a_known_bound_or_where_keys_differ(high: str | None, shared: int) -> None:
    assert ceiling("a00", high, shared) is None


@pytest.mark.parametrize(
    ("one", "other", "count"), [("", "", 0), ("a", "", 0), ("abc", "abd", 2), ("ab", "abc", 2), ("abc", "ab", 2)]
)
def test_what_two_begin_with(one: str, other: str, count: int) -> None:
    assert common(one, other) == count
