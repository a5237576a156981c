from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from semantics.lifecycle.model import Filter

filters = st.builds(
    Filter,
    st.sampled_from(["", "a", "ab", "b"]),
    st.sampled_from([(), (("k", "1"),), (("k", "2"),), (("j", "1"), ("k", "1"))]),
    st.none() | st.integers(0, 6),
    st.none() | st.integers(2, 8),
)
tag_sets: list[dict[str, str]] = [{}, {"k": "1"}, {"k": "2"}, {"j": "1", "k": "1"}]
objects = list(product(("a", "ab", "b", "x"), range(10), tag_sets))


@given(filters, filters)
def test_filters_compare_as_the_sets_of_objects_they_admit(left: Filter, right: Filter):
    admitted_left = [o for o in objects if left.admits(*o)]
    admitted_right = [o for o in objects if right.admits(*o)]
    if left.covers(right):
        assert all(o in admitted_left for o in admitted_right)
    if not left.overlaps(right):
        assert not any(o in admitted_left for o in admitted_right)
