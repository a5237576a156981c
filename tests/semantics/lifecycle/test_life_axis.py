from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from semantics.lifecycle.life_axis import axis


@given(st.lists(st.integers(1, 5000), min_size=1, max_size=6), st.floats(1, 140))
def test_an_axis_fills_its_width_in_order_and_gives_every_stretch_its_room(lengths: list[int], least: float):
    days = [sum(lengths[:n]) for n in range(len(lengths) + 1)]
    scale = axis(days, [least] * len(lengths), 40, 880)
    assert scale.xs[0] == 40
    assert scale.xs[-1] == pytest.approx(920)
    assert all(right - left >= least - 1e-6 for left, right in pairwise(scale.xs))
    assert [scale.at(d) for d in days] == pytest.approx(list(scale.xs))
    if scale.to_scale:
        assert scale.at(days[-1] / 2) == pytest.approx(480)
