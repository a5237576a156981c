"""Pages of a listing, whatever their size, are the whole listing; no server is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.account.paging import Entry, page

pytestmark = pytest.mark.process  # moto takes seconds to import

KEYS = st.sets(st.text("ab/", min_size=1, max_size=5), max_size=12)


def _rest(keys: list[str], marker: str) -> list[Entry]:
    return [Entry(key, "", key) for key in keys if key > marker]


@given(
    keys=KEYS,
    prefix=st.text("ab/", max_size=2),
    delimiter=st.sampled_from(["", "/", "b", "ab"]),
    most=st.integers(1, 4),
)
@settings(max_examples=200, deadline=None)
def test_pages_are_the_whole_listing(keys: set[str], prefix: str, delimiter: str, most: int) -> None:
    ordered = sorted(keys)
    below = [key for key in ordered if key.startswith(prefix)]
    cuts = [key.find(delimiter, len(prefix)) if delimiter else -1 for key in below]
    wanted = {key if cut < 0 else key[: cut + len(delimiter)] for key, cut in zip(below, cuts, strict=True)}
    found: list[str] = []
    marker = ""
    while True:
        one = page(_rest(ordered, marker), prefix, delimiter, marker, most)
        shown = [entry.key for entry in one.entries] + one.prefixes
        assert len(shown) <= most
        found += sorted(shown)
        if one.following is None:
            break
        assert len(shown) == most
        marker = one.following[0]
    assert found == sorted(wanted)


def test_a_page_that_just_holds_everything_is_the_last() -> None:
    assert page(_rest(["a", "b"], ""), "", "", "", 2).following is None
    assert page(_rest(["a", "b", "c"], ""), "", "", "", 2).following == ("b", "")
    assert page(_rest(["a"], ""), "", "", "", 0) == ([], [], None)
