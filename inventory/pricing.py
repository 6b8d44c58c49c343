"""A change of many prices at once: which goods, what is done to each price, and to which coins it comes.

Pure arithmetic on whole minor units; the till checks each price once more when it takes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inventory.catalogue import Product

BP_WHOLE = 10_000
"""Basis points of the whole."""

ENDINGS_MINOR = (90, 95, 99)
"""What prices like to end in, of the hundred of a currency with two decimals."""

HUNDRED_MINOR = 100


class Change(StrEnum):
    """What is done to a price."""

    PERCENT = "percent"
    """``amount`` in basis points, also below 0."""
    ADD = "add"
    """``amount`` in minor units, also below 0."""
    SET = "set"
    """``amount`` is the price."""


class Step(StrEnum):
    """To what a new price is brought: the nearest multiple of so many smallest coins, the half upwards."""

    COIN = "coin"
    FIVE = "five"
    TEN = "ten"


STEPS = {Step.COIN: 1, Step.FIVE: 5, Step.TEN: 10}


@dataclass(frozen=True, slots=True)
class Rule:
    """How prices change.

    Attributes:
        change: What is done to each.
        amount: Basis points or minor units, see `Change`.
        to: A `Step`, or one of `ENDINGS_MINOR` as text: the nearest price that ends in it.
        step_minor: The smallest coin; price and deposit together are always a multiple of it.
    """

    change: Change
    amount: int
    to: str
    step_minor: int


@dataclass(frozen=True, slots=True)
class Repriced:
    """One product's new price."""

    product: Product
    price_minor: int


def endings(exponent: int, step_minor: int) -> tuple[int, ...]:
    """The endings that this currency's coins can pay."""
    return tuple(ending for ending in ENDINGS_MINOR if exponent == 2 and ending % step_minor == 0)


def choose(
    products: Iterable[Product], *, category: str = "", supplier: str = "", skus: frozenset[str] | None = None
) -> tuple[Product, ...]:
    """The goods that are meant, retired ones never.

    Args:
        products: All there are.
        category: Only these; empty for all.
        supplier: Only what this supplier delivers; empty for all.
        skus: Only these, such as a search found; None for all.
    """
    return tuple(
        product
        for product in products
        if not product.is_retired
        and (not category or product.category == category)
        and (not supplier or supplier in {supply.supplier for supply in product.suppliers})
        and (skus is None or product.sku in skus)
    )


def new_price(product: Product, rule: Rule) -> int:
    """The price that ``rule`` gives ``product``: always one that coins can pay, and at least one coin."""
    raw_minor = rule.amount
    if rule.change is Change.PERCENT:
        raw_minor = (2 * product.price_minor * (BP_WHOLE + rule.amount) + BP_WHOLE) // (2 * BP_WHOLE)
    elif rule.change is Change.ADD:
        raw_minor = product.price_minor + rule.amount
    if rule.to in set(Step):
        grid_minor, ending_minor = rule.step_minor * STEPS[Step(rule.to)], 0
        if rule.to == Step.COIN:  # with its deposit it is whole coins
            ending_minor = -product.deposit_minor % rule.step_minor
    else:
        grid_minor, ending_minor = HUNDRED_MINOR, int(rule.to)
    below_minor = (raw_minor - ending_minor) // grid_minor * grid_minor + ending_minor
    nearest_minor = below_minor + (grid_minor if 2 * (raw_minor - below_minor) >= grid_minor else 0)
    while nearest_minor <= 0:
        nearest_minor += grid_minor
    return nearest_minor


def reprice(products: Iterable[Product], rule: Rule) -> tuple[Repriced, ...]:
    """What changes, in the order of ``products``; a product whose price stays is left out."""
    changed = ((product, new_price(product, rule)) for product in products)
    return tuple(
        Repriced(product, price_minor)
        for product, price_minor in changed
        if price_minor != product.price_minor
    )


def margin_bp(price_minor: int, cost_minor: int, tax_rate_bp: int) -> int:
    """What is left of the price without tax after the cost, in basis points of it; below 0 when it costs more.

    Rounded down, so that no margin looks better than it is.
    """
    net_minor = price_minor * BP_WHOLE // (BP_WHOLE + tax_rate_bp)
    return (net_minor - cost_minor) * BP_WHOLE // net_minor if net_minor else 0
