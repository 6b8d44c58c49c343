"""What is missing is split by cause, the unknown has an honest interval, and the count that is worth most comes first."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.shrink import Doubt, Interval, Tally, clopper_pearson, count_these, explain

COLA = Tally("COLA", 150, "drinks", missing_qty=3, sold_qty=57)
FANTA = Tally("FANTA", 150, "drinks", missing_qty=-2, sold_qty=40)


def at_most(trials: int, rate: float, hits: int) -> float:
    return math.fsum(
        math.comb(trials, each) * rate**each * (1 - rate) ** (trials - each) for each in range(hits + 1)
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_of_the_interval_leave_two_and_a_half_percent_outside(case: tuple[int, int]) -> None:
    hits, trials = case
    found = clopper_pearson(hits, trials)
    assert found.low <= hits / trials <= found.high
    if hits:
        assert 1 - at_most(trials, found.low, hits - 1) == pytest.approx(0.025, abs=1e-6)
    else:
        assert found.low == 0
    if hits < trials:
        assert at_most(trials, found.high, hits) == pytest.approx(0.025, abs=1e-6)
    else:
        assert found.high == 1


def test_known_intervals_of_the_literature() -> None:
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 5.
    for hits, trials, low, high in ((81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684)):
        found = clopper_pearson(hits, trials)
        assert found.low == pytest.approx(low, abs=5e-5)
        assert found.high == pytest.approx(high, abs=5e-5)


def test_without_a_piece_that_left_nothing_is_known() -> None:
    assert clopper_pearson(0, 0) == Interval(0.0, 1.0)


def test_the_neighbours_code_is_no_theft() -> None:
    cola, fanta = explain([COLA, FANTA])
    assert (cola.swapped_qty, cola.swapped_with, cola.unknown_qty) == (2, (("FANTA", 2),), 1)
    assert (fanta.swapped_qty, fanta.swapped_with, fanta.unknown_qty) == (-2, (("COLA", 2),), 0)
    assert cola.rate is not None
    assert cola.rate.low < 1 / 60 < cola.rate.high


@pytest.mark.parametrize("other", [replace(FANTA, price_minor=140), replace(FANTA, group="sweets")])
def test_what_costs_or_looks_different_is_not_guessed_to_be_a_swap(other: Tally) -> None:
    cola, _ = explain([COLA, other])
    assert (cola.swapped_qty, cola.unknown_qty) == (0, 3)


def test_one_surplus_explains_no_more_than_itself() -> None:
    water = replace(COLA, sku="WATER", missing_qty=4)
    found = {each.tally.sku: each for each in explain([COLA, FANTA, water])}
    assert found["WATER"].unknown_qty == 2
    assert found["COLA"].unknown_qty == 3
    assert found["FANTA"].unknown_qty == 0


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(-6, 6), min_size=1, max_size=8))
def test_every_missing_piece_has_exactly_one_cause(missing: list[int]) -> None:
    found = explain([replace(COLA, sku=f"P{index}", missing_qty=qty) for index, qty in enumerate(missing)])
    assert sum(each.swapped_qty for each in found) == 0
    for each in found:
        assert each.swapped_qty + each.unknown_qty == each.tally.missing_qty
        assert abs(each.unknown_qty) <= abs(each.tally.missing_qty)
    assert min(each.unknown_qty for each in found) >= 0 or max(each.unknown_qty for each in found) <= 0


def test_a_product_that_was_never_counted_has_no_rate() -> None:
    (found,) = explain([replace(COLA, missing_qty=0, counts=0)])
    assert found.rate is None


def test_the_five_largest_doubts_are_counted_first() -> None:
    doubts = [
        Doubt(f"P{each}", 10, is_uncounted=False, daily=each, price_minor=100, width=0.1) for each in range(9)
    ]
    found = count_these(doubts)
    assert [each.sku for each in found] == ["P8", "P7", "P6", "P5", "P4"]
    assert found[0].value_minor == 800
    assert count_these(doubts[:1]) == ()
