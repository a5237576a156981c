import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from semantics.lifecycle.checks import DESTINATIONS
from semantics.lifecycle.costs import (
    FILE,
    GB,
    Cost,
    Move,
    PriceError,
    Stay,
    cheaper_above,
    cost,
    load_prices,
    pays_from,
    read_prices,
    stays,
)

PRICES = load_prices()
IA = Move("STANDARD_IA", 7)
CHAIN = (IA, Move("DEEP_ARCHIVE", 30))
MB = 1 << 20


def per_gb(moves: tuple[Move, ...], window: int) -> float:
    return round(cost(stays(moves, window), PRICES).per_gb, 4)


def test_the_worked_figures_at_45_days():
    assert per_gb(CHAIN, 45) == 0.0238
    assert per_gb((), 45) == 0.0345
    assert per_gb((IA,), 45) == 0.0212


def test_the_worked_figures_at_60_days():
    assert per_gb(CHAIN, 60) == 0.0238
    assert per_gb((IA,), 60) == 0.0275


def test_at_45_days_the_chain_beats_all_standard_above_5_9_mb_and_infrequent_access_never():
    chain = cost(stays(CHAIN, 45), PRICES)
    size = cheaper_above(chain, cost(stays((), 45), PRICES))
    assert size is not None
    assert round(size / MB, 1) == 5.9
    assert cheaper_above(chain, cost(stays((IA,), 45), PRICES)) is None


def test_the_deep_archive_step_pays_from_a_window_between_45_and_60_days():
    assert pays_from(CHAIN, (IA,), PRICES, 1 << 40) == 52
    assert pays_from(CHAIN, (IA,), PRICES, GB) == 52
    assert pays_from(CHAIN, (IA,), PRICES, 10 * MB) == 64
    assert pays_from(CHAIN, (IA,), PRICES, GB, after=2) == 50


def test_a_step_that_never_pays_says_so():
    assert pays_from((Move("DEEP_ARCHIVE", 30),), (), PRICES, 1024) is None
    assert pays_from((), (), PRICES, GB) == 1
    assert pays_from((), (IA,), PRICES, GB) is None


@pytest.mark.slow
@settings(max_examples=10)
@given(st.integers(2, 60), st.integers(2, 90), st.integers(1, 400_000_000), st.integers(0, 9))
def test_where_a_step_pays_agrees_with_trying_every_window(first: int, gap: int, size: int, after: int):
    chain = (Move("STANDARD_IA", first), Move("DEEP_ARCHIVE", first + gap))

    def loses(window: int) -> bool:
        with_step, without = (cost(stays(m, window + after), PRICES).of(size) for m in (chain, chain[:1]))
        return with_step > without

    losing = [w for w in range(1, 2000) if loses(w)]
    expected = losing[-1] + 1 if losing else 1
    assert pays_from(chain, chain[:1], PRICES, size, after) == expected or expected == 2000


def test_minimum_days_are_billed_whole_and_longer_stays_by_the_day():
    assert cost([Stay("DEEP_ARCHIVE", 1)], PRICES) == cost([Stay("DEEP_ARCHIVE", 180)], PRICES)
    assert cost([Stay("DEEP_ARCHIVE", 181)], PRICES).per_gb > cost([Stay("DEEP_ARCHIVE", 180)], PRICES).per_gb
    assert cost([Stay("GLACIER_IR", 2)], PRICES).per_gb == pytest.approx(3 * 0.004)


def test_an_object_pays_for_its_moves_and_its_overhead():
    moved = cost(stays(CHAIN, 45), PRICES).per_object
    overhead = 6 * (8 * 0.023 + 32 * 0.00099) / MB
    assert moved == pytest.approx(0.01 / 1000 + 0.05 / 1000 + overhead)
    assert cost(stays((), 45), PRICES).per_object == 0


def test_what_comes_after_the_end_is_left_out():
    assert stays(CHAIN, 30) == (Stay("STANDARD", 7), Stay("STANDARD_IA", 23))
    assert stays(CHAIN, 31)[-1] == Stay("DEEP_ARCHIVE", 1)
    assert stays((), 14) == (Stay("STANDARD", 14),)


