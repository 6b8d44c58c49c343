"""What to bring, in which order, and what to buy: put together from days, stock and the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from inventory.catalogue import Catalogue, Place, Product, Slot, Supply
from inventory.forecast import Day
from inventory.replenish import Why
from kiosk.store.restock import (
    NO_SUPPLIER,
    Restock,
    margin_of,
    need_of,
    pick_list,
    plan_restock,
    purchases,
)

TODAY = date(2026, 6, 1)
RATES = {"standard": 1900, "reduced": 700}

WATER = Product(
    "WATER",
    {"en": "Water"},
    (),
    119,
    30,
    "standard",
    "drinks",
    case_size=6,
    suppliers=(Supply("brook", "W-6"),),
)
SALAD = Product("SALAD", {"en": "Salad"}, (), 535, 300, "reduced", "meals", shelf_life_days=2)
SLOTS = (
    Slot("S2", Place.SHELF, "SALAD", capacity=10, par_qty=4),
    Slot("S1", Place.SHELF, "WATER", capacity=12, par_qty=8),
    Slot("A1", Place.COIL, "WATER", capacity=6, par_qty=4, coil=1),
)


def steady(qty: int, days: int = 42) -> tuple[Day, ...]:
    return tuple(Day(TODAY - timedelta(days=days - each), qty) for each in range(days))


def plan(
    held: dict[tuple[str, str], int] | None = None,
    histories: dict[str, tuple[Day, ...]] | None = None,
    *,
    products: tuple[Product, ...] = (WATER, SALAD),
    days: int = 3,
) -> dict[str, Restock]:
    found = plan_restock(
        Catalogue.of(products, SLOTS),
        held or {},
        histories or {},
        today=TODAY,
        days=days,
        tax_rates_bp=RATES,
    )
    return {each.product.sku: each for each in found}


def test_the_margin_is_the_price_without_tax_less_the_cost() -> None:
    assert margin_of(WATER, RATES) == 100 - 30
    assert margin_of(SALAD, RATES) == 500 - 300


def test_without_a_history_every_place_is_filled_to_its_par_and_what_spoils_is_tried() -> None:
    found = plan({("S1", "WATER"): 2})
    assert found["WATER"].proposal.why is Why.PAR
    assert found["WATER"].proposal.qty == 10
    assert (found["SALAD"].proposal.qty, found["SALAD"].proposal.why) == (2, Why.TRIAL)
    assert need_of(found["SALAD"]) == 2


def test_two_places_of_one_product_share_one_proposal() -> None:
    found = plan({("S1", "WATER"): 4, ("A1", "WATER"): 2}, {"WATER": steady(9)})["WATER"]
    assert (found.wares.on_hand, found.wares.capacity) == (6, 18)
    assert (found.proposal.qty, found.proposal.why) == (12, Why.FULL)
    assert {fill.slot.code: fill.qty for fill in found.fills} == {"A1": 4, "S1": 8}


def test_a_place_below_zero_takes_nothing_from_the_others() -> None:
    found = plan({("S1", "WATER"): 4, ("A1", "WATER"): -3}, {"WATER": steady(9)})["WATER"]
    assert found.wares.on_hand == 4


def test_a_salad_that_lasts_two_days_is_not_brought_for_five() -> None:
    lasting = replace(SALAD, shelf_life_days=0)
    fresh = plan({}, {"SALAD": steady(2)}, days=5)["SALAD"]
    kept = plan({}, {"SALAD": steady(2)}, products=(WATER, lasting), days=5)["SALAD"]
    assert fresh.proposal.why is Why.SPOIL
    assert fresh.proposal.qty < kept.proposal.qty
    assert fresh.demand is not None
    assert fresh.demand.mean == pytest.approx(4.0)


@pytest.mark.parametrize("change", [{"is_retired": True}, {"min_age": 18}])
def test_what_may_not_be_sold_is_not_brought(change: dict[str, int]) -> None:
    assert "SALAD" not in plan(products=(WATER, replace(SALAD, **change)))  # type: ignore[arg-type]  # fields by name


def test_the_pick_list_goes_along_the_places() -> None:
    assert [fill.slot.code for fill, _ in pick_list(plan().values())] == ["A1", "S1", "S2"]


def test_two_visits_are_bought_for_in_whole_cases_less_what_is_stored() -> None:
    water = plan({("S1", "WATER"): 12, ("A1", "WATER"): 6}, {"WATER": steady(2)})["WATER"]
    assert water.proposal.qty == 0
    assert need_of(water) == 6
    (order,) = purchases([[water]], {"WATER": 1})["brook"]
    assert (order.order_no, order.need, order.in_store, order.cases, order.pieces) == ("W-6", 6, 1, 1, 6)
    assert order.cost_minor == 6 * 30
    assert purchases([[water]], {"WATER": 6}) == {}


def test_kiosks_are_summed_before_cases_are_rounded() -> None:
    one, other = plan()["WATER"], plan({("S1", "WATER"): 5})["WATER"]
    assert (need_of(one), need_of(other)) == (12, 7)
    (order,) = purchases([[one], [other]], {})["brook"]
    assert (order.need, order.cases) == (19, 4)


def test_who_has_no_supplier_comes_last() -> None:
    assert list(purchases([plan().values()], {"WATER": -4})) == ["brook", NO_SUPPLIER]
