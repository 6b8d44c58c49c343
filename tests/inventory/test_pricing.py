"""Many prices at once: which goods are meant, and to which coins each price comes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.catalogue import Product, Supply
from inventory.pricing import Change, Rule, Step, choose, endings, margin_bp, new_price, reprice

COLA = Product("COLA", {"en": "Cola"}, (), 150, 62, "standard", "drinks", suppliers=(Supply("metro"),))
NUTS = Product("NUTS", {"en": "Nuts"}, (), 230, 120, "reduced", "nuts")
OLD = replace(NUTS, sku="OLD", is_retired=True)


@pytest.mark.parametrize(
    ("change", "amount", "to", "expected"),
    [
        (Change.PERCENT, 500, Step.COIN, 160),
        (Change.PERCENT, -500, Step.COIN, 140),
        (Change.PERCENT, 500, "90", 190),
        (Change.PERCENT, -2_000, "90", 90),
        (Change.ADD, 30, Step.FIVE, 200),
        (Change.ADD, -200, Step.COIN, 10),
        (Change.SET, 200, Step.TEN, 200),
        (Change.SET, 3, "90", 90),
    ],
)
def test_a_change_comes_to_coins(change: Change, amount: int, to: str, expected: int) -> None:
    assert new_price(COLA, Rule(change, amount, to, step_minor=10)) == expected


def test_with_its_deposit_a_price_is_whole_coins() -> None:
    can = replace(COLA, price_minor=125, deposit_minor=25)
    assert new_price(can, Rule(Change.PERCENT, 500, Step.COIN, step_minor=10)) == 135


@given(
    price_minor=st.integers(1, 10**6),
    amount=st.integers(-9_999, 100_000),
    step_minor=st.sampled_from([1, 5, 10, 50, 500]),
    to=st.sampled_from(Step),
)
def test_every_new_price_can_be_paid_and_is_less_than_its_step_away(
    price_minor: int, amount: int, step_minor: int, to: Step
) -> None:
    cola = replace(COLA, price_minor=price_minor)
    price = new_price(cola, Rule(Change.PERCENT, amount, to, step_minor))
    grid = step_minor * {Step.COIN: 1, Step.FIVE: 5, Step.TEN: 10}[to]
    assert price > 0
    assert price % step_minor == 0
    assert abs(price - price_minor * (10_000 + amount) / 10_000) <= grid


def test_retired_goods_keep_their_price_and_the_others_are_chosen_by_what_they_are() -> None:
    goods = (COLA, NUTS, OLD)
    assert choose(goods) == (COLA, NUTS)
    assert choose(goods, category="nuts") == (NUTS,)
    assert choose(goods, supplier="metro") == (COLA,)
    assert choose(goods, skus=frozenset({"NUTS", "OLD"})) == (NUTS,)


def test_a_price_that_stays_is_no_change() -> None:
    changes = reprice((COLA, NUTS), Rule(Change.SET, 150, Step.COIN, 10))
    assert [(each.product.sku, each.price_minor) for each in changes] == [("NUTS", 150)]


def test_only_endings_that_coins_can_pay_are_offered() -> None:
    assert endings(2, 1) == (90, 95, 99)
    assert endings(2, 10) == (90,)
    assert endings(0, 1) == ()


@pytest.mark.parametrize(
    ("price", "cost", "expected"), [(119, 50, 5_000), (119, 100, 0), (119, 150, -5_000), (0, 10, 0)]
)
def test_a_margin_is_what_is_left_of_the_price_without_tax(price: int, cost: int, expected: int) -> None:
    assert margin_bp(price, cost, 1_900) == expected
