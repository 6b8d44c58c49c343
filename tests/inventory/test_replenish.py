"""What is brought has the highest expected profit, fits, comes by the case where a case fits, and says why."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.catalogue import Place, Slot
from inventory.forecast import Demand
from inventory.replenish import (
    BP,
    IDLE_BP_PER_DAY,
    Wares,
    Why,
    cases_for,
    profits,
    propose,
    share_out,
    van_order,
)

WATER = Wares(on_hand=1, capacity=8, par_qty=6, margin_minor=80, cost_minor=40, days=3)


def slow_profit(wares: Wares, demand: Demand, life: Demand | None, stock: int) -> float:
    """Every outcome weighed by its chance."""
    idle = wares.cost_minor * IDLE_BP_PER_DAY * wares.days / BP
    total = math.fsum(
        chance * (wares.margin_minor * min(stock, qty) - idle * max(0, stock - qty))
        for qty, chance in enumerate(demand.chances())
    )
    if life is not None:
        total -= math.fsum(
            chance * wares.cost_minor * max(0, stock - qty) for qty, chance in enumerate(life.chances())
        )
    return total


@settings(max_examples=30, deadline=None)
@given(
    wares=st.builds(
        Wares,
        on_hand=st.integers(-2, 12),
        capacity=st.integers(1, 14),
        par_qty=st.just(0),
        margin_minor=st.integers(1, 300),
        cost_minor=st.integers(1, 300),
        days=st.integers(1, 7),
        shelf_life_days=st.one_of(st.none(), st.integers(1, 9)),
        case_size=st.sampled_from((1, 2, 6, 24)),
    ),
    daily=st.floats(0.02, 5),
    spread=st.sampled_from((1.0, 1.7, 4.0)),
)
def test_no_other_quantity_that_may_be_brought_earns_more(wares: Wares, daily: float, spread: float) -> None:
    demand = Demand(daily * wares.sell_days, spread)
    life = None if wares.shelf_life_days is None else Demand(daily * wares.shelf_life_days, spread)
    found = propose(wares, demand, life)
    held = max(0, wares.on_hand)
    step = wares.case_size if wares.case_size * 2 <= wares.capacity else 1
    choices = range(0, max(0, wares.capacity - held) + 1, step)
    assert found.qty in choices
    best = max(slow_profit(wares, demand, life, held + qty) for qty in choices)
    assert slow_profit(wares, demand, life, held + found.qty) == pytest.approx(best, abs=1e-5)


def test_the_profit_of_every_stock_is_the_slow_sum() -> None:
    fresh = replace(WATER, shelf_life_days=2)
    demand, life = Demand(4.2), Demand(2.8)
    for stock, profit in enumerate(profits(fresh, demand, life)):
        assert profit == pytest.approx(slow_profit(fresh, demand, life, stock))


def test_a_slow_seller_is_not_filled_to_the_brim() -> None:
    found = propose(WATER, Demand(0.6))
    assert found.why is Why.ENOUGH
    assert 0 < found.qty < 7
    assert found.sure_percent >= 95


def test_a_fast_seller_is_filled_to_the_brim() -> None:
    found = propose(WATER, Demand(12.0))
    assert (found.qty, found.why) == (7, Why.FULL)
    assert found.sure_percent < 20


def test_what_would_spoil_is_left_in_the_van() -> None:
    salad = replace(WATER, capacity=12, margin_minor=200, cost_minor=250, days=3, shelf_life_days=3)
    found = propose(salad, Demand(3.0), Demand(3.0))
    keeps = propose(replace(salad, shelf_life_days=None), Demand(3.0))
    assert found.why is Why.SPOIL
    assert found.qty < keeps.qty


def test_what_sells_below_its_cost_is_not_brought() -> None:
    found = propose(replace(WATER, margin_minor=0), Demand(5.0))
    assert (found.qty, found.why) == (0, Why.LOSS)


@pytest.mark.parametrize(
    ("life", "qty", "why"), [(3, 1, Why.TRIAL), (14, 1, Why.TRIAL), (15, 5, Why.PAR), (None, 5, Why.PAR)]
)
def test_of_what_spoils_soon_and_nobody_has_bought_yet_a_few_are_tried(
    life: int | None, qty: int, why: Why
) -> None:
    found = propose(replace(WATER, shelf_life_days=life), None)
    assert (found.qty, found.why) == (qty, why)
    assert propose(replace(WATER, shelf_life_days=3, par_qty=2), None).why is Why.PAR, (
        "the plan wants no more"
    )


def test_without_a_history_the_place_is_filled_to_its_par() -> None:
    found = propose(WATER, None)
    assert (found.qty, found.why, found.sure_percent) == (5, Why.PAR, 0)
    assert propose(replace(WATER, on_hand=-3), None).qty == 6
    assert propose(replace(WATER, on_hand=9), None).qty == 0


def test_a_case_is_opened_where_two_do_not_fit() -> None:
    assert replace(WATER, case_size=4).step == 4
    assert replace(WATER, case_size=6).step == 1
    assert propose(replace(WATER, case_size=4), Demand(12.0)).qty == 4


def test_ninety_nine_percent_is_not_called_certain() -> None:
    assert propose(replace(WATER, on_hand=8), Demand(2.5)).sure_percent == 99
    assert propose(replace(WATER, on_hand=8), Demand(0.01)).sure_percent == 99
    assert propose(replace(WATER, on_hand=8), Demand(0.0)).sure_percent == 99


def test_pieces_go_where_the_place_is_emptiest() -> None:
    small = Slot("A1", Place.COIL, "COLA", capacity=4, par_qty=4, coil=1)
    large = Slot("S1", Place.SHELF, "COLA", capacity=16, par_qty=12)
    assert share_out(10, [(small, 1), (large, 4)]) == {"A1": 2, "S1": 8}
    assert share_out(40, [(small, -2), (large, 20)]) == {"A1": 4}
    assert share_out(0, [(small, 0)]) == {}


def test_the_van_is_unloaded_along_the_places() -> None:
    codes = ("S2", "S10", "B1", "A2", "M1")
    places = (Place.SHELF, Place.SHELF, Place.COIL, Place.COIL, Place.MACHINE)
    coils = (0, 0, 11, 2, 1)
    slots = [
        Slot(code, place, "X", 1, 1, coil) for code, place, coil in zip(codes, places, coils, strict=True)
    ]
    assert [slot.code for slot in sorted(slots, key=van_order)] == ["A2", "B1", "M1", "S2", "S10"]


@pytest.mark.parametrize(
    ("pieces", "size", "cases"), [(0, 6, 0), (1, 6, 1), (6, 6, 1), (7, 6, 2), (3, 0, 3), (-4, 6, 0)]
)
def test_cases_are_rounded_up(pieces: int, size: int, cases: int) -> None:
    assert cases_for(pieces, size) == cases