@given(
    st.lists(st.tuples(st.sampled_from(["STANDARD_IA", "DEEP_ARCHIVE", "GLACIER_IR"]), st.integers(0, 400))),
    st.integers(1, 400),
)
def test_stays_add_up_to_the_days_stored(moves: list[tuple[str, int]], days: int):
    life = stays([Move(*m) for m in moves], days)
    assert sum(s.days for s in life) == days
    assert all(s.days >= 0 for s in life)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 10_000_000))
def test_storing_longer_or_more_never_costs_less(first: int, second: int, size: int):
    short, long = sorted((first, second))
    kept = [cost(stays((IA,), w), PRICES) for w in (short, long)]
    assert short <= 7 or kept[0].of(size) <= kept[1].of(size) * (1 + 1e-12)
    assert kept[0].of(size) <= kept[0].of(size + 1)


def test_every_size_is_cheaper_where_nothing_is_paid_for_an_object():
    assert cheaper_above(Cost(1, 0), Cost(2, 0)) == 0
    assert cheaper_above(Cost(1, 0), Cost(2, 1)) == 0


def test_the_price_file_says_where_and_when_it_was_read():
    assert PRICES.source.startswith("https://aws.amazon.com/")
    assert PRICES.region == "us-east-1"
    assert str(PRICES.read) >= "2026-11-23"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("region: us-east-1", "", "'region'; expected region, read"),
        ("read: 2026-11-23", "read: soon", "read is 'soon', expected a date"),
        ("minimum_days: 30", "minimum: 30", "minimum"),
        ("classes:", "classes: []\nother:", "expected region"),
    ],
)
def test_a_broken_price_file_is_refused(old: str, new: str, message: str):
    with pytest.raises(PriceError, match=message):
        read_prices(FILE.read_text().replace(old, new, 1))


def test_a_class_without_a_price_is_named():
    with pytest.raises(PriceError, match="no price for SNOW"):
        cost([Stay("SNOW", 1)], PRICES)


def test_every_class_that_lifecycle_moves_objects_to_has_a_price():
    assert set(PRICES.classes) == {"STANDARD", *DESTINATIONS}


def test_a_small_object_is_billed_as_the_smallest_that_its_class_bills():
    kept = cost([Stay("STANDARD_IA", 30)], PRICES)
    assert kept.of(1) == kept.of(128 * 1024) == pytest.approx(0.0125 * 128 / MB)
    assert kept.of(128 * 1024 + 1) > kept.of(128 * 1024)
    moved = cost([Stay("STANDARD", 0), Stay("GLACIER", 90)], PRICES)
    assert moved.of(0) == pytest.approx(0.03 / 1000 + 3 * (8 * 0.023 + 32 * 0.0036) / MB)


def test_below_the_minimum_the_cheaper_life_is_another():
    kept, moved = (cost([Stay(name, 30)], PRICES) for name in ("STANDARD", "STANDARD_IA"))
    size = cheaper_above(moved, kept)
    assert size is not None
    assert size == pytest.approx(128 * 1024 * 0.0125 / 0.023)
    assert moved.of(size * 0.99) > kept.of(size * 0.99)
    assert moved.of(size * 1.01) < kept.of(size * 1.01)


def test_intelligent_tiering_costs_less_the_longer_nobody_reads():
    def per_gb(days: int) -> float:
        return cost([Stay("INTELLIGENT_TIERING", days)], PRICES).per_gb

    assert per_gb(30) == pytest.approx(0.023)
    assert per_gb(90) == pytest.approx(0.023 + 2 * 0.0125)
    assert per_gb(120) == pytest.approx(0.023 + 2 * 0.0125 + 0.004)
    assert cost([Stay("INTELLIGENT_TIERING", 60)], PRICES).per_object == pytest.approx(2 * 0.0025 / 1000)


def test_a_step_beyond_ten_years_pays_never():
    assert pays_from((Move("GLACIER", 2_000_000),), (), PRICES, GB) == 1
    assert pays_from((Move("STANDARD_IA", 0), Move("GLACIER", 2_000_000)), (), PRICES, 1) is None
